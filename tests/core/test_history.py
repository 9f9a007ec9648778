"""What changed between two versions of what a source says: claims, not texts."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from noroshi.core.facets import (
    Affected,
    Exploited,
    Product,
    Record,
    Reference,
    Severity,
    State,
    Status,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.history import About, Change, Value, Version, changes, points, steps

NOON = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
LOW = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N"
HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
GATE = Product("npm", "gate")
BASE = Record(
    source="cve5",
    external_id="CVE-2024-99990001",
    names=("CVE-2024-99990001",),
    severities=(Severity("kasumi", "3.1", LOW, 7.5),),
    affected=(Affected("kasumi", GATE, "npm", (VersionRange(high="2.0"),)),),
    descriptions=(Text("en", "It breaks.", "kasumi"),),
    references=(Reference("https://kasumi.example/1"), Reference("https://kasumi.example/2")),
)


def between(before: Record, **changed: object) -> list[Change]:
    after = msgspec.structs.replace(before, **changed)
    return list(changes(points(before), points(after)))


def test_a_score_became_another():
    found = between(BASE, severities=(Severity("kasumi", "3.1", HIGH, 9.8),))
    assert found == [
        Change(
            About.SEVERITY,
            "kasumi",
            "CVSS 3.1",
            Value(text=f"7.5 ({LOW})"),
            Value(text=f"9.8 ({HIGH})"),
        )
    ]


def test_a_range_came_and_another_went():
    two = (VersionRange(high="2.0"), VersionRange(low="2.1", high="2.3.4"))
    (more,) = between(BASE, affected=(Affected("kasumi", GATE, "npm", two),))
    assert (more.before, more.after) == (None, Value("affected", "≥ 2.1, < 2.3.4"))
    (less,) = between(BASE, affected=(Affected("kasumi", GATE, "npm", two[1:]),))
    assert (less.before, less.after) == (
        Value("affected", "< 2.0"),
        Value("affected", "≥ 2.1, < 2.3.4"),
    )


def test_a_whole_product_came():
    other = Affected("kasumi", Product("npm", "way"), "npm", default=Status.AFFECTED)
    (found,) = between(BASE, affected=(*BASE.affected, other))
    assert (found.subject, found.after) == ("way", Value("affected", "*"))


def test_of_several_nobody_says_which_became_which():
    one = (Weakness("kasumi", "CWE-79"), Weakness("kasumi", "CWE-80"))
    two = (Weakness("kasumi", "CWE-20"), Weakness("kasumi", "CWE-22"))
    before = msgspec.structs.replace(BASE, weaknesses=one)
    found = [(change.before, change.after) for change in between(before, weaknesses=two)]
    assert found == [
        (Value(text="CWE-79"), None),
        (Value(text="CWE-80"), None),
        (None, Value(text="CWE-20")),
        (None, Value(text="CWE-22")),
    ]


def test_another_voice_is_another_claim():
    (found,) = between(BASE, severities=(*BASE.severities, Severity("nvd", "3.1", LOW, 7.5)))
    assert (found.by, found.before) == ("nvd", None)


@pytest.mark.parametrize(
    ("changed", "about"),
    [
        ({"state": State.REJECTED}, About.STATE),
        ({"names": (*BASE.names, "GHSA-aaaa-bbbb-cccc")}, About.NAMES),
        ({"disputed": ("kasumi",)}, About.DISPUTED),
        ({"withdrawn": NOON}, About.WITHDRAWN),
        ({"replaced_by": ("CVE-2024-99990002",)}, About.REPLACED_BY),
        ({"exploited": Exploited("cisa-kev", dt.date(2024, 6, 1))}, About.EXPLOITED),
        ({"titles": (Text("ja", "壊れる", "kasumi"),)}, About.TITLE),
        ({"descriptions": (Text("en", "It breaks twice.", "kasumi"),)}, About.DESCRIPTION),
        ({"references": BASE.references[:1]}, About.REFERENCE),
    ],
)
def test_every_facet_is_compared(changed, about):
    assert {change.about for change in between(BASE, **changed)} == {about}


def test_order_times_and_what_is_said_twice_are_no_change():
    assert not between(
        BASE,
        modified=NOON,
        references=(*BASE.references[::-1], *BASE.references),
        affected=BASE.affected * 2,
    )


def test_versions_are_told_with_what_they_changed():
    second = msgspec.structs.replace(BASE, severities=())
    versions = [
        Version(NOON, NOON, None, 1, BASE),
        Version(NOON, NOON, None, 2, second),
        Version(NOON, NOON, NOON, 2, second),
    ]
    told = [(step.first, [change.about for change in step.changes]) for step in steps(versions)]
    assert told == [(True, []), (False, [About.SEVERITY]), (False, [About.WITHDRAWN])]
