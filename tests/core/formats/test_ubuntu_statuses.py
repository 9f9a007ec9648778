from __future__ import annotations

import pytest

from noroshi.core.errors import WrongShape
from noroshi.core.facets import Status, VersionRange
from noroshi.core.formats.ubuntu_statuses import statement

ALL = (VersionRange(),)
NONE = (VersionRange(Status.NOT_AFFECTED),)


def fixed(version):
    return (VersionRange(high=version), VersionRange(Status.FIXED, low=version))


@pytest.mark.parametrize(
    ("status", "note", "ranges", "reason"),
    [
        ("released", "2.3-1ubuntu0.1", fixed("2.3-1ubuntu0.1"), ""),
        ("released", "1:2.3-1~22.04 ", fixed("1:2.3-1~22.04"), ""),
        ("released", "", (), ""),
        ("released", "nova - 2011.2", (), ""),
        ("pending", "2.3-1ubuntu0.1", fixed("2.3-1ubuntu0.1"), ""),
        ("pending", "", ALL, ""),
        ("needed", "", ALL, ""),
        ("needed", "fix in CVS", ALL, ""),
        ("in-progress", "", ALL, ""),
        ("deferred", "2024-07-18", ALL, "deferred"),
        ("needs-triage", "", (), ""),
        ("not-affected", "", NONE, ""),
        ("not-affected", "2.3-1", (VersionRange(Status.NOT_AFFECTED, low="2.3-1"),), ""),
        ("not-affected", "code not present", NONE, "code-not-present"),
        ("not-affected", "code-not-compiled", NONE, "code-not-compiled"),
        ("not-affected", "Vulnerable code not present", NONE, "code-not-present"),
        ("not-affected", "windows-only", NONE, "windows-only"),
        ("not-affected", "uses the system's parser", NONE, ""),
        ("not-affected", "2.3-", NONE, ""),
        ("ignored", "", ALL, "ignored"),
        ("ignored", "no update available", ALL, "ignored"),
        ("ignored", "end of life", (), "end-of-life"),
        ("ignored", "Ubuntu touch end-of-life", (), "end-of-life"),
        ("ignored", "end of standard support", (), "end-of-standard-support"),
        ("ignored", "superseded by linux-hwe-6.8", (), "superseded"),
        ("ignored", "replaced by linux-raspi", (), "superseded"),
        ("ignored", "end of life, was needed", ALL, "end-of-life"),
        ("ignored", "end of life, was deferred", ALL, "end-of-life"),
        ("ignored", "was needed ESM criteria", ALL, "esm-criteria"),
        ("ignored", "end of life, was needs-triage", (), "end-of-life"),
        ("ignored", "end of life, was pending [2.3-1ubuntu1]", fixed("2.3-1ubuntu1"), ""),
        ("ignored", "end of life, was pending", ALL, "end-of-life"),
        ("ignored", "end of standard support, was not-affected", NONE, ""),
        ("ignored", "end of life, was ignored [end of life, was needed]", ALL, "end-of-life"),
        ("ignored", "end of life, was lost", (), "end-of-life"),
    ],
)
def test_a_status_and_its_note_say_which_versions_are_affected(status, note, ranges, reason):
    found = statement(status, note)
    assert (found.ranges, found.reason) == (ranges, reason)


def test_the_more_decided_ranks_higher():
    ladder = [
        ("needs-triage", ""),
        ("needed", ""),
        ("pending", "2.3-1"),
        ("not-affected", ""),
        ("released", "2.3-1"),
    ]
    ranks = [statement(*one).rank for one in ladder]
    assert ranks == sorted(set(ranks))
    assert statement("ignored", "end of life").rank == statement("needs-triage", "").rank


@pytest.mark.parametrize("status", ["", "DNE", "Released", "x" * 1000])
def test_a_status_that_is_none_is_refused(status):
    with pytest.raises(WrongShape) as refused:
        statement(status, "")
    assert len(str(refused.value)) < 200
