"""Markings: spellings, order and STIX identifiers."""

from __future__ import annotations

import itertools

import pytest

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.policy.marking import Pap, Tlp, parse_pap, parse_tlp, tlp_of_stix_id


def test_labels_are_ordered_by_how_few_may_read() -> None:
    in_order = ["clear", "green", "amber", "amber+strict", "red"]
    assert [tlp.value for tlp in sorted(Tlp, reverse=True)] == in_order[::-1]
    for low, high in itertools.combinations(map(Tlp, in_order), 2):
        assert low < high
        assert low <= high
        assert high > low
        assert high >= low
        assert not high < low
        assert not high <= low


@pytest.mark.parametrize("tlp", Tlp)
def test_a_label_reads_back_as_it_is_written(tlp: Tlp) -> None:
    assert parse_tlp(tlp.label) is tlp
    assert parse_tlp(tlp.value.upper()) is tlp
    assert parse_tlp(f" tlp: {tlp.value} ") is tlp
    assert tlp_of_stix_id(tlp.stix_id) is tlp


@pytest.mark.parametrize(
    ("text", "tlp"),
    [
        ("WHITE", Tlp.CLEAR),
        ("TLP:WHITE", Tlp.CLEAR),
        ("TLP:AMBER+STRICT", Tlp.AMBER_STRICT),
        ("amber_strict", Tlp.AMBER_STRICT),
        ("Amber-Strict", Tlp.AMBER_STRICT),
    ],
)
def test_older_and_looser_spellings_are_read(text: str, tlp: Tlp) -> None:
    assert parse_tlp(text) is tlp


@pytest.mark.parametrize("text", ["", "TLP:", "ambre", "red\x00", "TLP:EX:CHR", "red " * 100_000])
def test_a_label_that_is_none_is_refused_not_guessed(text: str) -> None:
    with pytest.raises(NotAnIdentifier):
        parse_tlp(text)
    with pytest.raises(NotAnIdentifier):
        parse_pap(text)


def test_tlp_1_markings_of_stix_are_understood() -> None:
    white = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
    assert tlp_of_stix_id(white) is Tlp.CLEAR
    red = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
    assert tlp_of_stix_id(red) is Tlp.RED
    assert tlp_of_stix_id("marking-definition--00000000-0000-4000-8000-000000000000") is None


@pytest.mark.parametrize(("text", "pap"), [("PAP:GREEN", Pap.GREEN), ("white", Pap.CLEAR)])
def test_pap_labels_are_read(text: str, pap: Pap) -> None:
    assert parse_pap(text) is pap
