"""Who receives what: the preview, and the systems a notice concerns."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from noroshi.core.errors import NobodyNamed, Refused
from noroshi.core.policy.community import CommunityFacts
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, System, Viewer
from noroshi.core.sector import District, Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding, FindingStatus
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions, queries
from noroshi.hub.notices.letters import Counted, Named, Withheld
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import Affected, Choice, WithBureaus, selection
from noroshi.hub.notices.views import Concern
from tests.hub import sector as world
from tests.hub.sector import DAY, NOON
from tests.hub.sending import KANTO, affect, content, deliveries, published

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


class TestConcerns:
    def test_each_reads_its_own_systems_and_no_others(self, rows):
        affect("hikari")
        affect("minato", system="billing")
        notice = published(vulnerabilities=("CVE-2021-44228",))
        own = {slug: row.concerns for slug, row in deliveries(notice).items()}
        line = {"vulnerability": "CVE-2021-44228", "why": "log4j-core 2.14.1"}
        assert own == {
            "hikari": [{"system": "mail-gw", **line}],
            "minato": [{"system": "billing", **line}],
            "bureau-kanto": [],
        }

    def test_a_closed_finding_concerns_nobody(self, rows):
        affect("hikari")
        Finding.objects.visible_to(System()).update(status=FindingStatus.NOT_AFFECTED)
        notice = published(vulnerabilities=("CVE-2021-44228",))
        assert deliveries(notice)["hikari"].concerns == []

    def test_one_that_needs_confirmation_does(self, rows):
        affect("hikari")
        Finding.objects.visible_to(System()).update(status=FindingStatus.NEEDS_CONFIRMATION)
        notice = published(vulnerabilities=("CVE-2021-44228",))
        assert len(deliveries(notice)["hikari"].concerns) == 1

    def test_only_those_affected_get_it(self, rows):
        affect("hikari")
        affect("yama")
        names = ("CVE-2021-44228",)
        everywhere = published(Affected(), vulnerabilities=names)
        assert set(deliveries(everywhere)) == {"hikari", "yama"}
        in_kanto = published(Affected(KANTO), vulnerabilities=names)
        assert set(deliveries(in_kanto)) == {"hikari"}

    def test_a_vulnerability_merged_into_another_is_the_other(self, rows):
        affect("hikari")
        old = world.vulnerability("GHSA-old")
        notice = actions.draft(
            System(), content(vulnerabilities=("GHSA-old",)), now=NOON, actor="system"
        )
        old.merged_into = Vulnerability.objects.get(preferred_id="CVE-2021-44228")
        old.save()
        actions.publish(System(), str(notice), Affected(), now=NOON, actor="system")
        assert set(deliveries(notice)) == {"hikari"}

    def test_nobody_affected_is_said_to_who_may_know_it(self, rows):
        world.vulnerability("CVE-2021-44228")
        with pytest.raises(NobodyNamed):
            published(Affected(KANTO), vulnerabilities=("CVE-2021-44228",))
        with pytest.raises(Refused):
            published(Affected(KANTO))

    def test_publishing_does_not_tell_a_stranger_who_is_affected(self, rows):
        affect("hikari")
        stranger = world.machine("yama")
        for slug in ("hikari", "minato"):
            one = Affected(Selection(organisations=frozenset({rows[slug].pk})))
            notice = published(one, stranger, vulnerabilities=("CVE-2021-44228",))
            assert queries.progress(stranger, notice.number) == ()
            assert queries.late(stranger, NOON + 9 * DAY) == ()

    def test_an_answer_is_a_statement_to_the_sender(self, rows):
        affect("hikari")
        stranger = world.machine("yama")
        notice = published(Affected(KANTO), stranger, vulnerabilities=("CVE-2021-44228",))
        actions.acknowledge(world.machine("hikari"), notice.number, now=NOON, actor="x")
        assert [row.slug for row in queries.progress(stranger, notice.number)] == ["hikari"]

    def test_an_empty_community_does_not_open_the_choice(self, rows):
        new = members.NewCommunity(slug="empty", name="empty", facts=CommunityFacts())
        members.add_community(new, now=NOON, actor="system")
        with pytest.raises(NobodyNamed):
            selection(districts=[District.KANTO], communities=["empty"])


class TestPreview:
    def seen(self, viewer: Viewer, choice: Choice, **changes: Any) -> actions.Preview:
        facts = content(**{"vulnerabilities": ("CVE-2021-44228",), **changes})
        return actions.preview(viewer, facts, choice)

    def test_the_node_sees_every_text_exactly_as_it_will_be_read(self, rows):
        affect("hikari")
        seen = self.seen(System(), KANTO)
        by_slug = {one.slug: one for one in seen.recipients}
        assert set(by_slug) == {"bureau-kanto", "hikari", "minato"}
        concern = Concern("mail-gw", "CVE-2021-44228", "log4j-core 2.14.1")
        assert by_slug["hikari"].personal == Named((concern,))
        text = by_slug["hikari"].texts["en"]
        assert "[TLP:AMBER] Please check" in text
        assert "- mail-gw: CVE-2021-44228 (log4j-core 2.14.1)" in text
        assert "within 24 hours" in text
        assert "至急の確認" in by_slug["hikari"].texts["ja"]
        assert seen.others == 0

    def test_without_english_nothing_is_sent_in_english(self, rows):
        affect("hikari")
        seen = self.seen(System(), KANTO, title_en="", text_en="")
        assert all(set(one.texts) == {"ja"} for one in seen.recipients)

    def test_nothing_is_written(self, rows):
        affect("hikari")
        events = AuditEvent.objects.count()
        self.seen(System(), KANTO)
        assert AuditEvent.objects.count() == events
        assert not Notice.objects.visible_to(System()).exists()

    def test_what_it_promises_is_what_publishing_does(self, rows):
        affect("hikari")
        affect("radio")
        promised = self.seen(System(), Affected())
        notice = published(Affected(), vulnerabilities=("CVE-2021-44228",))
        found = deliveries(notice)
        assert {one.slug for one in promised.recipients} == set(found)
        for one in promised.recipients:
            assert isinstance(one.personal, Named)
            assert [c.system for c in one.personal.concerns] == [
                c["system"] for c in found[one.slug].concerns
            ]

    @pytest.mark.parametrize(
        ("level", "personal"),
        [(None, Withheld()), (GrantLevel.COUNTS, Counted(1)), (GrantLevel.DETAIL, Named)],
    )
    def test_systems_are_shown_as_far_as_they_are_granted(self, rows, level, personal):
        affect("hikari")
        members.set_grant(rows["hikari"], rows["bureau-kanto"], level, now=NOON, actor="system")
        seen = self.seen(world.machine("bureau-kanto"), KANTO)
        shown = next(one for one in seen.recipients if one.slug == "hikari")
        if personal is Named:
            assert isinstance(shown.personal, Named)
        else:
            assert shown.personal == personal
            assert all("mail-gw" not in text for text in shown.texts.values())

    def test_to_a_stranger_the_affected_look_like_the_others(self, rows):
        affect("hikari")
        seen = self.seen(world.machine("yama"), KANTO)
        texts = {one.slug: one.texts for one in seen.recipients}
        assert texts["hikari"] == texts["minato"]

    def test_among_the_affected_only_those_are_named_that_granted_counts(self, rows):
        affect("hikari")
        affect("minato", system="billing")
        members.set_grant(rows["minato"], rows["bureau-kanto"], None, now=NOON, actor="system")
        seen = self.seen(world.machine("bureau-kanto"), Affected(KANTO))
        assert [one.slug for one in seen.recipients] == ["hikari"]
        assert seen.others == 1

    def test_the_number_of_others_does_not_depend_on_who_is_affected(self, rows):
        stranger = world.machine("yama")
        world.vulnerability("CVE-2021-44228")
        one = Affected(Selection(organisations=frozenset({rows["hikari"].pk})))
        before = self.seen(stranger, one)
        affect("hikari")
        assert self.seen(stranger, one) == before

    def test_a_bureau_that_is_affected_looks_like_one_that_is_only_informed(self, rows):
        world.vulnerability("CVE-2021-44228")
        members.set_grant(rows["bureau-kanto"], rows["yama"], None, now=NOON, actor="system")
        stranger, choice = world.machine("yama"), WithBureaus(Affected(KANTO))
        before = self.seen(stranger, choice)
        world.finding(
            world.system("bureau-kanto", "gw"),
            Vulnerability.objects.get(preferred_id="CVE-2021-44228"),
        )
        assert [one.slug for one in before.informed] == ["bureau-kanto"]
        assert self.seen(stranger, choice) == before

    def test_who_only_reads_previews_nothing(self, rows):
        viewer = directory.viewer_of(world.person("hikari", Role.VIEWER))
        world.vulnerability("CVE-2021-44228")
        with pytest.raises(Refused):
            self.seen(viewer, KANTO)

    def test_letters_are_written_in_their_language_whatever_the_readers_is(self, rows):
        affect("hikari")
        plain = self.seen(System(), KANTO)
        with translation.override("ja"):
            assert self.seen(System(), KANTO) == plain
