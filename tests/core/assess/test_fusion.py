"""The whole assessment: order, round trip, state, names."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.assess import assess, decode, encode
from noroshi.core.assess.assessment import ContradictionKind
from noroshi.core.facets import (
    Exploit,
    Exploited,
    Maturity,
    Rating,
    Record,
    Reference,
    State,
    Status,
    Text,
    VersionRange,
)
from tests.core.assess.records import (
    CRITICAL,
    CVE,
    HIGH,
    MEDIUM,
    TOMCAT,
    TOMCAT_BY_NAME,
    V2,
    V4,
    affects,
    below,
    clears,
    cve5,
    cwe,
    epss,
    kev,
    nvd,
    other,
    scored,
    ssvc,
)

VOICES = ["apache", "nvd@nist.gov", "CISA-ADP", "ghsa", "redhat", "oracle", "jvn", "somebody"]
MOMENTS = [None, "2030-01-01", "2030-02-01", "2030-03-01"]


def moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) if text else None


voices = st.sampled_from(VOICES)
severities = st.builds(
    scored,
    voices,
    st.sampled_from([CRITICAL, HIGH, MEDIUM, V2, V4]),
    st.none() | st.sampled_from([1.0, 9.8, 11.0]),
)
ranges = st.builds(
    VersionRange,
    st.sampled_from(list(Status)),
    st.sampled_from([None, "1.0", "2.0", "?"]),
    st.booleans(),
    st.sampled_from([None, "2.0", "3.0"]),
    st.booleans(),
)
claims = st.one_of(
    st.builds(affects, voices, st.sampled_from([TOMCAT, TOMCAT_BY_NAME]), ranges),
    st.builds(clears, voices, st.just(TOMCAT)),
)
exploits = st.builds(
    Exploit,
    st.sampled_from(["exploitdb", "metasploit", "nuclei"]),
    st.sampled_from(["EDB-1", "EDB-2"]),
    st.sampled_from(list(Maturity)),
    since=st.sampled_from([None, dt.date(2030, 1, 5)]),
    verified=st.booleans(),
)
ratings = st.builds(Rating, voices, st.sampled_from(["low", "important", "critical", "?"]))
titles = st.builds(Text, st.sampled_from(["ja", "en"]), st.sampled_from(["one", "two"]), voices)
facets: Any = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(list(State)),
        "disputed": st.lists(voices, max_size=2).map(tuple),
        "published": st.sampled_from(MOMENTS).map(moment),
        "severities": st.lists(severities, max_size=3).map(tuple),
        "weaknesses": st.builds(cwe, voices, st.sampled_from(["CWE-79", "CWE-22", "CWE-787"])),
        "affected": st.lists(claims, max_size=3).map(tuple),
        "ssvc": st.builds(
            ssvc, st.sampled_from(["none", "poc", "active", "?"]), st.sampled_from(MOMENTS)
        ).map(lambda one: (one,)),
        "references": st.just((Reference("https://example.org/x", ("exploit",)),)),
        "exploits": st.lists(exploits, max_size=2).map(tuple),
        "ratings": st.lists(ratings, max_size=2).map(tuple),
        "titles": st.lists(titles, max_size=2).map(tuple),
        "exploited": st.builds(
            Exploited, voices, st.dates(dt.date(2030, 1, 1), dt.date(2030, 12, 31))
        ),
    },
)
records = st.one_of(
    st.builds(lambda more: cve5(**more), facets),
    st.builds(lambda more: nvd(**more), facets),
    st.builds(lambda name, more: other(name, **more), st.sampled_from(VOICES), facets),
    st.builds(kev),
    st.builds(epss, st.sampled_from([0.1, 0.9]), st.sampled_from(["2030-01-01", "2030-02-01"])),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(given_records: list[Record], random: Any) -> None:
    shuffled = list(given_records)
    random.shuffle(shuffled)
    assert encode(assess(given_records)) == encode(assess(shuffled))


@settings(max_examples=100, deadline=None)
@given(st.lists(records, max_size=5))
def test_a_record_seen_twice_says_nothing_new(given_records: list[Record]) -> None:
    assert assess(given_records * 2) == assess(given_records)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, max_size=5))
def test_an_assessment_survives_encoding_and_stays_within_its_scales(
    given_records: list[Record],
) -> None:
    assessment = assess(given_records)
    assert decode(encode(assessment)) == assessment
    found = assessment.reliability
    bands = {1: (80, 100), 2: (60, 79), 3: (40, 59), 4: (20, 39), 5: (0, 19)}
    if found.confidence is None:
        assert found.credibility == 6
    else:
        low, high = bands[found.credibility]
        assert low <= found.confidence <= high
    assert all(len(one.quotes) > 1 for one in assessment.contradictions)
    assert all(0 <= one.agreement <= 1 for one in found.support)


def test_what_is_no_assessment_is_not_read_as_one() -> None:
    for data in (b"", b"{}", b'{"names": 1}', b"[" * 100_000):
        with pytest.raises((msgspec.DecodeError, RecursionError)):
            decode(data)


def test_the_cve_programs_state_goes_before_nvds_and_the_conflict_is_told() -> None:
    assessment = assess([nvd(state=State.REJECTED), cve5()])
    assert assessment.state is State.PUBLISHED
    (found,) = assessment.contradictions
    assert found.kind is ContradictionKind.STATE
    assert [quote.voice for quote in found.quotes] == ["cve5", "nvd"]
    assert assess([nvd(), cve5(state=State.REJECTED)]).state is State.REJECTED


def test_a_rejected_double_does_not_reject_the_one_that_stands() -> None:
    double = cve5(external_id="CVE-2030-0000", state=State.REJECTED)
    assessment = assess([double, cve5()])
    assert assessment.state is State.PUBLISHED
    assert assessment.contradictions == ()


def test_a_signal_states_no_state() -> None:
    assessment = assess([cve5(state=State.REJECTED), kev(), epss()])
    assert assessment.state is State.REJECTED
    assert not [c for c in assessment.contradictions if c.kind is ContradictionKind.STATE]


@pytest.mark.parametrize("source", ["exploitdb", "metasploit", "nuclei", "nvd_overrides"])
def test_a_catalogue_states_no_state(source: str) -> None:
    assessment = assess([nvd(state=State.REJECTED), other(source)])
    assert assessment.state is State.REJECTED
    assert assessment.contradictions == ()


def test_a_tracker_that_still_publishes_contradicts_the_registry_and_does_not_decide() -> None:
    assessment = assess([cve5(state=State.REJECTED), other("alpine"), other("csaf")])
    assert assessment.state is State.REJECTED
    assert [one.kind for one in assessment.contradictions] == [ContradictionKind.STATE]


def test_all_names_are_kept_cve_ids_first() -> None:
    advisory = other("ghsa", names=("GHSA-xxxx", CVE))
    assert assess([advisory, cve5()]).names == (CVE, "GHSA-xxxx")


def test_the_earliest_day_counts_as_published() -> None:
    early, late = moment("2030-01-01"), moment("2030-01-05")
    assert assess([nvd(published=late), cve5(published=early)]).published == early


def test_a_record_made_to_cost_time_costs_little() -> None:
    many = [f"voice-{number}" for number in range(3_000)]
    record = cve5(
        severities=tuple(scored(by, HIGH) for by in many),
        weaknesses=tuple(one for by in many for one in cwe(by, "CWE-79")),
        affected=tuple(affects(by, TOMCAT, below(f"{len(by)}.0")) for by in many),
        ssvc=tuple(ssvc("poc", by=by) for by in many),
    )
    started = time.process_time()
    assess([record, nvd()])
    assert time.process_time() - started < 2


def test_hostile_text_in_every_place_is_carried_but_never_run_into() -> None:
    nasty = "\x00'\"<script>{0}{x}%s" + "A" * 100_000
    record = cve5(
        assigner=nasty,
        disputed=(nasty,),
        titles=(Text("en", nasty, nasty),),
        descriptions=(Text("??", nasty, nasty),),
        severities=(scored(nasty, HIGH),),
        weaknesses=cwe(nasty, nasty),
        affected=(affects(nasty, TOMCAT, below(nasty, nasty)),),
        references=(Reference(nasty, ("exploit",)),),
        ssvc=(ssvc(nasty, by=nasty),),
    )
    assessment = assess([record, nvd()])
    assert decode(encode(assessment)) == assessment
