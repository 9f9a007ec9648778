"""What holds for every address: keys, rates, conditions, and one form of error."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import msgspec
import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import Http404
from django.utils import timezone

from noroshi.core import errors
from noroshi.core.errors import MisconfiguredError
from noroshi.core.sector import Role
from noroshi.edge.exchange.rest import problems
from noroshi.hub.members import keys
from noroshi.hub.members.keys import Scope
from noroshi.hub.members.models import ApiKey
from tests.edge.exchange.rest.asking import PLACE, Program, program

pytestmark = pytest.mark.usefixtures("rows")


class TestKeys:
    @pytest.mark.parametrize(
        "header",
        [
            None,
            "",
            "Bearer",
            "Bearer ",
            "Bearer noroshi_aaaaaaaa_" + 64 * "0",
            "Basic bm9yb3NoaTpzZWNyZXQ=",
            "Bearer \u00ff\u00fe",
        ],
    )
    def test_without_a_valid_key_nothing_is_told_but_that_one_is_needed(self, header):
        asking = Program()
        asking.headers = {} if header is None else {"Authorization": header}
        answer = asking.get("/key")
        assert answer.problem() == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")

    def test_a_valid_key_says_as_whom_it_asks(self):
        said = program("hikari", Role.VIEWER, {Scope.READ_NOTICES}).get("/key").ok()
        assert (said["organisation"], said["role"]) == ("hikari", "viewer")
        assert said["scopes"] == ["notices:read"]

    def test_a_key_that_ended_in_any_way_gets_the_answer_of_no_key(self):
        none = Program().get("/key").body
        asking = program(networks=("198.51.100.0/24",))
        assert asking.get("/key").body == none
        asking = program()
        row = ApiKey.objects.latest("pk")
        keys.revoke_key(row, now=timezone.now(), actor="x")
        assert asking.get("/key").body == none

    def test_the_address_that_counts_is_the_one_the_proxies_saw(self, settings):
        settings.NOROSHI = msgspec.structs.replace(settings.NOROSHI, proxies=1)
        asking = program(networks=("198.51.100.0/24",))
        assert asking.get("/key", headers={"X-Forwarded-For": "198.51.100.7"}).status == 200
        forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
        assert asking.get("/key", headers=forged).status == 401

    def test_a_key_without_the_scope_is_told_which_it_needs(self):
        answer = program(scopes={Scope.READ_FINDINGS}).get("/notices")
        assert answer.problem() == (403, "out-of-scope")
        assert "notices:read" in answer.json["detail"]

    def test_a_scope_to_write_is_none_to_read_and_the_other_way_round(self):
        reader, writer = program(scopes={Scope.READ_NOTICES}), program(scopes={Scope.WRITE_NOTICES})
        assert reader.post("/notices/N-2026-0001/acknowledgements").status == 403
        assert writer.get("/notices").status == 403

    def test_figures_are_for_the_roles_that_see_them(self):
        assert program(role=Role.RESPONDER).get("/figures/2026").problem() == (403, "forbidden")
        assert program("isac", Role.HUB_ANALYST).get("/figures/2026").status == 200


class TestRates:
    @pytest.fixture(autouse=True)
    def few(self, settings):
        settings.NOROSHI = msgspec.structs.replace(settings.NOROSHI, requests_per_minute=3)

    @pytest.fixture(autouse=True)
    def a_minute_that_stands_still(self):
        moment = dt.datetime.combine(timezone.now().date(), dt.time(1, 2, 13), dt.UTC)
        with mock.patch.object(timezone, "now", return_value=moment):
            yield

    def test_beyond_its_rate_a_key_is_told_when_to_come_again(self):
        asking = program()
        answers = [asking.get("/key") for _each in range(5)]
        assert [one.status for one in answers] == [200, 200, 200, 429, 429]
        assert answers[-1].problem() == (429, "too-many-requests")
        assert answers[-1].headers["Retry-After"] == "47"

    def test_each_key_has_its_own_rate(self):
        first, second = program(), program()
        assert [first.get("/key").status for _each in range(4)][-1] == 429
        assert second.get("/key").status == 200

    def test_what_is_refused_counts_as_well(self):
        asking = program(scopes={Scope.READ_FINDINGS})
        assert [asking.get("/notices").status for _each in range(4)] == [403, 403, 403, 429]

    def test_the_next_minute_begins_anew(self):
        asking = program()
        later = timezone.now() + dt.timedelta(minutes=1)
        assert [asking.get("/key").status for _each in range(4)][-1] == 429
        with mock.patch.object(timezone, "now", return_value=later):
            assert asking.get("/key").status == 200

    def test_a_count_that_the_cache_dropped_is_no_failure(self):
        asking = program()
        with mock.patch.object(cache, "incr", side_effect=ValueError):
            assert asking.get("/key").status == 200


class TestConditions:
    def test_who_already_has_it_is_told_so(self):
        asking = program()
        first = asking.get("/key")
        for known in (first.headers["ETag"], f'W/{first.headers["ETag"]}, "x"', "*"):
            again = asking.get("/key", headers={"If-None-Match": known})
            assert (again.status, again.body) == (304, b"")
            assert again.headers["ETag"] == first.headers["ETag"]
        assert asking.get("/key", headers={"If-None-Match": '"other"'}).status == 200

    def test_errors_have_no_etag(self):
        assert "ETag" not in program().get("/none").headers
        assert "ETag" not in Program().get("/key").headers

    def test_no_cache_keeps_it_for_somebody_else(self):
        answer = program().get("/key")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer.headers["Vary"]

    def test_head_is_get_without_the_body(self):
        asking = program()
        whole = asking.get("/key")
        head = asking.client.head(f"{PLACE}/key", headers=asking.headers)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["ETag"] == whole.headers["ETag"]
        assert head.headers["Content-Length"] == str(len(whole.body))


class TestErrors:
    @pytest.mark.parametrize(
        "path",
        [
            "/none",
            "/",
            "//",
            "/key/",
            "/notices/N-2026-0001/",
            "/a\x00b",
            "/%0a",
            "/openapi.json/x",
        ],
    )
    def test_where_nothing_is_nothing_is(self, path):
        for asking in (Program(), program()):
            assert asking.get(path).problem() == (404, "not-found")

    def test_a_method_that_is_not_taken_names_those_that_are(self):
        answer = program().post("/key", {})
        assert answer.problem() == (405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, HEAD"
        listed = program().client.delete(f"{PLACE}/notices/N-2026-0001/responses")
        assert (listed.status_code, listed.headers["Allow"]) == (405, "POST")

    @pytest.mark.parametrize(
        ("parameters", "pointer"),
        [
            ({"limit": "0"}, "limit"),
            ({"limit": "101"}, "limit"),
            ({"limit": "1_0"}, "limit"),
            ({"limit": " 1"}, "limit"),
            ({"limit": "１"}, "limit"),
            ({"limit": "1.0"}, "limit"),
            ({"limit": "9" * 400}, "limit"),
            ({"limit": ""}, "limit"),
            ({"limit": ["1", "2"]}, "limit"),
            ({"show": "everything"}, "show"),
            ({"q": "x" * 201}, "q"),
            ({"q": "a\x00b"}, "q"),
            ({"nonsense": "1"}, "nonsense"),
        ],
    )
    def test_a_parameter_that_cannot_be_is_named(self, parameters, pointer):
        answer = program().get("/notices", **parameters)
        assert answer.problem() == (422, "invalid")
        assert [(one["place"], one["pointer"]) for one in answer.json["errors"]] == [
            ("query", pointer)
        ]

    @pytest.mark.parametrize("after", ["", "x", "W10", "WyIyMDI2Il0", "A" * 3000])
    def test_a_cursor_that_no_page_gave_is_refused(self, after):
        assert program().get("/notices", after=after).problem() == (400, "bad-cursor")

    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b"", 422, "invalid"),
            (b"{", 400, "broken-json"),
            (b'{"state": "\xff"}', 400, "not-text"),
            (b'{"state": "done", "state": "acknowledged"}', 400, "duplicate-key"),
            (b'{"state": "done", "text": "\\u0000"}', 400, "not-text"),
            (b"[" * 100_000, 400, "too-deep"),
            (b"null", 422, "invalid"),
            (b"[]", 422, "invalid"),
            (b'"done"', 422, "invalid"),
            (b"{}", 422, "invalid"),
            (b'{"state": 1}', 422, "invalid"),
            (b'{"state": "read"}', 422, "invalid"),
            (b'{"state": "done", "more": 1}', 422, "invalid"),
            (b'{"state": "done", "text": ["x"]}', 422, "invalid"),
            (b'{"state": "done", "text": "\\u202eexe.jpg"}', 422, "invalid"),
            (b'{"state": "done", "text": "' + 10_001 * b"x" + b'"}', 422, "invalid"),
            (b" " * 3_000_000, 413, "too-large"),
        ],
    )
    def test_a_body_that_cannot_be_is_refused(self, data, status, code):
        answer = program().post("/notices/N-2026-0001/responses", data=data)
        assert answer.problem() == (status, code)

    def test_what_is_wrong_in_a_body_is_pointed_at(self):
        answer = program().post("/notices/N-2026-0001/responses", {"text": 1, "m/o~re": 1})
        found = {one["pointer"]: one["detail"] for one in answer.json["errors"]}
        assert set(found) == {"/state", "/text", "/m~1o~0re"}
        assert found["/state"] == "This is missing."

    @pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded"])
    def test_a_body_of_another_kind_is_refused(self, kind):
        answer = program().post("/notices/N-2026-0001/responses", data=b"{}", kind=kind)
        assert answer.problem() == (415, "unsupported-media-type")

    def test_titles_are_in_the_language_of_who_asks(self):
        english = Program().get("/key").json
        japanese = Program().get("/key", headers={"Accept-Language": "ja,en;q=0.5"})
        assert japanese.headers["Content-Language"] == "ja"
        assert japanese.json["code"] == english["code"]

    def test_a_failure_is_a_problem_that_says_nothing_of_how(self):
        asking = program()
        asking.client.raise_request_exception = False
        with mock.patch("noroshi.hub.notices.listing.notices", side_effect=ZeroDivisionError("s")):
            answer = asking.get("/notices")
        assert answer.problem() == (500, "failed")
        assert b"Zero" not in answer.body

    def test_a_setting_that_fails_is_no_fault_of_who_asks(self):
        asking = program()
        asking.client.raise_request_exception = False
        error = MisconfiguredError(setting="x", detail="secret")
        with mock.patch("noroshi.hub.notices.listing.notices", side_effect=error):
            answer = asking.get("/notices")
        assert answer.problem() == (500, "failed")
        assert b"secret" not in answer.body

    def test_every_problem_has_a_title(self):
        statuses = {*problems.STATUS_OF.values(), *problems.STATUS_OF_ERROR.values(), 413}
        assert statuses == set(problems.titles())

    def test_a_code_means_one_thing(self):
        hubs = {getattr(kind, "code", "") for kind in vars(errors).values()}
        assert set(problems.STATUS_OF) & hubs == {"not-found"}

    def test_what_django_misses_is_not_there(self):
        with mock.patch("noroshi.hub.notices.listing.notices", side_effect=Http404):
            assert program().get("/notices").problem() == (404, "not-found")


def test_the_settings_hold_what_a_json_body_may_have():
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 2_500_000
