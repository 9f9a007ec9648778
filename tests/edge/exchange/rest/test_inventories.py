"""Inventories over the API: uploaded by a build, read back, private to their owner."""

from __future__ import annotations

import hashlib
from unittest import mock

import msgspec
import pytest

from noroshi.core.sector import Role
from noroshi.edge.exchange.rest.inventories import KINDS
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.inventory.models import Inventory, System
from tests.edge.exchange.rest.asking import Answer, Program, program, viewer_of
from tests.hub.feeds import npm_component, sbom, work

pytestmark = pytest.mark.usefixtures("rows")

BOM = sbom(npm_component("left-pad", "1.2.0"), npm_component("right-pad", "0.1.0"))
UPLOAD = "/inventories?system=mail-gw&file=mail.cdx.json"


def upload(
    asking: Program, data: bytes = BOM, path: str = UPLOAD, kind: str = "application/json"
) -> Answer:
    return asking.post(path, data=data, kind=kind)


class TestUploading:
    def test_an_sbom_becomes_the_current_inventory_of_a_system(self):
        asking = program()
        answer = upload(asking)
        added = answer.ok(201)
        assert (added["components"], added["unchanged"], added["problems"]) == (2, False, 0)
        assert answer.headers["Location"] == f"/api/v1/inventories/{added['number']}"
        whole = asking.get(f"/inventories/{added['number']}").ok()
        assert whole["head"]["file"] == "mail.cdx.json"
        assert whole["head"]["system_name"] == "mail-gw"
        assert whole["sha256"] == hashlib.sha256(BOM).hexdigest()
        assert AuditEvent.objects.get(verb="inventory.added").actor == "organisation:minato"

    def test_nobody_is_told_what_others_run(self):
        upload(program("yama"))
        assert set(upload(program()).ok(201)) == {
            "number", "system", "unchanged", "components", "problems",
        }  # fmt: skip

    def test_the_same_again_changes_nothing(self):
        asking = program()
        first = upload(asking).ok(201)
        again = upload(asking).ok(200)
        assert (again["number"], again["unchanged"]) == (first["number"], True)

    def test_matching_is_waited_for_and_then_done(self):
        asking = program()
        number = upload(asking).ok(201)["number"]
        assert asking.get(f"/inventories/{number}").ok()["matching"] == "waiting"
        work()
        assert asking.get(f"/inventories/{number}").ok()["matching"] == "done"

    def test_an_older_inventory_is_history(self):
        asking = program()
        old = upload(asking).ok(201)["number"]
        new = upload(asking, sbom(npm_component("left-pad", "1.3.0"))).ok(201)["number"]
        whole = asking.get(f"/inventories/{old}").ok()
        assert (whole["head"]["current"], whole["matching"]) == (False, None)
        assert [one["number"] for one in asking.everything("/inventories")] == [new]
        every = asking.everything("/inventories", current="false", limit=1)
        assert [one["number"] for one in every] == [new, old]

    def test_a_new_system_is_described_as_it_is_said(self):
        asking = program()
        upload(asking, path=f"{UPLOAD}&criticality=essential&exposure=open")
        (system,) = asking.everything("/systems")
        assert (system["criticality"], system["exposure"]) == ("essential", "open")
        assert asking.get(f"/systems/{system['number']}").ok() == system

    @pytest.mark.parametrize("kind", KINDS)
    def test_what_it_is_its_contents_tell(self, kind):
        assert upload(program(), kind=f"{kind}; charset=utf-8").status == 201

    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b" ", 422, "unknown-format"),
            (b"{}", 422, "unknown-format"),
            (b"PK\x03\x04", 422, "unknown-format"),
            (b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><bom/>", 422, "forbidden-xml"),
            (BOM.replace(b'"bomFormat"', b'"bomFormat":"x","bomFormat"'), 422, "duplicate-key"),
            (BOM[:-1], 422, "broken-json"),
            (b"\xff\xfe", 422, "not-text"),
        ],
    )
    def test_what_is_no_sbom_is_refused_and_leaves_no_system(self, data, status, code):
        assert upload(program(), data).problem() == (status, code)
        assert not System.objects.visible_to(viewer_of("minato")).exists()

    @pytest.mark.parametrize("kind", ["", "multipart/form-data; boundary=x", "image/png"])
    def test_a_body_of_another_kind_is_refused(self, kind):
        assert upload(program(), kind=kind).problem() == (415, "unsupported-media-type")

    @pytest.mark.parametrize(
        "path",
        [
            "/inventories",
            "/inventories?system=",
            "/inventories?system=%20",
            "/inventories?system=a%0Ab",
            "/inventories?system=a%E2%80%AEb",
            "/inventories?system=" + "x" * 201,
            "/inventories?system=a&criticality=very",
            "/inventories?system=a&system=b",
            "/inventories?system=a&colour=red",
        ],
    )
    def test_a_system_that_cannot_be_is_refused(self, path):
        assert upload(program(), path=path).problem() == (422, "invalid")
        assert not Inventory.objects.visible_to(viewer_of("minato")).exists()

    def test_more_than_the_limit_is_not_even_read(self, settings):
        settings.NOROSHI = msgspec.structs.replace(settings.NOROSHI, max_file_bytes=len(BOM) - 1)
        with mock.patch("django.http.HttpRequest.read") as read:
            assert upload(program()).problem() == (413, "too-large")
        assert not read.called

    def test_more_than_django_holds_of_a_form_is_taken(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
        assert upload(program()).status == 201

    def test_a_body_without_its_length_is_refused(self):
        asking = program()
        answer = asking.client.generic(
            "POST",
            f"/api/v1{UPLOAD}",
            BOM,
            content_type="application/json",
            headers=asking.headers,
            CONTENT_LENGTH="",
        )
        assert answer.status_code == 411

    def test_the_same_attempt_is_carried_out_once(self):
        asking = program()
        name = {"Idempotency-Key": "build-7"}
        first = asking.post(UPLOAD, data=BOM, headers=name)
        again = asking.post(UPLOAD, data=BOM, headers=name)
        assert (again.status, again.body) == (201, first.body)
        other = asking.post(UPLOAD, data=BOM + b" ", headers=name)
        assert other.problem() == (409, "idempotency-key-reused")

    def test_who_only_reads_does_not_upload(self):
        assert upload(program(role=Role.VIEWER)).problem() == (403, "forbidden")


class TestReading:
    def test_it_is_private_to_its_owner(self):
        number = upload(program("yama")).ok(201)["number"]
        asking = program()
        system = program("yama").everything("/systems")[0]["number"]
        for path in ("/systems", "/inventories"):
            assert asking.get(path).ok()["items"] == []
        for hidden, unknown in (
            (f"/inventories/{number}", "/inventories/999999"),
            (f"/inventories/{number}/components", "/inventories/999999/components"),
            (f"/systems/{system}", "/systems/999999"),
        ):
            answers = [asking.get(path) for path in (hidden, unknown)]
            assert [one.problem() for one in answers] == [(404, "not-found")] * 2
            assert len({one.json["detail"] for one in answers}) == 1
        assert asking.get("/inventories", system=system).ok()["items"] == []

    def test_components_are_listed_by_name_page_by_page(self):
        asking = program()
        number = upload(asking).ok(201)["number"]
        place = f"/inventories/{number}/components"
        every = asking.everything(place, limit=1)
        assert [one["name"] for one in every] == ["left-pad", "right-pad"]
        assert every[0]["package"] == "pkg:npm/left-pad@1.2.0"
        assert [one["name"] for one in asking.everything(place, q="RIGHT")] == ["right-pad"]

    def test_what_could_not_be_used_is_told_with_its_place(self):
        asking = program()
        number = upload(asking, sbom({"name": ""}, npm_component("x", "1"))).ok(201)["number"]
        whole = asking.get(f"/inventories/{number}").ok()
        assert whole["head"]["problems"] == len(whole["unused"]) == 1
        assert whole["unused"][0]["where"].startswith("$")
