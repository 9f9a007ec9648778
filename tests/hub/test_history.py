"""What sources said before: nothing is forgotten, whatever order it comes in."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest

from noroshi.core.history import About
from noroshi.core.probabilities import Observation
from noroshi.edge.feeds.replaying import replay
from noroshi.hub.knowledge import history
from noroshi.hub.knowledge.actions import source_named
from noroshi.hub.knowledge.models import Document, EpssScore, PastRecord, Vulnerability
from tests.hub.feeds import bring, cve, cve5, epss, kev, npm, work
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO = cve(1), cve(2)
FIRST = cve5(ONE, npm("gate", ("0", "2.0.0")), updated="2024-05-01T00:00:00Z")
SECOND = cve5(ONE, npm("gate", ("0", "2.3.4")), updated="2024-05-03T00:00:00Z")
THIRD = cve5(ONE, npm("gate", ("0", "2.3.4")), updated="2024-05-04T00:00:00Z", state="REJECTED")


def row(name: str = ONE) -> Vulnerability:
    return Vulnerability.objects.get(preferred_id=name)


def told(name: str = ONE) -> list[list[tuple[About, str, str]]]:
    """What each version of the only record changed, as texts."""
    (only,) = history.told(row(name))
    return [
        [
            (one.about, one.before.text if one.before else "", one.after.text if one.after else "")
            for one in step.changes
        ]
        for step in only.steps
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_versions_are_told_in_their_order_however_they_came(order):
    versions = (FIRST, SECOND, THIRD)
    for place in order:
        bring("cve5", versions[place])
    assert told() == [[], [(About.RANGE, "< 2.0.0", "< 2.3.4")], [(About.STATE, "", "")]]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_versions_in_one_file_are_told_as_well(order):
    versions = (FIRST, SECOND, THIRD)
    bring("cve5", *[versions[place] for place in order])
    assert len(told()) == 3


def test_a_document_brought_twice_is_one_version():
    for document in (FIRST, SECOND, FIRST, SECOND):
        bring("cve5", document)
    assert PastRecord.objects.count() == 1


def test_a_reader_that_learns_is_no_change_of_the_source():
    bring("cve5", FIRST)
    bring("cve5", SECOND)
    PastRecord.objects.update(facets=b"{}")
    before = told_count()
    replay(source_named("cve5"), now=NOON)
    assert told_count() == before
    assert told()[1] == [(About.RANGE, "< 2.0.0", "< 2.3.4")]


def told_count() -> int:
    return PastRecord.objects.count()


def test_what_was_taken_back_and_said_again_is_told():
    bring("cve5", FIRST, cve5(TWO))
    bring("kev", kev(ONE, TWO) | {"dateReleased": "2024-06-01T00:00:00Z"})
    bring("kev", kev(TWO) | {"dateReleased": "2024-06-02T00:00:00Z"})
    bring("kev", kev(ONE, TWO) | {"dateReleased": "2024-06-03T00:00:00Z"})
    listed = next(one for one in history.told(row()) if one.source == "kev")
    assert [step.version.withdrawn_at is None for step in listed.steps] == [False, True]
    (change,) = listed.steps[1].changes
    assert (change.about, change.after) == (About.WITHDRAWN, None)


def test_what_was_said_outlives_its_document():
    bring("cve5", FIRST)
    bring("cve5", SECOND)
    Document.objects.filter(records=None).delete()
    (only,) = history.told(row())
    assert [step.version.document is None for step in only.steps] == [True, False]
    assert told()[1] == [(About.RANGE, "< 2.0.0", "< 2.3.4")]


class TestScores:
    def test_only_days_on_which_one_moved_are_kept(self):
        for number, score in enumerate((0.1, 0.1, 0.101, 0.4, 0.4, 0.05)):
            bring("epss", epss(f"2024-05-{10 + number}", {ONE: score, TWO: 0.7}))
        assert EpssScore.objects.count() == 3
        assert history.scores(row()) == [
            Observation(dt.date(2024, 5, 11), 0.1),
            Observation(dt.date(2024, 5, 13), 0.4),
            Observation(dt.date(2024, 5, 15), 0.05),
        ]
        assert history.scores(row(TWO)) == [Observation(dt.date(2024, 5, 15), 0.7)]
        assert not PastRecord.objects.exists()

    def test_days_that_come_late_are_kept_too(self):
        bring("epss", epss("2024-05-20", {ONE: 0.4}))
        bring("epss", epss("2024-05-10", {ONE: 0.1}))
        assert [one.score for one in history.scores(row())] == [0.1, 0.4]
        replay(source_named("epss"), now=NOON)
        assert [one.score for one in history.scores(row())] == [0.1, 0.4]

    def test_severities_are_told_where_they_changed(self):
        bring("cve5", FIRST)
        work()
        bring("cve5", SECOND)
        work()
        assert [one.severity for one in history.judged(row())] == [""]
        metric = {
            "version": "3.1",
            "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "baseScore": 9.8,
        }
        scored = cve5(ONE, updated="2024-05-05T00:00:00Z", metrics=[{"cvssV3_1": metric}])
        bring("cve5", scored)
        work()
        assert [(one.severity, one.score) for one in history.judged(row())] == [
            ("", None),
            ("critical", 9.8),
        ]
