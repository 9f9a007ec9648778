"""STIX over the API: what the caller may read and nothing else, valid, byte for byte."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import stix2

from noroshi.core.formats import stix_bundle
from noroshi.core.formats.stix import Report
from noroshi.core.indicators import Indicator, IndicatorType
from noroshi.core.policy.audience import Everyone, Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.intel import actions
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.notices import actions as notices
from noroshi.hub.notices.models import Notice
from tests.edge.exchange.rest.asking import Answer, Program, program, viewer_of
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("rows")

Json = dict[str, Any]
SEEN = Indicator(IndicatorType.DOMAIN, "bad.example.com")


def shared(slug: str = "minato", tlp: Tlp = Tlp.GREEN, at: dt.datetime = NOON, **more: Any) -> str:
    """Let the hub share a member's report; return the STIX id of what is shared."""
    report = Report(title=f"不審な通信 {at}", text="本文 <b>&", tlp=tlp, indicators=(SEEN,), **more)
    viewer = viewer_of(slug)
    name = actions.report_incident(viewer, report, now=at, actor="x")
    return actions.share_incident(viewer, name, Members(), now=at, actor="x")


def notice(*names: str, **changes: Any) -> Notice:
    """Publish a notice about vulnerabilities."""
    for name in names:
        if not Vulnerability.objects.filter(preferred_id=name).exists():
            world.vulnerability(name, title_en="A flaw", published=NOON - DAY, confidence=80)
    return published(**changes, vulnerabilities=names)


def bundle(answer: Answer) -> Json:
    """Return a bundle that the library for STIX takes without complaint."""
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == stix_bundle.MEDIA_TYPE
    stix2.parse(answer.body.decode(), allow_custom=False)
    said: Json = json.loads(answer.body)
    return said


def objects(asking: Program, **parameters: Any) -> dict[str, Json]:
    """Return the objects of all pages by identifier."""
    found: dict[str, Json] = {}
    answer = asking.get("/stix", **parameters)
    while True:
        found |= {one["id"]: one for one in bundle(answer).get("objects", [])}
        if "Link" not in answer.headers:
            return found
        following = answer.headers["Link"].partition("<")[2].partition(">")[0]
        answer = Answer(asking.client.get(following, headers=asking.headers))


def kinds(found: dict[str, Json]) -> dict[str, int]:
    """Count objects by type."""
    names = [one["type"] for one in found.values()]
    return {name: names.count(name) for name in sorted(set(names))}


def reports(found: dict[str, Json]) -> list[Json]:
    """Return the reports among objects."""
    return [one for one in found.values() if one["type"] == "report"]


class TestContents:
    def test_nothing_is_a_bundle_with_a_marking_alone(self):
        assert kinds(objects(program("hikari"))) == {"marking-definition": 1}

    def test_objects_are_served_byte_for_byte(self):
        shared(title_en="Traffic", text_en="Text")
        answer = program("hikari").get("/stix")
        rows = IntelObject.objects.visible_to(viewer_of("hikari"))
        assert rows.count() == 4
        for row in rows:
            assert bytes(row.body) in answer.body
        found = objects(program("hikari"))
        assert kinds(found) == {
            "identity": 1,
            "incident": 1,
            "indicator": 1,
            "language-content": 1,
            "marking-definition": 2,
            "report": 1,
        }

    def test_a_notice_is_a_report_about_its_vulnerabilities(self):
        sent = notice("CVE-2024-0001", "CVE-2024-0002")
        found = objects(program())
        (report,) = reports(found)
        assert (report["lang"], report["name"]) == ("ja", "至急の確認")
        assert report["external_references"][0]["external_id"] == str(sent)
        about = [found[name]["name"] for name in report["object_refs"]]
        assert about == ["CVE-2024-0001", "CVE-2024-0002"]
        assert found[report["object_refs"][0]]["external_references"] == [
            {"source_name": "cve", "external_id": "CVE-2024-0001"}
        ]
        (english,) = [one for one in found.values() if one["type"] == "language-content"]
        assert english["object_ref"] == report["id"]
        assert english["contents"]["en"]["name"] == "Please check"

    def test_everything_that_is_referred_to_is_there(self):
        shared()
        notice("CVE-2024-0001")
        notice(at=NOON + HOUR, title_en="", text_en="")
        found = objects(program())
        for one in found.values():
            for name in (
                *one.get("object_marking_refs", ()),
                *one.get("object_refs", ()),
                *([one["created_by_ref"]] if "created_by_ref" in one else ()),
            ):
                assert name in found, (one["id"], name)

    def test_withdrawn_is_revoked_and_a_drill_is_labelled(self):
        sent = notice("CVE-2024-0001", exercise=True)
        before = reports(objects(program()))[0]
        hub = viewer_of("isac", Role.HUB_ANALYST)
        notices.withdraw(hub, str(sent), reason="x", now=NOON + DAY, actor="x")
        (after,) = reports(objects(program()))
        assert (after["id"], after["revoked"]) == (before["id"], True)
        assert after["modified"] > before["modified"]
        assert after["labels"] == ["notice", "exercise"]

    @pytest.mark.parametrize("tlp", list(Tlp))
    def test_a_marking_is_the_published_object(self, tlp):
        said = json.loads(stix_bundle.marking_definition(tlp).body)
        parsed = stix2.parse(said, allow_custom=False)
        assert parsed["id"] == tlp.stix_id
        (extension,) = said["extensions"].values()
        assert extension == {"extension_type": "property-extension", "tlp_2_0": tlp.value}


class TestReaders:
    def test_a_draft_is_its_owners(self):
        report = Report(title="x", text="y", tlp=Tlp.GREEN, indicators=(SEEN,))
        actions.report_incident(viewer_of("minato"), report, now=NOON, actor="x")
        assert reports(objects(program("hikari"))) == []
        assert kinds(objects(program("minato")))["report"] == 1

    def test_the_name_of_who_reported_is_nowhere(self):
        shared("minato")
        assert b"minato" not in program("hikari").get("/stix").body

    def test_ministry_and_auditor_read_what_is_public(self):
        world.organisation("ministry", OrganisationKind.MINISTRY)
        shared()
        notice("CVE-2024-0001")
        public = notice("CVE-2024-0002", choice=Everyone(), tlp=Tlp.CLEAR)
        for asking in (program("ministry", Role.MINISTRY), program("isac", Role.AUDITOR)):
            (report,) = reports(objects(asking))
            assert report["external_references"][0]["external_id"] == str(public)

    def test_an_attachment_that_is_narrower_than_its_notice_is_not_named(self):
        narrow = Report(title="x", text="y", tlp=Tlp.AMBER)
        name = actions.report_incident(
            viewer_of("isac", Role.HUB_ANALYST), narrow, now=NOON, actor="x"
        )
        sent = notice("CVE-2024-0001")
        row = IntelObject.objects.visible_to(viewer_of("isac")).get(stix_id=name)
        sent.intel.add(row)
        assert name.encode() in program("isac", Role.HUB_ANALYST).get("/stix").body
        assert name.encode() not in program("minato").get("/stix").body


class TestPages:
    def test_pages_hold_everything(self):
        for turn in range(3):
            shared(at=NOON + turn * HOUR)
            notice(f"CVE-2024-000{turn}", at=NOON + turn * HOUR)
        whole = objects(program(), limit=100)
        for limit in (1, 2, 4, 7):
            assert objects(program(), limit=limit) == whole

    def test_a_page_between_objects_and_notices_may_be_empty_of_notices(self):
        shared()
        assert kinds(objects(program("hikari"), limit=3))["report"] == 1

    def test_only_what_is_new_is_given(self):
        first = shared()
        second = shared(at=NOON + HOUR)
        notice("CVE-2024-0001", at=NOON)
        notice("CVE-2024-0002", at=NOON + HOUR)
        found = reports(objects(program("hikari"), added_after="2026-06-01T03:00:00Z"))
        names = {one["id"] for one in found}
        assert second in names
        assert first not in names
        assert len(names) == 2
        later = objects(program("hikari"), added_after="2026-06-01T13:00:00+09:00")
        assert reports(later) == []

    def test_types_are_chosen(self):
        shared()
        notice("CVE-2024-0001")
        assert kinds(objects(program(), type="indicator")) == {
            "indicator": 2,
            "marking-definition": 2,
        }
        found = objects(program(), type=["vulnerability", "identity"])
        assert set(kinds(found)) == {"identity", "marking-definition", "vulnerability"}
        assert kinds(objects(program(), type="malware")) == {"marking-definition": 1}

    @pytest.mark.parametrize(
        ("name", "value"), [("type", "Report"), ("type", ""), ("added_after", "2026-06-01")]
    )
    def test_a_filter_that_cannot_be_is_named(self, name, value):
        answer = program().get("/stix", **{name: value})
        assert answer.problem() == (422, "invalid")
        assert answer.json["errors"][0]["pointer"] == name

    @pytest.mark.parametrize("after", ["WyJvYmplY3RzIl0", "WyJ4IiwiIl0", "WyJub3RpY2VzIiwieCJd"])
    def test_a_cursor_that_no_page_gave_is_refused(self, after):
        assert program().get("/stix", after=after).problem() == (400, "bad-cursor")

    def test_the_same_contents_are_the_same_bytes(self):
        shared()
        notice("CVE-2024-0001")
        first = program().get("/stix")
        again = program().get("/stix", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status == 304
