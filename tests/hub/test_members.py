"""Members: who is taken in, what they grant, communities, viewers, audiences."""

from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.audience import Audience as Value
from noroshi.core.policy.audience import Everyone, Members, Organisations, People
from noroshi.core.policy.community import CommunityFacts
from noroshi.core.policy.selection import MemberFacts
from noroshi.core.policy.visibility import Anonymous, GrantLevel, Member, System
from noroshi.core.sector import District, OrganisationKind, Role, Sector
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import actions, queries
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.members.models import Audience, Community, Grant
from tests.hub import sector as world
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

OPERATOR = OrganisationKind.OPERATOR


def grants() -> set[tuple[str, str, int]]:
    return set(Grant.objects.values_list("owner__slug", "grantee__slug", "level"))


class TestJoining:
    def test_an_operator_grants_counts_to_the_hub_and_its_bureau(self):
        world.sector()
        given = {(owner, to) for owner, to, level in grants() if level == GrantLevel.COUNTS}
        assert given == {
            *(("hikari", to) for to in ("isac", "bureau-kanto")),
            *(("minato", to) for to in ("isac", "bureau-kanto")),
            *(("yama", to) for to in ("isac", "bureau-tohoku")),
            *(("radio", to) for to in ("isac", "bureau-tohoku")),
        }
        assert len(grants()) == len(given)

    def test_a_vendor_or_bureau_grants_nothing(self):
        world.organisation("isac", OrganisationKind.HUB)
        world.organisation("maker", OrganisationKind.VENDOR)
        world.organisation("bureau", OrganisationKind.BUREAU, district=District.KANTO)
        assert grants() == set()

    def test_a_bureau_that_joins_later_is_granted_nothing(self):
        world.organisation("early", district=District.KANTO)
        world.organisation("bureau", OrganisationKind.BUREAU, district=District.KANTO)
        assert grants() == set()

    def test_joining_is_on_record(self):
        row = world.organisation("hikari")
        event = AuditEvent.objects.get(verb="organisation.added")
        assert (event.object, event.actor, event.at) == (f"organisation:{row.pk}", "system", NOON)

    @pytest.mark.parametrize(
        ("slug", "kind", "district"),
        [
            ("isac-2", OrganisationKind.HUB, None),
            ("bureau-2", OrganisationKind.BUREAU, District.KANTO),
            ("bureau-3", OrganisationKind.BUREAU, None),
            ("hikari", OPERATOR, None),
            ("Hikari Net", OPERATOR, None),
            ("-x", OPERATOR, None),
            ("", OPERATOR, None),
            ("a" * 61, OPERATOR, None),
        ],
    )
    def test_what_cannot_be_is_refused(self, slug, kind, district):
        world.sector()
        with pytest.raises(Refused):
            world.organisation(slug, kind, district=district)

    @pytest.mark.parametrize("name", ["", "  ", "x" * 201, "two\nlines", "nul\x00"])
    def test_a_name_that_is_none_is_refused(self, name):
        facts = actions.OrganisationFacts(
            slug="ok", name=name, kind=OPERATOR, sector=Sector.TELECOM
        )
        with pytest.raises(Refused):
            actions.add_organisation(facts, now=NOON, actor="system")


class TestChanging:
    def change(self, which: str, /, **changes) -> None:
        row = queries.named(which)
        facts = msgspec.structs.replace(actions.facts_of(row), **changes)
        actions.change_organisation(row, facts, now=NOON, actor="system")

    def test_a_change_is_kept_and_recorded(self):
        world.sector()
        self.change("hikari", name="新しい名", active=False)
        row = queries.named("hikari")
        assert (row.name, row.active) == ("新しい名", False)
        assert AuditEvent.objects.filter(verb="organisation.changed").count() == 1

    def test_who_moves_takes_its_counts_along(self):
        world.sector()
        self.change("hikari", district=District.TOHOKU)
        assert {to for owner, to, _ in grants() if owner == "hikari"} == {"isac", "bureau-tohoku"}

    def test_what_was_taken_back_does_not_return_by_moving(self):
        rows = world.sector()
        actions.set_grant(rows["hikari"], rows["bureau-kanto"], None, now=NOON, actor="system")
        self.change("hikari", district=District.TOHOKU)
        assert {to for owner, to, _ in grants() if owner == "hikari"} == {"isac"}

    def test_details_are_not_handed_to_the_next_bureau(self):
        rows = world.sector()
        detail = GrantLevel.DETAIL
        actions.set_grant(rows["hikari"], rows["bureau-kanto"], detail, now=NOON, actor="system")
        self.change("hikari", district=District.TOHOKU)
        assert ("hikari", "bureau-kanto", detail) in grants()
        assert not any(owner == "hikari" and to == "bureau-tohoku" for owner, to, _ in grants())

    def test_the_short_name_stays(self):
        world.sector()
        with pytest.raises(Refused):
            self.change("hikari", slug="other")

    def test_a_bureau_may_be_changed_without_standing_in_its_own_way(self):
        world.sector()
        self.change("bureau-kanto", name="新しい局")
        with pytest.raises(Refused):
            self.change("bureau-kanto", district=District.TOHOKU)


class TestGrants:
    def test_a_grant_is_set_changed_and_taken_back(self):
        rows = world.sector()
        for level in (GrantLevel.DETAIL, GrantLevel.COUNTS, None):
            actions.set_grant(rows["hikari"], rows["yama"], level, now=NOON, actor="system")
            found = Grant.objects.filter(owner=rows["hikari"], grantee=rows["yama"]).first()
            assert (found.level if found else None) == level

    def test_nobody_grants_to_itself(self):
        rows = world.sector()
        with pytest.raises(Refused):
            actions.set_grant(
                rows["hikari"], rows["hikari"], GrantLevel.DETAIL, now=NOON, actor="system"
            )

    def test_granting_lists_owners_at_their_level(self):
        rows = world.sector()
        bureau, hikari = rows["bureau-kanto"], rows["hikari"]
        actions.set_grant(hikari, bureau, GrantLevel.DETAIL, now=NOON, actor="system")
        viewer = world.machine("bureau-kanto")
        counts = {bureau.pk, hikari.pk, rows["minato"].pk}
        assert queries.granting(viewer, GrantLevel.COUNTS) == counts
        assert queries.granting(viewer, GrantLevel.DETAIL) == {bureau.pk, hikari.pk}
        assert queries.granting(Anonymous(), GrantLevel.COUNTS) == frozenset()
        auditor = Member(bureau.pk, None, Role.AUDITOR)
        assert queries.granting(auditor, GrantLevel.COUNTS) == frozenset()
        assert len(queries.granting(System(), GrantLevel.DETAIL)) == len(rows)


class TestPlaces:
    def test_each_organisation_has_the_bureau_of_its_district(self):
        rows = world.sector()
        assert queries.bureau_of(rows["yama"]) == rows["bureau-tohoku"]
        assert queries.bureau_of(rows["isac"]) is None
        assert queries.bureau_of(rows["bureau-kanto"]) is None

    def test_there_is_one_hub_or_a_clear_answer(self):
        with pytest.raises(NotFound):
            queries.the_hub()
        rows = world.sector()
        assert queries.the_hub() == rows["isac"]

    def test_facts_are_those_a_choice_looks_at(self):
        rows = world.sector()
        facts = {fact.id: fact for fact in queries.member_facts()}
        assert facts[rows["minato"].pk] == MemberFacts(
            rows["minato"].pk, OPERATOR, District.KANTO, Sector.CABLE
        )
        assert facts[rows["isac"].pk].district is None

    def test_an_unknown_name_is_not_found(self):
        world.sector()
        for ask in (
            lambda: queries.named("nobody"),
            lambda: queries.ids_of(["hikari", "nobody"]),
            lambda: queries.person_named("nobody@example.org"),
            lambda: queries.community_members("nobody"),
        ):
            with pytest.raises(NotFound, match="nobody"):
                ask()


class TestCommunities:
    def add(self, slug: str, **facts) -> Community:
        new = actions.NewCommunity(slug=slug, name=slug, facts=CommunityFacts(**facts))
        return actions.add_community(new, now=NOON, actor="system")

    def test_listed_by_rule_and_nested(self):
        rows = world.sector()
        cable = self.add("cable", sector=Sector.CABLE, kind=OPERATOR)
        listed = self.add("friends", listed=frozenset({rows["yama"].pk}))
        self.add("both", inside=frozenset({cable.pk, listed.pk}))
        assert queries.community_members("cable") == {rows["minato"].pk}
        assert queries.community_members("both") == {rows["minato"].pk, rows["yama"].pk}

    def test_a_circle_is_refused(self):
        world.sector()
        first, second, third = self.add("aa"), self.add("bb"), self.add("cc")
        actions.put_inside(first, second, now=NOON, actor="system")
        actions.put_inside(second, third, now=NOON, actor="system")
        for outer, inner in ((third, first), (second, first), (first, first)):
            with pytest.raises(Refused):
                actions.put_inside(outer, inner, now=NOON, actor="system")

    def test_a_circle_that_is_there_anyway_is_survived(self):
        rows = world.sector()
        first = self.add("aa", listed=frozenset({rows["yama"].pk}))
        second = self.add("bb", inside=frozenset({first.pk}))
        first.inside.add(second)
        assert queries.community_members("aa") == {rows["yama"].pk}

    def test_a_name_is_given_once(self):
        self.add("aa")
        with pytest.raises(Refused):
            self.add("aa")


class TestPeople:
    def test_a_person_views_as_its_organisation_in_its_role(self):
        rows = world.sector()
        taro = world.person("hikari", Role.VIEWER)
        assert queries.viewer_of(taro) == Member(rows["hikari"].pk, taro.pk, Role.VIEWER)

    @pytest.mark.parametrize(
        ("slug", "role"),
        [("isac", Role.HUB_ANALYST), ("bureau-kanto", Role.BUREAU_OFFICER), ("yama", "responder")],
    )
    def test_a_machine_acts_for_its_organisation(self, slug, role):
        rows = world.sector()
        assert queries.viewer_of(rows[slug]) == Member(rows[slug].pk, None, Role(role))

    def test_who_has_left_views_nothing(self):
        rows = world.sector()
        taro, hana = world.person("hikari"), world.person("yama", name="hana")
        taro.is_active = False
        hana.organisation.active = rows["radio"].active = False
        for who in (taro, hana, rows["radio"]):
            with pytest.raises(Refused):
                queries.viewer_of(who)

    def test_an_address_is_taken_once_whatever_its_capitals(self):
        world.sector()
        world.person("hikari")
        with pytest.raises(Refused):
            world.person("hikari", name="TARO")
        assert queries.person_named("Taro@Hikari.example").name == "taro of hikari"

    @pytest.mark.parametrize("name", ["", "two words", "x" * 300, "a\x00b"])
    def test_what_is_no_address_is_refused(self, name):
        world.sector()
        with pytest.raises(Refused):
            world.person("hikari", name=name)

    @pytest.mark.parametrize("role", [Role.HUB_ADMIN, Role.BUREAU_OFFICER, Role.MINISTRY])
    def test_a_role_of_another_house_is_refused(self, role):
        world.sector()
        with pytest.raises(Refused):
            world.person("hikari", role)

    def test_nobody_starts_with_a_password(self):
        world.sector()
        assert not world.person("hikari").has_usable_password()


class TestAudiences:
    def test_equal_audiences_share_a_row_and_read_back_the_same(self):
        rows = world.sector()
        taro = world.person("hikari")
        some = frozenset({rows["hikari"].pk, rows["yama"].pk})
        values: list[Value] = [
            Everyone(),
            Members(),
            Organisations(some),
            People(frozenset({taro.pk})),
        ]
        made = [audience_row(value) for value in values]
        assert [audience_row(value).pk for value in values] == [row.pk for row in made]
        assert [queries.audience_value(row) for row in made] == values
        assert Audience.objects.count() == 4

    def test_the_same_numbers_of_people_and_organisations_are_two_audiences(self):
        rows = world.sector()
        taro = world.person("hikari")
        rows["hikari"].pk = taro.pk
        people = audience_row(People(frozenset({taro.pk})))
        other = audience_row(Organisations(frozenset({queries.the_hub().pk})))
        assert people.pk != other.pk
        assert people.kind != other.kind
