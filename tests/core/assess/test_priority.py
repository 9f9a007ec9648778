"""The SSVC deployer table."""

from __future__ import annotations

import csv
import io
import itertools
import tarfile
from pathlib import Path

import pytest

from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.assess.priority import DUE_DAYS, Priority, due_days, priority
from noroshi.core.sector import Criticality, Exposure

NONE, POC, ACTIVE = ExploitationLevel.NONE, ExploitationLevel.POC, ExploitationLevel.ACTIVE
EVERY = list(itertools.product(ExploitationLevel, ("yes", "no", None), Exposure, Criticality))


@pytest.mark.parametrize(
    ("exploitation", "automatable", "exposure", "criticality", "expected"),
    [
        (NONE, "no", Exposure.SMALL, Criticality.LOW, "defer"),
        (NONE, "no", Exposure.SMALL, Criticality.MEDIUM, "defer"),
        (NONE, "yes", Exposure.OPEN, Criticality.ESSENTIAL, "out_of_cycle"),
        (POC, "no", Exposure.CONTROLLED, Criticality.LOW, "defer"),
        (POC, "yes", Exposure.OPEN, Criticality.HIGH, "out_of_cycle"),
        (ACTIVE, "no", Exposure.OPEN, Criticality.LOW, "scheduled"),
        (ACTIVE, "no", Exposure.OPEN, Criticality.ESSENTIAL, "immediate"),
        (ACTIVE, "yes", Exposure.OPEN, Criticality.HIGH, "immediate"),
        (ACTIVE, "yes", Exposure.CONTROLLED, Criticality.ESSENTIAL, "out_of_cycle"),
    ],
)
def test_known_rows_of_the_published_table(
    exploitation: ExploitationLevel,
    automatable: str,
    exposure: Exposure,
    criticality: Criticality,
    expected: str,
) -> None:
    assert priority(exploitation, automatable, exposure, criticality) == expected


def test_nothing_worse_is_ever_less_urgent() -> None:
    urgency = {chosen: rank for rank, chosen in enumerate(Priority)}
    levels, exposures, impacts = [NONE, POC, ACTIVE], list(Exposure), list(Criticality)

    def rank(level: int, automatable: int, exposure: int, impact: int) -> int:
        word = ("no", "yes")[automatable]
        return urgency[priority(levels[level], word, exposures[exposure], impacts[impact])]

    for place in itertools.product(range(3), range(2), range(3), range(4)):
        for axis, size in enumerate((3, 2, 3, 4)):
            worse = list(place)
            worse[axis] += 1
            if worse[axis] < size:
                assert rank(*worse) >= rank(*place)


def test_an_unknown_automatability_counts_as_yes() -> None:
    for exploitation, _, exposure, criticality in EVERY:
        unknown = priority(exploitation, None, exposure, criticality)
        assert unknown is priority(exploitation, "yes", exposure, criticality)


def test_an_unknown_exploitation_counts_as_none() -> None:
    for _, automatable, exposure, criticality in EVERY:
        unknown = priority(ExploitationLevel.UNKNOWN, automatable, exposure, criticality)
        assert unknown is priority(NONE, automatable, exposure, criticality)


def test_deadlines_shorten_with_urgency() -> None:
    days = [due_days(chosen) for chosen in Priority]
    assert days == [None, 60, 14, 3]
    assert set(DUE_DAYS) == set(Priority)


@pytest.mark.shared_data
def test_every_row_is_the_published_one(shared_data: Path) -> None:
    name = "ssvc/data/csv/ssvc/deployer_patch_application_priority_1_0_0.csv"
    with tarfile.open(shared_data / "knowledge" / "ssvc.tar.gz") as archive:
        member = next(one for one in archive.getmembers() if one.name.endswith(name))
        content = archive.extractfile(member)
        assert content is not None
        rows = list(csv.reader(io.StringIO(content.read().decode())))[1:]
    assert len(rows) == 72
    words = {"public poc": "poc", "very high": "essential"}
    for _, exploitation, exposure, automatable, impact, outcome in rows:
        found = priority(
            ExploitationLevel(words.get(exploitation, exploitation)),
            automatable,
            Exposure(exposure),
            Criticality(words.get(impact, impact)),
        )
        assert found.value.replace("_", "-") == outcome
