"""Attack reports: a member's draft, and what the hub shares of it without the member's name."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from noroshi.core.errors import NotFound, PolicyError, Refused
from noroshi.core.formats.stix import Report, identity_id
from noroshi.core.indicators import IndicatorType, indicator
from noroshi.core.policy.audience import Everyone, Members, Organisations, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Anonymous, Member, System
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.intel import actions, queries
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from tests.hub import sector as world
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

PLAIN = Report(
    title="不審な通信",
    text="端末から外部への通信を確認した。",
    tlp=Tlp.GREEN,
    indicators=(
        indicator(IndicatorType.DOMAIN, "bad.example"),
        indicator(IndicatorType.IPV4, "198.51.100.7"),
    ),
    vulnerabilities=("CVE-2021-44228",),
    observed=NOON - DAY,
)


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


@pytest.fixture
def taro(rows) -> Member:
    return directory.viewer_of(world.person("hikari"))


def reported(viewer: Member, **changes: Any) -> str:
    report = msgspec.structs.replace(PLAIN, **changes)
    return actions.report_incident(viewer, report, now=NOON, actor="taro")


def shared(viewer: Member, stix_id: str, audience: Any = None, **options: Any) -> str:
    return actions.share_incident(
        viewer, stix_id, audience or Members(), now=NOON + DAY, actor="taro", **options
    )


def hub_bodies() -> list[bytes]:
    owned = IntelObject.objects.visible_to(System()).filter(owner__slug="isac")
    return [bytes(row.body) for row in owned]


class TestReporting:
    def test_it_is_a_draft_of_the_reporter_alone(self, rows, taro):
        stix_id = reported(taro)
        assert queries.report_for(taro, stix_id).report == PLAIN
        assert queries.report_for(world.machine("hikari"), stix_id).report == PLAIN
        for viewer in (world.machine("isac"), world.machine("bureau-kanto"), Anonymous()):
            assert queries.reports(viewer) == ()
            for ask in (queries.report_for, queries.object_for):
                with pytest.raises(NotFound):
                    ask(viewer, stix_id)

    def test_a_red_report_is_read_by_its_author_alone(self, rows, taro):
        stix_id = reported(taro, tlp=Tlp.RED)
        assert queries.report_for(taro, stix_id).report.tlp is Tlp.RED
        with pytest.raises(NotFound):
            queries.report_for(world.machine("hikari"), stix_id)
        with pytest.raises(Refused):
            reported(world.machine("hikari"), tlp=Tlp.RED)

    def test_the_objects_are_stored_with_their_types_and_versions(self, rows, taro):
        reported(taro)
        found = IntelObject.objects.visible_to(System())
        assert sorted(row.type for row in found) == [
            "incident",
            "indicator",
            "indicator",
            "report",
            "vulnerability",
        ]
        assert {row.version for row in found} == {NOON}
        for row in found:
            body = json.loads(bytes(row.body))
            assert (body["id"], body["type"]) == (row.stix_id, row.type)
            assert body["created_by_ref"] == identity_id("hikari")

    def test_the_same_again_is_refused_and_two_members_may_say_the_same(self, rows, taro):
        stix_id = reported(taro)
        with pytest.raises(Refused):
            reported(taro)
        assert reported(world.machine("yama")) != stix_id

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
    def test_who_only_reads_reports_nothing(self, rows, role):
        viewer = directory.viewer_of(world.person("hikari", role))
        with pytest.raises(Refused):
            reported(viewer)

    @pytest.mark.parametrize(
        "change",
        [
            {"title": " "},
            {"title": "x" * 301},
            {"title": "a\nb"},
            {"text": "nul\x00"},
            {"text": "x" * 100_001},
            {"vulnerabilities": ("",)},
            {"vulnerabilities": ("x" * 121,)},
            {"vulnerabilities": tuple(f"CVE-2026-{n:05d}" for n in range(1001))},
        ],
    )
    def test_what_is_no_report_is_refused(self, rows, taro, change):
        with pytest.raises(Refused):
            reported(taro, **change)

    @pytest.mark.parametrize("stix_id", ["", "report--x", "nul\x00", "x" * 5000, "%", "'"])
    def test_an_unknown_identifier_is_not_found(self, rows, taro, stix_id):
        for ask in (queries.report_for, queries.object_for):
            with pytest.raises(NotFound):
                ask(taro, stix_id)


class TestSharing:
    def test_the_hub_shares_it_as_its_own(self, rows, taro):
        stix_id = shared(taro, reported(taro))
        for slug in ("yama", "bureau-kanto", "isac"):
            whole = queries.report_for(world.machine(slug), stix_id)
            assert (whole.head.owner, whole.report) == ("isac", PLAIN)
        assert queries.reports(Anonymous()) == ()

    def test_nothing_in_it_names_the_reporter(self, rows, taro):
        facts = members.facts_of(rows["hikari"])
        named = msgspec.structs.replace(facts, name="株式会社青空ひかり", name_en="Aozora Hikari")
        members.change_organisation(rows["hikari"], named, now=NOON, actor="system")
        text = (
            "青空ひかりの端末です。株式会社 青空ひかり、AOZORA HIKARI、ｈｉｋａｒｉ、"
            "taro of hikari、taro@hikari.example、mail.hikari.example から。"
        )
        shared(taro, reported(taro, title="青空ひかりで不審な通信", text=text))
        everything = b" ".join(hub_bodies()).decode().casefold()
        for name in ("青空", "hikari", "taro", "ｈｉｋａｒｉ", identity_id("hikari")):
            assert name not in everything

    def test_neither_rows_nor_bodies_lead_back(self, rows, taro):
        draft = reported(taro)
        stix_id = shared(taro, draft)
        ours = IntelObject.objects.visible_to(System()).filter(owner__slug="isac")
        assert {row.author_id for row in ours} == {None}
        private = IntelObject.objects.visible_to(System()).filter(owner__slug="hikari")
        hidden = {row.stix_id.partition("--")[2] for row in private}
        everything = b" ".join(hub_bodies()).decode()
        assert not any(number in everything for number in hidden)
        assert {json.loads(body)["created_by_ref"] for body in hub_bodies()} == {
            identity_id("isac")
        }
        assert stix_id != draft
        # Not even the moment of reporting is left.
        assert {json.loads(body)["created"] for body in hub_bodies()} == {
            "2026-06-02T03:00:00.000Z"
        }

    def test_the_draft_stays_where_it_was(self, rows, taro):
        draft = reported(taro)
        shared(taro, draft)
        assert queries.report_for(taro, draft).head.published_at is None
        with pytest.raises(NotFound):
            queries.report_for(world.machine("yama"), draft)

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            (IndicatorType.DOMAIN, "vpn.hikari.example"),
            (IndicatorType.URL, "http://bad.example/?victim=hikari"),
            (IndicatorType.EMAIL, "taro@hikari.example"),
        ],
    )
    def test_an_indicator_that_names_the_reporter_is_a_persons_decision(
        self, rows, taro, kind, value
    ):
        draft = reported(taro, indicators=(*PLAIN.indicators, indicator(kind, value)))
        with pytest.raises(Refused, match="indicator"):
            shared(taro, draft)
        stix_id = shared(taro, draft, without=[value])
        assert queries.report_for(world.machine("yama"), stix_id).report == PLAIN

    def test_a_mail_domain_of_many_names_nobody(self, rows, taro):
        free = members.NewPerson(
            email="x@free.example", name="x y", organisation="hikari", role=Role.VIEWER
        )
        for each in (
            free,
            msgspec.structs.replace(free, email="z@free.example", organisation="yama"),
        ):
            members.add_person(each, now=NOON, actor="system")
        lure = indicator(IndicatorType.EMAIL, "lure@free.example")
        stix_id = shared(taro, reported(taro, indicators=(lure,)))
        assert queries.report_for(world.machine("yama"), stix_id).report.indicators == (lure,)

    def test_only_who_reported_it_shares_it(self, rows, taro):
        draft = reported(taro)
        for slug in ("isac", "yama", "bureau-kanto"):
            with pytest.raises(NotFound):
                shared(world.machine(slug), draft)
        reader = directory.viewer_of(world.person("hikari", Role.VIEWER, "reader"))
        with pytest.raises(Refused):
            shared(reader, draft)
        stix_id = shared(taro, draft)
        with pytest.raises(Refused):
            shared(world.machine("yama"), stix_id)

    def test_it_is_shared_once_whatever_is_left_out(self, rows, taro):
        draft = reported(taro)
        shared(taro, draft)
        for without in ((), ("bad.example",)):
            with pytest.raises(Refused):
                shared(taro, draft, without=without)

    def test_that_another_reported_the_same_cannot_be_found_out(self, rows, taro):
        first = shared(taro, reported(taro))
        other = world.machine("yama")
        assert shared(other, reported(other)) != first

    def test_the_marking_decides_how_far_it_goes(self, rows, taro):
        draft = reported(taro)
        with pytest.raises(PolicyError):
            shared(taro, draft, Everyone())
        one = Organisations(frozenset({rows["yama"].pk}))
        stix_id = shared(taro, draft, one)
        assert queries.report_for(world.machine("yama"), stix_id).report == PLAIN
        with pytest.raises(NotFound):
            queries.report_for(world.machine("minato"), stix_id)

    def test_a_red_report_goes_to_named_people(self, rows, taro):
        draft = reported(taro, tlp=Tlp.RED)
        with pytest.raises(PolicyError):
            shared(taro, draft)
        hana = world.person("yama", name="hana")
        stix_id = shared(taro, draft, People(frozenset({hana.pk})))
        assert queries.report_for(directory.viewer_of(hana), stix_id).report.tlp is Tlp.RED
        for viewer in (world.machine("yama"), world.machine("isac")):
            with pytest.raises(NotFound):
                queries.report_for(viewer, stix_id)

    def test_only_the_event_record_knows_which_became_which(self, rows, taro):
        draft = reported(taro)
        stix_id = shared(taro, draft)
        event = AuditEvent.objects.get(verb="incident.shared")
        assert event.object == f"intel:{stix_id}"
        assert draft in event.detail
        assert PLAIN.title not in event.detail


def test_without_a_hub_nothing_is_shared(database):
    world.organisation("hikari", OrganisationKind.OPERATOR)
    viewer = world.machine("hikari")
    draft = reported(viewer)
    with pytest.raises(NotFound):
        shared(viewer, draft)


def test_the_newest_version_is_the_newest_one_readable(rows, taro):
    stix_id = reported(taro, tlp=Tlp.CLEAR)
    row = IntelObject.objects.visible_to(System()).get(stix_id=stix_id)
    row.pk, row.version = None, NOON + DAY
    row.owner, row.author = rows["yama"], None
    row.save(force_insert=True)
    assert queries.report_for(taro, stix_id).head.version == NOON
    assert queries.report_for(world.machine("yama"), stix_id).head.version == NOON + DAY
