"""Products: who says what is affected, and whether those who say it agree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import msgspec

from noroshi.core.assess.assessment import (
    Contradiction,
    ContradictionKind,
    ProductSummary,
    Quote,
)
from noroshi.core.assess.independence import Cast
from noroshi.core.assess.intervals import Intervals, affected_intervals, shared_scheme
from noroshi.core.assess.product_names import label, of_distribution, same_product
from noroshi.core.assess.severity import MOST_VOICES, precedence
from noroshi.core.facets import Affected, Product, Record, Status, VersionRange
from noroshi.core.versions.ranges import readable

MOST_FIXED = 20
"""Fixed versions listed for one product."""

MOST_SPELT = 3
"""Products whose proper spelling is looked for in the texts: more are never named together."""

MOST_COMPARED = 50
"""Products whose ranges are compared between voices: lists beyond that are never typed by hand."""

LONGEST_RANGE = 120
"""Characters of a quoted range."""

_QUOTED = 4  # ranges quoted in full; more than that nobody reads in a sentence

Claims = dict[str, list[Affected]]
"""Voice → what it claims of one product, each claim once."""


class Group(msgspec.Struct, frozen=True):
    """One product: its spellings, and all claims about it."""

    products: tuple[Product, ...]
    claims: Claims


def group(records: Sequence[Record], cast: Cast) -> dict[str, Group]:
    """Bring the claims of all records together by product."""
    by_product: dict[str, dict[Affected, str]] = {}
    for record in records:
        for affected in record.affected:
            name = same_product(affected.product)
            claims = by_product.get(name)
            if claims is None:
                claims = by_product[name] = {}
            claims[affected] = cast.voice(affected.by)
    return {name: _group(claims) for name, claims in by_product.items()}


def _group(voices: dict[Affected, str]) -> Group:
    claims: Claims = {}
    for affected, voice in voices.items():
        claims.setdefault(voice, []).append(affected)
    return Group(tuple(dict.fromkeys(affected.product for affected in voices)), claims)


def summarise(
    groups: dict[str, Group], records: Sequence[Record], cast: Cast
) -> tuple[ProductSummary, ...]:
    """Return one summary a product, the one to name first in front.

    What its maker publishes goes before packages of distributions, whatever their number: they are
    the same flaw once more. Then that goes first which most voices call affected, copies not
    counted, then that of the source that stands first in `fusion`.
    """
    called_affected = {
        name: _voices(found.claims, Status.AFFECTED, cast) for name, found in groups.items()
    }
    texts = _texts(records)
    ranked = sorted(
        groups,
        key=lambda name: (
            of_distribution(groups[name].products[0]),
            -len(cast.independent(called_affected[name])),
        ),
    )
    return tuple(
        ProductSummary(
            label=label(groups[name].products[0], texts if place < MOST_SPELT else ()),
            products=groups[name].products,
            affected=called_affected[name],
            not_affected=_voices(groups[name].claims, Status.NOT_AFFECTED, cast),
            fixed=_fixed(groups[name].claims),
        )
        for place, name in enumerate(ranked)
    )


def _voices(claims: Claims, status: Status, cast: Cast) -> tuple[str, ...]:
    """Return the voices that give any version of the product this status."""
    saying = [voice for voice, said in claims.items() if _says(said, status)]
    if len(saying) > 1:
        saying.sort(key=lambda voice: precedence(voice, cast))
    return tuple(saying)


def _says(claims: Sequence[Affected], status: Status) -> bool:
    """Say whether any version has this status.

    A default without a single range clears nothing: assigners write "unaffected otherwise" beside
    versions in prose that no reader understands, and what is left must not read as an all-clear.
    """
    return any(
        any(one.status is status for one in claim.ranges)
        or (claim.default is status and (status is Status.AFFECTED or bool(claim.ranges)))
        for claim in claims
    )


def _fixed(claims: Claims) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for said in claims.values():
        for claim in said:
            for one in claim.ranges:
                version = _ends_with(one)
                if version and len(version) <= 64 and claim.versions != "git":
                    found[version] = None
                if len(found) == MOST_FIXED:
                    return tuple(found)
    return tuple(found)


def _ends_with(one: VersionRange) -> str | None:
    """Return the first version without the flaw, if this range names it."""
    if one.status is Status.AFFECTED and not one.high_inclusive:
        return one.high
    return one.low if one.status is Status.FIXED and one.low_inclusive else None


def _texts(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the texts in which a product's proper spelling may stand, titles first."""
    titles = [text.text for record in records for text in record.titles]
    return (*titles, *(text.text for record in records for text in record.descriptions))


# --- contradictions ---


def contradictions(groups: dict[str, Group], cast: Cast) -> list[Contradiction]:
    """Return the products on which two independent voices exclude each other."""
    found: list[Contradiction] = []
    several = [(name, one) for name, one in groups.items() if len(one.claims) > 1]
    for name, one in several[:MOST_COMPARED]:
        found += _of_one_product(name, one.claims, cast)
    return found


def _of_one_product(name: str, claims: Claims, cast: Cast) -> list[Contradiction]:
    voices = sorted(claims, key=lambda voice: precedence(voice, cast))
    for one, other in combinations(voices[:MOST_VOICES], 2):
        kind = _disagreement(claims[one], claims[other])
        if kind is not None:
            quotes = tuple(Quote(voice, quoted(claims[voice])) for voice in (one, other))
            return [Contradiction(kind, name, quotes)]
    return []


def _disagreement(one: list[Affected], other: list[Affected]) -> ContradictionKind | None:
    """Say how two voices' claims about one product exclude each other, if they do."""
    if {claim.ranges for claim in one} == {claim.ranges for claim in other}:
        return None
    stances = _stance(one), _stance(other)
    if set(stances) == {Status.AFFECTED, Status.NOT_AFFECTED}:
        return ContradictionKind.AFFECTED
    if stances != (Status.AFFECTED, Status.AFFECTED):
        return None
    scheme = shared_scheme(one, other)
    if scheme is None or not (_bounded(one) and _bounded(other)):
        return None
    left, right = affected_intervals(one, scheme), affected_intervals(other, scheme)
    return _difference(left, right)


def _difference(left: Intervals, right: Intervals) -> ContradictionKind | None:
    # A voice that names no readable version has not contradicted anybody.
    return ContradictionKind.RANGES if left and right and left != right else None


def _stance(claims: list[Affected]) -> Status:
    """``AFFECTED`` if any version is; ``NOT_AFFECTED`` if the voice clears the product."""
    for status in (Status.AFFECTED, Status.NOT_AFFECTED):
        if _says(claims, status):
            return status
    return Status.UNKNOWN


def _bounded(claims: list[Affected]) -> bool:
    """Say whether a voice names versions at all, rather than just the product."""
    return any(claim.ranges for claim in claims)


def quoted(claims: Sequence[Affected]) -> str:
    """Write claims as a reader of version ranges expects them: ``≥ 2.0, < 2.15.0``."""
    ranges = [_written(one) for claim in claims for one in claim.ranges]
    defaults = {claim.default for claim in claims} - {Status.UNKNOWN}
    if not ranges:
        return ", ".join(f"all versions: {default}" for default in sorted(defaults)) or "?"
    more = f"; … ({len(ranges)})" if len(ranges) > _QUOTED else ""
    return "; ".join(ranges[:_QUOTED]) + more


def _written(one: VersionRange) -> str:
    text = readable(one)
    short = text if len(text) <= LONGEST_RANGE else f"{text[: LONGEST_RANGE - 1]}…"
    return short if one.status is Status.AFFECTED else f"{short}: {one.status}"
