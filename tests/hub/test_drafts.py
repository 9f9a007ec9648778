"""Drafts: what is kept with them, two people at one, giving one up."""

from __future__ import annotations

from typing import Any

import pytest

from noroshi.core.errors import NobodyNamed, NotFound, Refused, Stale
from noroshi.core.policy.audience import Everyone, Members, People
from noroshi.core.policy.community import CommunityFacts
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import Member, System
from noroshi.core.sector import District, OrganisationKind, Role, Sector
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions, queries
from noroshi.hub.notices.actions import Written
from noroshi.hub.notices.choosing import (
    ByName,
    Chosen,
    Criteria,
    OnlyAffected,
    Some,
    chosen_of,
    resolved,
)
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import Affected, WithBureaus
from tests.hub import sector as world
from tests.hub.sector import NOON
from tests.hub.sending import affect, content

pytestmark = pytest.mark.usefixtures("database")

KANTO = Some(Criteria(districts=(District.KANTO,)))


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


@pytest.fixture
def taro(rows) -> Member:
    return directory.viewer_of(world.person("hikari"))


def drafted(viewer: Member | System, chosen: Chosen | None = None, **changes: Any) -> str:
    said = content(**changes)
    return str(actions.draft(viewer, said, now=NOON, actor="taro", chosen=chosen))


def rewritten(viewer: Member | System, name: str, to: Written, seen: str | None = None) -> Notice:
    mark = seen or actions.draft_for(viewer, name).mark
    return actions.edit(viewer, name, to, seen=mark, now=NOON, actor="taro")


def report(owner: Organisation, author: int | None = None, tlp: Tlp = Tlp.GREEN) -> str:
    stix_id = f"report--{owner.slug}-{author}"
    IntelObject.objects.bulk_create(
        [
            IntelObject(
                stix_id=stix_id,
                version=NOON,
                type="report",
                body=b"{}",
                owner=owner,
                author_id=author,
                tlp=tlp.rank,
            )
        ]
    )
    return stix_id


class TestWhomItIsMeantFor:
    @pytest.mark.parametrize(
        "chosen",
        [
            None,
            Everyone(),
            Members(),
            KANTO,
            Some(Criteria(sectors=(Sector.CABLE,), communities=("pilot",)), bureaus=True),
            OnlyAffected(Criteria(organisations=("hikari",))),
            OnlyAffected(Criteria(kinds=(OrganisationKind.OPERATOR,)), bureaus=True),
            ByName(("a@hikari.example", "b@minato.example")),
        ],
    )
    def test_it_is_kept_as_it_was_chosen(self, taro, chosen):
        name = drafted(taro, chosen)
        assert actions.draft_for(taro, name).chosen == chosen
        assert chosen_of(Notice.objects.visible_to(taro).get()) == chosen

    def test_it_is_resolved_when_it_is_looked_at(self, rows):
        facts = CommunityFacts(listed=frozenset({rows["hikari"].pk}))
        members.add_community(
            members.NewCommunity(slug="pilot", name="pilot", facts=facts), now=NOON, actor="x"
        )
        pilot = Some(Criteria(communities=("pilot",)))
        ids = frozenset({rows["hikari"].pk})
        assert resolved(pilot) == Selection(communities=ids)
        grown = world.organisation("kawa")
        directory.community_named("pilot").organisations.add(grown)
        assert resolved(pilot) == Selection(communities=ids | {grown.pk})

    def test_each_way_to_choose_is_what_it_says(self, rows):
        taro = world.person("hikari")
        kanto = Selection(districts=frozenset({District.KANTO}))
        assert resolved(KANTO) == kanto
        assert resolved(Some(KANTO.criteria, bureaus=True)) == WithBureaus(kanto)
        assert resolved(OnlyAffected(KANTO.criteria)) == Affected(kanto)
        informed = OnlyAffected(KANTO.criteria, bureaus=True)
        assert resolved(informed) == WithBureaus(Affected(kanto))
        assert resolved(ByName((taro.email,))) == People(frozenset({taro.pk}))
        assert resolved(Members()) == Members()

    def test_to_choose_nobody_is_refused(self, rows):
        with pytest.raises(NobodyNamed):
            resolved(None)

    @pytest.mark.parametrize(
        "chosen", [Some(Criteria(organisations=("nobody",))), ByName(("nobody@hikari.example",))]
    )
    def test_a_name_that_stands_for_nothing_is_named(self, rows, chosen):
        with pytest.raises(NotFound):
            resolved(chosen)


class TestEditing:
    def test_everything_is_changed(self, taro, rows):
        world.vulnerability("CVE-2026-1000")
        name = drafted(taro, tlp=Tlp.AMBER)
        attached = report(rows["hikari"])
        said = content(
            tlp=Tlp.GREEN,
            title_ja="改めた題",
            text_ja="改めた文",
            title_en="",
            text_en="",
            respond_within_hours=None,
            exercise=True,
            vulnerabilities=("CVE-2026-1000",),
        )
        to = Written(said, KANTO, (attached,))
        rewritten(taro, name, to)
        assert actions.draft_for(taro, name) == to
        verbs = AuditEvent.objects.filter(object__startswith="notice:").order_by("seq")
        assert [event.verb for event in verbs] == ["notice.drafted", "notice.edited"]
        assert "改" not in "".join(event.detail for event in verbs)

    def test_who_comes_second_does_not_overwrite_who_came_first(self, taro, rows):
        jiro = directory.viewer_of(world.person("hikari", name="jiro"))
        name = drafted(taro)
        seen = actions.draft_for(taro, name).mark
        first = Written(content(text_ja="太郎の文"))
        rewritten(taro, name, first, seen)
        with pytest.raises(Stale):
            rewritten(jiro, name, Written(content(text_ja="次郎の文")), seen)
        assert actions.draft_for(jiro, name) == first

    def test_the_same_change_twice_is_made_once(self, taro, rows):
        name = drafted(taro)
        seen = actions.draft_for(taro, name).mark
        for _ in range(2):
            rewritten(taro, name, Written(content(text_ja="同じ文")), seen)
        assert AuditEvent.objects.filter(verb="notice.edited").count() == 1

    def test_what_cannot_be_sent_is_refused(self, taro, rows):
        name = drafted(taro)
        with pytest.raises(Refused):
            rewritten(taro, name, Written(content(title_ja="")))
        with pytest.raises(NotFound):
            rewritten(taro, name, Written(content(vulnerabilities=("CVE-2099-1",))))

    def test_the_drafts_of_others_are_unknown(self, taro, rows):
        name = drafted(System())
        for ask in (
            lambda: actions.draft_for(taro, name),
            lambda: rewritten(taro, name, Written(content()), "x"),
            lambda: actions.discard(taro, name, seen="x", now=NOON, actor="x"),
            lambda: actions.previewed(taro, name),
            lambda: actions.publish_as_seen(taro, name, "x", now=NOON, actor="x"),
        ):
            with pytest.raises(NotFound):
                ask()

    def test_who_only_reads_changes_nothing(self, taro, rows):
        name = drafted(taro)
        viewer = directory.viewer_of(world.person("hikari", Role.VIEWER, name="hanako"))
        with pytest.raises(Refused):
            actions.draft_for(viewer, name)

    def test_what_is_sent_is_no_draft_any_more(self, taro, rows):
        name = drafted(taro, KANTO)
        mark = actions.previewed(taro, name).mark
        notice = actions.publish_as_seen(taro, name, mark, now=NOON, actor="x")
        for gone in (name, notice.number):
            with pytest.raises(NotFound):
                actions.draft_for(taro, gone)
            with pytest.raises(NotFound):
                actions.previewed(taro, gone)

    def test_whoever_makes_it_red_is_its_author(self, taro, rows):
        jiro = directory.viewer_of(world.person("hikari", name="jiro"))
        name = drafted(taro)
        rewritten(jiro, name, Written(content(tlp=Tlp.RED)))
        assert actions.draft_for(jiro, name).content.tlp is Tlp.RED
        with pytest.raises(NotFound):
            actions.draft_for(taro, name)

    def test_a_machine_makes_nothing_red(self, taro, rows):
        name = drafted(taro)
        with pytest.raises(Refused):
            rewritten(world.machine("hikari"), name, Written(content(tlp=Tlp.RED)))

    def test_an_attachment_that_one_may_not_read_stays(self, taro, rows):
        jiro = directory.viewer_of(world.person("hikari", name="jiro"))
        secret = report(rows["hikari"], taro.person, Tlp.RED)
        open_one = report(rows["hikari"])
        name = str(actions.draft(taro, content(), now=NOON, actor="x", intel=(secret, open_one)))
        assert actions.draft_for(jiro, name).intel == (open_one,)
        rewritten(jiro, name, Written(content(text_ja="別の文")))
        assert actions.draft_for(jiro, name).intel == ()
        assert actions.draft_for(taro, name).intel == (secret,)


class TestGivingUp:
    def test_a_discarded_draft_is_gone(self, taro, rows):
        name = drafted(taro)
        mark = actions.draft_for(taro, name).mark
        actions.discard(taro, name, seen=mark, now=NOON, actor="taro")
        with pytest.raises(NotFound):
            queries.notice_for(taro, name)
        assert AuditEvent.objects.filter(verb="notice.discarded").count() == 1

    def test_not_one_that_somebody_has_just_worked_on(self, taro, rows):
        name = drafted(taro)
        mark = actions.draft_for(taro, name).mark
        rewritten(taro, name, Written(content(text_ja="改めた文")))
        with pytest.raises(Stale):
            actions.discard(taro, name, seen=mark, now=NOON, actor="taro")

    def test_a_proposal_that_is_set_aside_is_not_proposed_again(self, rows):
        hub = world.machine("isac")
        name, numbers = proposal()
        mark = actions.draft_for(hub, name).mark
        actions.discard(hub, name, seen=mark, now=NOON, actor="x")
        assert actions.propose(numbers, now=NOON) == 0
        assert queries.notice_for(hub, name).head.withdrawn_at == NOON
        with pytest.raises(Refused):
            actions.publish(hub, name, Members(), now=NOON, actor="x")

    def test_it_is_taken_up_again_by_editing_it(self, rows):
        hub = world.machine("isac")
        name, _ = proposal()
        seen = actions.draft_for(hub, name)
        actions.discard(hub, name, seen=seen.mark, now=NOON, actor="x")
        rewritten(hub, name, seen, seen.mark)
        assert queries.notice_for(hub, name).head.withdrawn_at is None


def proposal() -> tuple[str, list[int]]:
    affect("hikari")

    row = Vulnerability.objects.get()
    row.severity = "critical"
    row.save()
    Finding.objects.visible_to(System()).update(priority="immediate")
    assert actions.propose([row.pk], now=NOON) == 1
    return str(Notice.objects.visible_to(System()).get()), [row.pk]
