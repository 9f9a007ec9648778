"""What the hub shares of a report, and what is left of whose it was."""

from __future__ import annotations

import json
import uuid
from importlib import import_module

import msgspec
import pytest
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from noroshi.core.errors import NotFound, PolicyError, Refused, Stale
from noroshi.core.formats import stix
from noroshi.core.formats.stix import identity_id, objects_of
from noroshi.core.indicators import IndicatorType, indicator
from noroshi.core.policy.anonymity import STAND_INS
from noroshi.core.policy.audience import Audience, Everyone, Members, Organisations, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.intel import actions, queries, reviewing, reviews
from noroshi.hub.intel.models import IntelObject, Review, ReviewState
from noroshi.hub.intel.reviewing import Handover
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation, Person
from tests.hub import sector as world
from tests.hub.reporting import (
    NAMED,
    PLAIN,
    drafted,
    edition,
    give,
    listed,
    only,
    shared,
    submitted,
)
from tests.hub.sector import DAY, HOUR, NOON

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


@pytest.fixture
def taro(rows) -> Member:
    return directory.viewer_of(world.person("hikari"))


@pytest.fixture
def hana(rows) -> Person:
    return world.person("isac", Role.HUB_ANALYST, "hana")


@pytest.fixture
def analyst(hana) -> Member:
    return directory.viewer_of(hana)


LATIN, JAPANESE = STAND_INS


class TestSharing:
    def test_it_is_the_hubs_own_and_names_nobody(self, rows, taro, analyst):
        submitted(taro, NAMED)
        review = only(analyst)
        assert any(is_name for _piece, is_name in review.text)
        stix_id = shared(analyst)
        whole = queries.report_for(world.machine("yama"), stix_id)
        assert whole.head.owner == "isac"
        assert JAPANESE in whole.report.text
        owned = IntelObject.objects.visible_to(System()).filter(owner__slug="isac")
        everything = b" ".join(bytes(row.body) for row in owned).decode().casefold()
        for name in ("hikari", "taro", identity_id("hikari")):
            assert name not in everything
        assert {row.author_id for row in owned} == {None}

    def test_what_was_looked_at_is_what_is_shared(self, taro, analyst):
        submitted(taro, NAMED)
        review = only(analyst)
        seen = reviewing.preview(analyst, review.head.name, edition(review))
        assert queries.reports(analyst) == ()
        stix_id = shared(analyst)
        assert queries.report_for(analyst, stix_id).report == seen.report

    def test_the_analyst_puts_it_in_other_words_in_two_languages(self, taro, analyst):
        submitted(taro)
        words = {"title": "外部への通信", "title_en": "Odd traffic", "text_en": "Seen by [x]."}
        stix_id = shared(analyst, **words, observed=None, tlp=Tlp.AMBER_STRICT,
                         audience=Organisations(frozenset({taro.organisation})),
                         indicators=PLAIN.indicators[:1], vulnerabilities=())  # fmt: skip
        report = queries.report_for(taro, stix_id).report
        assert (report.title, report.title_en, report.text_en) == tuple(words.values())
        assert (report.tlp, report.observed) == (Tlp.AMBER_STRICT, None)
        assert (report.indicators, report.vulnerabilities) == (PLAIN.indicators[:1], ())
        heads = {head.stix_id: head.title_en for head in queries.reports(taro)}
        assert heads[stix_id] == "Odd traffic"

    def test_whatever_the_analyst_writes_does_not_name_the_member(self, taro, analyst):
        submitted(taro)
        stix_id = shared(
            analyst, text="Ｈｉｋａｒｉ の件", title_en="At hikari", text_en="taro of hikari"
        )
        report = queries.report_for(analyst, stix_id).report
        assert report.text == f"{JAPANESE} の件"
        assert (report.title_en, report.text_en) == (f"At {LATIN}", LATIN)

    def test_an_indicator_that_names_the_member_is_pointed_out_and_refused(self, taro, analyst):
        lure = indicator(IndicatorType.DOMAIN, "vpn.hikari.example")
        report = msgspec.structs.replace(PLAIN, indicators=(*PLAIN.indicators, lure))
        submitted(taro, report)
        assert only(analyst).naming == {"vpn.hikari.example"}
        with pytest.raises(Refused, match="indicator"):
            shared(analyst)
        shared(analyst, indicators=PLAIN.indicators)

    def test_what_was_not_reported_is_not_shared(self, taro, analyst):
        submitted(taro)
        with pytest.raises(Refused):
            shared(analyst, indicators=(indicator(IndicatorType.IPV4, "192.0.2.1"),))

    def test_the_marking_is_narrowed_never_widened(self, taro, analyst):
        submitted(taro)
        with pytest.raises(Refused, match="TLP:GREEN"):
            shared(analyst, Everyone(), tlp=Tlp.CLEAR)
        with pytest.raises(PolicyError):
            shared(analyst, Everyone())
        with pytest.raises(PolicyError):
            shared(analyst, Members(), tlp=Tlp.AMBER)

    def test_who_will_read_it_is_told_before(self, rows, taro, analyst):
        world.organisation("soumu", OrganisationKind.MINISTRY)
        ken = world.person("yama", name="ken")
        submitted(taro)
        review = only(analyst)

        def readers(audience: Audience) -> tuple[str, set[str], set[str]]:
            made = edition(review, audience)
            found = reviewing.preview(analyst, review.head.name, made).readers
            slugs = {row.slug for row in found.organisations}
            return found.kind, slugs, {row.email for row in found.people}

        some = frozenset({rows["yama"].pk, rows["minato"].pk})
        assert readers(Organisations(some)) == ("organisations", {"yama", "minato"}, set())
        assert readers(Members()) == ("members", set(rows), set())
        assert readers(People(frozenset({ken.pk}))) == ("people", set(), {ken.email})

    def test_a_form_made_before_the_report_was_given_anew_is_refused(self, taro, analyst):
        stix_id = submitted(taro)
        review = only(analyst)
        old = edition(review)
        reviewing.take_back(taro, stix_id, now=NOON + HOUR, actor="taro")
        other = Handover(report=msgspec.structs.replace(PLAIN, indicators=()))
        reviewing.submit(taro, stix_id, other, now=NOON + 2 * HOUR, actor="taro")
        for ask in (
            lambda: reviewing.share(analyst, review.head.name, old, now=NOON + DAY, actor="hana"),
            lambda: reviewing.preview(analyst, review.head.name, old),
        ):
            with pytest.raises(Stale):
                ask()

    def test_its_maker_learns_what_became_of_it_as_far_as_it_may_read_that(
        self, rows, taro, analyst
    ):
        first = submitted(taro)
        public = shared(analyst)
        second = submitted(taro, msgspec.structs.replace(PLAIN, title="別件"))
        shared(analyst, Organisations(frozenset({rows["yama"].pk})))
        own = reviews.own_reviews(taro, [first, second])
        assert {one.state for one in own.values()} == {ReviewState.SHARED}
        assert (own[first].shared_as, own[second].shared_as) == (public, "")

    def test_once_shared_the_hub_forgets_whose_it_was(self, taro, analyst):
        submitted(taro)
        name = only(analyst).head.name
        shared(analyst)
        assert listed(analyst) == ()
        with pytest.raises(NotFound):
            reviews.review_for(analyst, name)
        row = Review.objects.visible_to(System()).get(name=name)
        assert (bytes(row.body), row.audience_id, row.published_at) == (b"", None, None)
        assert not Review.objects.visible_to(analyst).exists()

    def test_it_is_shared_once_whichever_way(self, taro, analyst):
        stix_id = submitted(taro)
        shared(analyst)
        with pytest.raises(Refused):
            actions.share_incident(taro, stix_id, Members(), now=NOON, actor="taro")
        with pytest.raises(Refused):
            give(taro, stix_id)

    def test_what_its_maker_shared_at_once_is_the_hubs_to_review_no_longer(self, taro, analyst):
        stix_id = submitted(taro)
        actions.share_incident(taro, stix_id, Members(), now=NOON, actor="taro")
        assert listed(analyst) == ()

    def test_only_the_event_record_leads_from_one_to_the_other(self, taro, analyst):
        draft = submitted(taro)
        stix_id = shared(analyst)
        event = AuditEvent.objects.get(verb="incident.shared")
        assert (event.object, event.actor) == (f"intel:{stix_id}", "hana")
        assert json.loads(event.detail)["from"] == draft

    def test_identifiers_cannot_be_tried_out_with_every_members_name(self, rows, taro, analyst):
        """Whoever reads a shared report knows its contents, and everybody who may have made it."""
        submitted(taro)
        stix_id = shared(analyst)
        for slug in rows:
            draft = objects_of(PLAIN, identity_id(slug), NOON)[-1].id
            tried = {
                f"report--{uuid.uuid5(uuid.uuid5(stix.NAMESPACE, contents), 'report:')}"
                for contents in (draft, f"{identity_id('isac')} {draft}")
            }
            assert stix_id not in tried


def test_what_was_shared_before_is_remembered_by_the_tables_of_today(rows, taro):
    draft = drafted(taro)
    stix_id = actions.share_incident(taro, draft, Members(), now=NOON, actor="taro")
    Review.objects.visible_to(System()).all().delete()
    loader = MigrationLoader(connections["default"])
    state = loader.project_state([("intel", "0002_reviews"), ("audit", "0001_initial")])
    migration = import_module("noroshi.hub.intel.migrations.0002_reviews")
    migration.remember(state.apps, None)
    own = reviews.own_reviews(taro, [draft])[draft]
    assert (own.state, own.shared_as) == (ReviewState.SHARED, stix_id)
