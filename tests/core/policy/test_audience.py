"""Audiences: a marking's cap, and what is refused."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from noroshi.core.errors import NobodyNamed, PolicyError
from noroshi.core.policy.audience import (
    Audience,
    Everyone,
    Members,
    Organisations,
    People,
    permit,
    width,
)
from noroshi.core.policy.marking import Tlp

NARROW_TO_WIDE: tuple[Audience, ...] = (
    People(frozenset({1})),
    Organisations(frozenset({1, 2})),
    Members(),
    Everyone(),
)

# Written out by hand from TLP 2.0, apart from the code's own table.
ALLOWED: dict[Tlp, set[type]] = {
    Tlp.CLEAR: {People, Organisations, Members, Everyone},
    Tlp.GREEN: {People, Organisations, Members},
    Tlp.AMBER: {People, Organisations},
    Tlp.AMBER_STRICT: {People, Organisations},
    Tlp.RED: {People},
}


def allowed(tlp: Tlp, audience: Audience) -> bool:
    try:
        return permit(tlp, audience) is audience
    except PolicyError:
        return False


@pytest.mark.parametrize("audience", NARROW_TO_WIDE, ids=lambda audience: type(audience).__name__)
@pytest.mark.parametrize("tlp", Tlp)
def test_each_marking_allows_exactly_its_audiences(tlp: Tlp, audience: Audience) -> None:
    assert allowed(tlp, audience) == (type(audience) in ALLOWED[tlp])


def test_what_a_marking_allows_every_more_open_one_allows() -> None:
    for looser, stricter in itertools.combinations(Tlp, 2):
        for audience in NARROW_TO_WIDE:
            assert allowed(looser, audience) or not allowed(stricter, audience)


def test_a_wider_audience_never_passes_where_a_narrower_one_was_refused() -> None:
    assert [width(audience) for audience in NARROW_TO_WIDE] == [0, 1, 2, 3]
    for tlp in Tlp:
        for narrow, wide in itertools.pairwise(NARROW_TO_WIDE):
            assert allowed(tlp, narrow) or not allowed(tlp, wide)


@pytest.mark.parametrize("empty", [Organisations(frozenset()), People(frozenset())])
@pytest.mark.parametrize("tlp", Tlp)
def test_an_empty_audience_is_refused_whatever_the_marking(tlp: Tlp, empty: Audience) -> None:
    with pytest.raises(NobodyNamed):
        permit(tlp, empty)


def test_the_refusal_says_what_was_asked_and_what_is_allowed() -> None:
    with pytest.raises(PolicyError) as caught:
        permit(Tlp.AMBER, Members())
    assert "TLP:AMBER" in str(caught.value)
    assert "all members" in str(caught.value)
    assert "organisations at most" in str(caught.value)


@pytest.mark.parametrize("audience", NARROW_TO_WIDE)
def test_an_audience_survives_encoding(audience: Audience) -> None:
    encoded = msgspec.json.encode(audience)
    assert msgspec.json.decode(encoded, type=Audience) == audience
