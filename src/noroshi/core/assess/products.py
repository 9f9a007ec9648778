"""Products: who says what is affected, and whether those who say it agree.

Spellings of one product are brought together where that needs no guess: a CPE name and a plain name
with the same vendor and product are one; a package URL stands for itself. (The alias table that
knows more is the matcher's.)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
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
from noroshi.core.assess.severity import precedence
from noroshi.core.facets import Affected, Product, Record, Status, VersionRange
from noroshi.core.identity import unescape
from noroshi.core.versions.ranges import readable

MOST_FIXED = 20
"""Fixed versions listed for one product."""

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


@lru_cache(maxsize=32_768)
def same_product(product: Product) -> str:
    """Return a text that is equal for spellings of one product."""
    if product.scheme == "purl":
        return f"purl {product.name}"
    name = product.name
    if product.scheme == "cpe":
        name = unescape(name.partition(":")[2])
    return name.replace("_", " ")


def summarise(
    groups: dict[str, Group], records: Sequence[Record], cast: Cast
) -> tuple[ProductSummary, ...]:
    """Return one summary a product: those affected by most voices first."""
    texts = _texts(records)
    summaries = [
        ProductSummary(
            label=_label(found.products[0], texts if index < 3 else ()),
            products=found.products,
            affected=_voices(found.claims, Status.AFFECTED, cast),
            not_affected=_voices(found.claims, Status.NOT_AFFECTED, cast),
            fixed=_fixed(found.claims),
        )
        for index, found in enumerate(groups.values())
    ]
    if len(summaries) > 1:
        summaries.sort(key=lambda one: -len(one.affected))
    return tuple(summaries)


def _voices(claims: Claims, status: Status, cast: Cast) -> tuple[str, ...]:
    """Return the voices that give any version of the product this status."""
    saying = [
        voice
        for voice, said in claims.items()
        if any(claim.default is status or _has(claim, status) for claim in said)
    ]
    return tuple(sorted(saying, key=lambda voice: precedence(voice, cast)))


def _has(claim: Affected, status: Status) -> bool:
    return any(one.status is status for one in claim.ranges)


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


# --- names for people ---


def _texts(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the texts in which a product's proper spelling may stand, titles first."""
    titles = [text.text for record in records for text in record.titles]
    return (*titles, *(text.text for record in records for text in record.descriptions))


def _label(product: Product, texts: Sequence[str]) -> str:
    """Name a product as the sources' texts spell it; identities are all lower case.

    The vendor is put before it if the texts name the vendor too.
    """
    vendor, name = vendor_and_name(product)
    firmware = " firmware" if name.endswith(" firmware") else ""
    spelt = _spelt(name, texts) or (firmware and _spelt(name.removesuffix(firmware), texts))
    if not spelt:
        return f"{vendor} {name}" if vendor and vendor not in name else name or vendor
    spelt_vendor = "" if vendor in name else _spelt(vendor, texts)
    ending = "" if spelt.lower() == name else firmware
    return f"{spelt_vendor} {spelt}{ending}".strip()


def vendor_and_name(product: Product) -> tuple[str, str]:
    """Return the vendor and the name in words, in lower case; a package has no vendor."""
    if product.scheme == "purl":
        return "", product.name.partition("/")[2] or product.name
    vendor, _, name = same_product(product).partition(":")
    return vendor, name


def _spelt(name: str, texts: Sequence[str]) -> str:
    """Return ``name`` as the first text spells it that uses capital letters, else ``""``."""
    for text in texts if name else ():
        found = _spelling(text, name)
        if found and found != found.lower():
            return found
    return ""


def _spelling(text: str, name: str) -> str | None:
    """Return ``name`` in the upper and lower case of ``text``, found as whole words."""
    lowered = text.lower()
    if len(lowered) != len(text):  # some letters change length: places would not agree
        return None
    at = lowered.find(name)
    if at < 0:
        return None
    end = at + len(name)
    alone = not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())
    return text[at:end] if alone else None


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
    for one, other in combinations(voices, 2):
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
    if scheme is None:
        return None
    left, right = affected_intervals(one, scheme), affected_intervals(other, scheme)
    return _difference(left, right)


def _difference(left: Intervals, right: Intervals) -> ContradictionKind | None:
    # A voice that names no readable version has not contradicted anybody.
    return ContradictionKind.RANGES if left and right and left != right else None


def _stance(claims: list[Affected]) -> Status:
    """``AFFECTED`` if any version is; ``NOT_AFFECTED`` if the voice clears the product."""
    if any(claim.default is Status.AFFECTED or _has(claim, Status.AFFECTED) for claim in claims):
        return Status.AFFECTED
    cleared = any(
        claim.default is Status.NOT_AFFECTED or _has(claim, Status.NOT_AFFECTED) for claim in claims
    )
    return Status.NOT_AFFECTED if cleared else Status.UNKNOWN


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
