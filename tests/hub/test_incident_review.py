"""A report on its way to the hub: given, returned, taken back; read by whom it was given to."""

from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import BadCursor, NotFound, PolicyError, Refused
from noroshi.core.indicators import IndicatorType, indicator
from noroshi.core.policy.anonymity import STAND_INS
from noroshi.core.policy.audience import People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Anonymous, GrantLevel, Member, Viewer
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.intel import queries, reviewing, reviews
from noroshi.hub.intel.models import Review, ReviewState
from noroshi.hub.intel.reviewing import Handover
from noroshi.hub.members import actions as joining
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
    paged,
    shared,
    shared_first,
    standing,
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


class TestGiving:
    def test_a_draft_is_nothing_to_review(self, taro, analyst):
        drafted(taro)
        assert listed(analyst) == ()
        assert reviews.waiting(analyst) == 0

    def test_the_analysts_read_what_was_given_and_who_gave_it(self, taro, analyst):
        stix_id = submitted(taro)
        review = only(analyst)
        assert (review.report, review.head.state) == (PLAIN, ReviewState.SUBMITTED)
        assert review.head.reporter is not None
        assert review.head.reporter.slug == "hikari"
        assert reviews.waiting(analyst) == 1
        own = standing(taro, stix_id)
        assert own is not None
        assert (own.state, own.report) == (ReviewState.SUBMITTED, PLAIN)

    def test_the_draft_itself_stays_with_its_owner(self, taro, analyst):
        stix_id = submitted(taro)
        for ask in (queries.report_for, queries.object_for):
            with pytest.raises(NotFound):
                ask(analyst, stix_id)
        assert queries.reports(analyst) == ()

    def test_nobody_else_learns_that_there_is_one(self, rows, taro, analyst):
        stix_id = submitted(taro)
        name = only(analyst).head.name
        for grantee in ("bureau-kanto", "yama", "isac"):
            joining.set_grant(
                rows["hikari"], rows[grantee], GrantLevel.DETAIL, now=NOON, actor="taro"
            )
        reader = world.person("isac", Role.VIEWER, "reader")
        others: list[Viewer] = [Anonymous(), directory.viewer_of(reader)]
        others += [world.machine(slug) for slug in ("bureau-kanto", "yama", "minato")]
        for viewer in others:
            assert listed(viewer) == ()
            assert standing(viewer, stix_id) is None
            with pytest.raises(NotFound):
                reviews.review_for(viewer, name)

    def test_a_hub_role_elsewhere_reviews_nothing(self, rows, taro):
        submitted(taro)
        assert listed(Member(rows["hikari"].pk, None, Role.HUB_ANALYST)) == ()

    def test_only_its_owner_gives_it_and_in_a_role_that_speaks(self, rows, taro, analyst):
        stix_id = drafted(taro)
        for viewer in (world.machine("yama"), analyst, world.machine("bureau-kanto")):
            with pytest.raises(NotFound):
                give(viewer, stix_id)
        with pytest.raises(Refused):
            give(directory.viewer_of(world.person("hikari", Role.VIEWER, "reader")), stix_id)

    def test_it_is_given_once(self, taro, analyst):
        stix_id = submitted(taro)
        with pytest.raises(Refused):
            give(taro, stix_id)
        assert len(listed(analyst)) == 1

    def test_the_copy_may_say_it_otherwise_than_the_draft(self, taro, analyst):
        stix_id = drafted(taro)
        other = msgspec.structs.replace(PLAIN, title="訂正", tlp=Tlp.AMBER)
        give(taro, stix_id, other)
        assert only(analyst).report == other
        assert queries.report_for(taro, stix_id).report == PLAIN

    @pytest.mark.parametrize(
        "change", [{"title": " "}, {"text": "nul\x00"}, {"title_en": "x"}, {"text_en": "x"}]
    )
    def test_what_is_no_report_is_refused(self, taro, analyst, change):
        with pytest.raises(Refused):
            give(taro, drafted(taro), msgspec.structs.replace(PLAIN, **change))
        assert listed(analyst) == ()

    def test_what_is_given_can_be_looked_at_before(self, taro, analyst):
        stix_id = drafted(taro, NAMED)
        seen = reviewing.given(taro, stix_id, Handover(report=NAMED, nameless=True))
        assert listed(analyst) == ()
        give(taro, stix_id, NAMED, nameless=True)
        assert only(analyst).report == seen

    def test_it_is_on_record_without_its_contents(self, taro):
        stix_id = submitted(taro)
        event = AuditEvent.objects.get(verb="incident.submitted")
        assert (event.object, event.actor) == (f"intel:{stix_id}", "taro")
        assert PLAIN.title not in event.detail


class TestNameless:
    def test_the_analysts_are_not_told_whose_it_is(self, taro, analyst):
        submitted(taro, NAMED, nameless=True)
        review = only(analyst)
        assert review.head.reporter is None
        assert JAPANESE in review.report.text
        everything = msgspec.json.encode(review.report).decode().casefold()
        for name in ("hikari", "taro"):
            assert name not in everything

    def test_what_only_a_person_can_decide_is_refused(self, taro, analyst):
        lure = indicator(IndicatorType.EMAIL, "taro@hikari.example")
        report = msgspec.structs.replace(PLAIN, indicators=(lure,))
        stix_id = drafted(taro, report)
        with pytest.raises(Refused, match="indicator"):
            give(taro, stix_id, report, nameless=True)
        with pytest.raises(Refused, match="answer"):
            give(taro, stix_id, nameless=True, answer="hikari です")
        assert listed(analyst) == ()
        give(taro, stix_id, report)

    def test_an_analyst_cannot_try_out_names(self, taro, analyst):
        """Whichever member's name the analyst writes into it, the same happens."""
        submitted(taro, nameless=True)
        review = only(analyst)
        outcomes = set()
        for slug in ("hikari", "minato", "yama", "radio", "bureau-kanto"):
            for name in (f"架空{slug}", f"Fictitious {slug}", slug):
                made = edition(review, text=f"これは {name} です")
                sharing = reviewing.preview(analyst, review.head.name, made)
                outcomes.add(sharing.report.text)
                with pytest.raises(Refused):
                    reviewing.preview(
                        analyst, review.head.name, edition(review, vulnerabilities=(name,))
                    )
        assert outcomes == {f"これは {JAPANESE} です"}

    def test_whom_the_report_itself_names_may_stay_named(self, taro, analyst):
        submitted(taro, msgspec.structs.replace(PLAIN, text="架空minatoも見た。"), nameless=True)
        stix_id = shared(analyst)
        assert queries.report_for(analyst, stix_id).report.text == "架空minatoも見た。"

    def test_it_is_returned_and_answered_without_a_name(self, taro, analyst):
        stix_id = submitted(taro, nameless=True)
        name = only(analyst).head.name
        reviewing.give_back(analyst, name, "いつですか。", now=NOON + DAY, actor="hana")
        give(taro, stix_id, nameless=True, answer="昨日です。")
        assert (only(analyst).answer, only(analyst).head.reporter) == ("昨日です。", None)


class TestRed:
    RED = msgspec.structs.replace(PLAIN, tlp=Tlp.RED)

    def test_it_is_read_by_the_analysts_named_and_by_no_other(self, rows, taro, analyst, hana):
        stix_id = submitted(taro, self.RED, analysts=frozenset({hana.email}))
        assert only(analyst).report == self.RED
        other = directory.viewer_of(world.person("isac", Role.HUB_ANALYST, "jiro"))
        for viewer in (other, world.machine("isac"), world.machine("hikari")):
            assert listed(viewer) == ()
            assert standing(viewer, stix_id) is None
        assert standing(taro, stix_id) is not None

    @pytest.mark.parametrize("who", [(), ("taro@hikari.example",), ("reader@isac.example",)])
    def test_without_an_analyst_by_name_it_is_refused(self, taro, analyst, who):
        world.person("isac", Role.VIEWER, "reader")
        with pytest.raises(Refused, match="analysts"):
            submitted(taro, self.RED, analysts=frozenset(who))

    def test_it_is_shared_with_named_people_only(self, taro, analyst, hana):
        submitted(taro, self.RED, analysts=frozenset({hana.email}))
        with pytest.raises(PolicyError):
            shared(analyst)
        ken = world.person("yama", name="ken")
        stix_id = shared(analyst, People(frozenset({ken.pk})))
        assert queries.report_for(directory.viewer_of(ken), stix_id).report == self.RED
        with pytest.raises(NotFound):
            queries.report_for(world.machine("yama"), stix_id)


class TestTakingBack:
    def test_the_hub_reads_it_no_longer(self, taro, analyst):
        stix_id = submitted(taro)
        name = only(analyst).head.name
        reviewing.take_back(taro, stix_id, now=NOON + DAY, actor="taro")
        assert listed(analyst) == ()
        with pytest.raises(NotFound):
            reviews.review_for(analyst, name)
        own = standing(taro, stix_id)
        assert own is not None
        assert own.state is ReviewState.TAKEN_BACK

    def test_it_may_be_given_again(self, taro, analyst):
        stix_id = submitted(taro)
        reviewing.take_back(taro, stix_id, now=NOON + DAY, actor="taro")
        give(taro, stix_id)
        assert only(analyst).report == PLAIN

    def test_not_by_others_nor_before_it_was_given_nor_after_it_was_shared(self, taro, analyst):
        stix_id = drafted(taro)
        with pytest.raises(Refused):
            reviewing.take_back(taro, stix_id, now=NOON, actor="taro")
        give(taro, stix_id)
        for viewer in (analyst, world.machine("yama")):
            with pytest.raises(NotFound):
                reviewing.take_back(viewer, stix_id, now=NOON, actor="x")
        shared(analyst)
        with pytest.raises(Refused):
            reviewing.take_back(taro, stix_id, now=NOON, actor="taro")


class TestReturning:
    def test_the_maker_reads_the_question_and_answers_it(self, taro, analyst):
        stix_id = submitted(taro)
        name = only(analyst).head.name
        reviewing.give_back(analyst, name, "いつですか。", now=NOON + DAY, actor="hana")
        own = standing(taro, stix_id)
        assert own is not None
        assert (own.state, own.question) == (ReviewState.RETURNED, "いつですか。")
        assert reviews.waiting(analyst) == 0
        with pytest.raises(Refused):
            shared(analyst)
        give(taro, stix_id, answer="昨日です。")
        review = only(analyst)
        assert (review.head.name, review.question, review.answer) == (
            name,
            "いつですか。",
            "昨日です。",
        )

    @pytest.mark.parametrize("question", ["", " \n", "nul\x00"])
    def test_a_question_says_something(self, taro, analyst, question):
        submitted(taro)
        with pytest.raises(Refused):
            reviewing.give_back(
                analyst, only(analyst).head.name, question, now=NOON + DAY, actor="hana"
            )

    def test_what_waits_for_the_hub_stands_before_what_waits_for_its_maker(self, taro, analyst):
        for hour, title in enumerate(("一", "二", "三")):
            submitted(taro, msgspec.structs.replace(PLAIN, title=title))
            Review.objects.visible_to(taro).filter(changed_at=NOON + HOUR).update(
                changed_at=NOON + hour * DAY
            )
        first = next(head for head in listed(analyst) if head.title == "一")
        reviewing.give_back(analyst, first.name, "?", now=NOON + HOUR, actor="hana")
        titles = [head.title for head in paged(lambda **asked: reviews.reviews(analyst, **asked))]
        assert titles == ["二", "三", "一"]


class TestLists:
    def test_my_own_stand_among_all_and_alone_a_page_at_a_time(self, taro, analyst):
        for title in ("一", "二"):
            submitted(taro, msgspec.structs.replace(PLAIN, title=title))
        stix_id = shared_first(analyst)
        own = {head.title for head in paged(lambda **a: queries.report_page(taro, mine=True, **a))}
        assert own == {"一", "二"}
        everything = paged(lambda **asked: queries.report_page(taro, **asked))
        assert [head.stix_id for head in everything] == [
            head.stix_id for head in queries.reports(taro)
        ]
        assert stix_id in {head.stix_id for head in everything}
        assert queries.report_page(Anonymous(), mine=True).items == ()

    @pytest.mark.parametrize("after", ["", "x", "W10"])
    def test_a_cursor_that_no_page_gave_is_refused(self, analyst, after):
        for ask in (queries.report_page, reviews.reviews):
            with pytest.raises(BadCursor):
                ask(analyst, after=after)
