"""Incidents over the API: reported by a program, shared by the hub, without the member's name."""

from __future__ import annotations

from typing import Any

import pytest

from noroshi.core.formats.stix import Report
from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.intel import actions, reviews
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.members import queries
from tests.edge.exchange.rest.asking import Answer, program, viewer_of
from tests.hub import sector as world
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("rows")


def said(**changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "title": "不審な通信",
        "text": "外部への通信がありました。\n<script>alert(1)</script>",
        "indicators": [
            {"type": "domain-name", "value": "hxxp[.]example[.]com"},
            {"type": "ipv4-addr", "value": "192.0.2[.]9"},
        ],
        "vulnerabilities": ["CVE-2021-44228"],
        "observed": "2026-05-31T23:59:59+09:00",
    }
    return facts | changes


def report(slug: str = "minato", **changes: Any) -> Answer:
    return program(slug).post("/incidents", said(**changes))


class TestReporting:
    def test_a_report_is_read_by_its_maker_alone(self):
        answer = report(handover="none")
        name = answer.ok(201)["id"]
        assert answer.headers["Location"] == f"/api/v1/incidents/{name}"
        whole = program().get(f"/incidents/{name}").ok()
        assert whole["text"] == said()["text"]
        seen = {one["type"]: one["value"] for one in whole["indicators"]}
        assert seen == {"domain-name": "hxxp.example.com", "ipv4-addr": "192.0.2.9"}
        assert whole["observed"] == "2026-05-31T14:59:59Z"
        assert (whole["handover"], whole["head"]["published_at"]) == (None, None)
        for slug in ("isac", "hikari"):
            assert program(slug).get(f"/incidents/{name}").problem() == (404, "not-found")
            assert program(slug).get("/incidents").ok()["items"] == []
        assert AuditEvent.objects.get(verb="incident.reported").actor == "organisation:minato"

    @pytest.mark.parametrize(("handover", "known"), [("named", "minato"), ("nameless", None)])
    def test_the_hub_gets_a_copy_with_or_without_the_name(self, handover, known):
        name = report(handover=handover).ok(201)["id"]
        (waiting,) = reviews.reviews(viewer_of("isac", Role.HUB_ANALYST)).items
        assert (waiting.reporter and waiting.reporter.slug) == known
        told = program().get(f"/incidents/{name}").ok()["handover"]
        assert (told["state"], told["nameless"]) == ("submitted", handover == "nameless")

    def test_a_nameless_copy_that_names_its_maker_is_refused_whole(self):
        own = [{"type": "domain-name", "value": "www.minato.example.com"}]
        answer = report(indicators=own, handover="nameless")
        assert answer.problem() == (409, "refused")
        assert not IntelObject.objects.visible_to(viewer_of("minato")).exists()

    def test_the_same_words_are_reported_once(self):
        report().ok(201)
        assert report().problem() == (409, "refused")

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"title": ""}, "/title"),
            ({"title": " \u3000"}, "/title"),
            ({"title": "a\nb"}, "/title"),
            ({"title": "a\u202eb"}, "/title"),
            ({"title": "x" * 301}, "/title"),
            ({"title": None}, "/title"),
            ({"text": "\x07"}, "/text"),
            ({"text": "x" * 100_001}, "/text"),
            ({"tlp": "red"}, "/tlp"),
            ({"tlp": "white"}, "/tlp"),
            ({"observed": "yesterday"}, "/observed"),
            ({"observed": 1780000000}, "/observed"),
            ({"observed": "2026-02-30T00:00:00Z"}, "/observed"),
            ({"indicators": [{"type": "ipv4-addr", "value": "999.1.1.1"}]}, "/indicators/0/value"),
            ({"indicators": [{"type": "ip", "value": "192.0.2.1"}]}, "/indicators/0/type"),
            ({"indicators": [{"type": "url"}]}, "/indicators/0/value"),
            ({"indicators": "192.0.2.1"}, "/indicators"),
            ({"vulnerabilities": [" "]}, "/vulnerabilities/0"),
            ({"vulnerabilities": ["x"] * 1001}, "/vulnerabilities"),
            ({"owner": "hikari"}, "/owner"),
        ],
    )
    def test_what_cannot_be_reported_is_pointed_at(self, changes, pointer):
        answer = report(**changes)
        assert answer.problem() == (422, "invalid")
        assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
        assert not IntelObject.objects.visible_to(viewer_of("minato")).exists()

    def test_who_only_reads_does_not_report(self):
        asking = program(role=Role.VIEWER)
        assert asking.post("/incidents", said()).problem() == (403, "forbidden")


class TestReading:
    def test_what_the_hub_shared_is_the_hubs(self):
        green = report(tlp="green", title="二件目", handover="none").ok(201)["id"]
        actions.share_incident(viewer_of("minato"), green, Members(), now=NOON, actor="x")
        (item,) = program("hikari").everything("/incidents")
        assert (item["organisation"], item["tlp"]) == ("isac", "green")
        whole = program("hikari").get(f"/incidents/{item['id']}")
        assert b"minato" not in whole.body
        assert whole.ok()["handover"] is None
        assert program("hikari").everything("/incidents", mine="true") == []

    def test_pages_hold_every_report_once(self):
        for turn in range(3):
            report(title=f"第{turn}件", handover="none").ok(201)
        asking = program()
        every = asking.everything("/incidents", limit=1)
        assert len({one["id"] for one in every}) == len(every) == 3
        assert len(asking.everything("/incidents", mine="true")) == 3

    def test_red_is_for_nobody_with_a_key(self):
        told = world.person("minato")
        red = Report(title="x", text="y", tlp=Tlp.RED)
        viewer = queries.viewer_of(told)
        name = actions.report_incident(viewer, red, now=NOON, actor=told.email)
        asking = program()
        assert asking.get("/incidents").ok()["items"] == []
        answers = [asking.get(f"/incidents/{one}") for one in (name, name[:-4] + "0000")]
        assert [one.problem() for one in answers] == [(404, "not-found")] * 2
