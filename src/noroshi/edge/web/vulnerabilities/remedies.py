"""What can be done, by kind: who says it, for which products, and where to read on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from noroshi.core.assess.independence import Cast
from noroshi.core.assess.phrases import VOICES, Lang, phrase
from noroshi.core.assess.product_names import vendor_and_name
from noroshi.core.facets import Product, Record, Remedy, RemedyKind
from noroshi.edge.web.vulnerabilities import wording
from noroshi.edge.web.vulnerabilities.plain import plain
from noroshi.edge.web.vulnerabilities.ranges import LONGEST, web_address

FEW_CHARACTERS, ALL_CHARACTERS = 500, 20_000
"""Characters of a text, at first and where all is asked for."""

MOST_PRODUCTS = 5
"""Products of one remedy that are named; the others are counted."""

KINDS = (
    RemedyKind.FIX,
    RemedyKind.WORKAROUND,
    RemedyKind.MITIGATION,
    RemedyKind.FIX_PLANNED,
    RemedyKind.NO_FIX_PLANNED,
    RemedyKind.NONE_AVAILABLE,
)
"""What helps most comes first."""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One remedy. ``address`` is empty where it has none that a browser should open.

    ``products`` is empty where it is for all; ``more`` of them are not named. ``cut``: the text
    goes on.
    """

    voice: str
    text: str
    lang: str
    cut: bool
    address: str
    shown_address: str
    products: tuple[str, ...]
    more: int


class Shelf(msgspec.Struct, frozen=True):
    """The remedies of one kind; ``number`` is that of all."""

    kind: RemedyKind
    title: str
    shown: tuple[Advice, ...]
    number: int


def shelves(
    records: Sequence[Record], who: Cast, lang: Lang, most: int, *, everything: bool
) -> tuple[Shelf, ...]:
    """Return the kinds of which there is any, each with at most so many remedies.

    What one voice says twice, in two records or for other products, is one remedy.
    """
    longest = ALL_CHARACTERS if everything else FEW_CHARACTERS
    told: dict[RemedyKind, dict[tuple[str, str, str], list[Remedy]]] = {}
    for record in records:
        for remedy in record.remedies:
            key = (who.voice(remedy.by), remedy.text, remedy.url or "")
            told.setdefault(remedy.kind, {}).setdefault(key, []).append(remedy)
    return tuple(
        Shelf(
            kind,
            wording.remedy(kind),
            tuple(
                _advice(voice, same, lang, longest)
                for (voice, _text, _url), same in list(told[kind].items())[:most]
            ),
            len(told[kind]),
        )
        for kind in KINDS
        if kind in told
    )


def _advice(voice: str, same: Sequence[Remedy], lang: Lang, longest: int) -> Advice:
    first = same[0]
    cut = len(first.text) > longest
    products = _products(same)
    return Advice(
        voice=plain(phrase(VOICES, voice, lang)),
        text=plain(f"{first.text[:longest]}…" if cut else first.text),
        lang=plain(first.lang),
        cut=cut,
        address=web_address(first.url or ""),
        shown_address=plain(first.url or "")[:LONGEST],
        products=tuple(plain(named(product))[:LONGEST] for product in products[:MOST_PRODUCTS]),
        more=max(len(products) - MOST_PRODUCTS, 0),
    )


def _products(same: Sequence[Remedy]) -> list[Product]:
    """Return the products, each once; none where any of them is for all."""
    if any(not remedy.products for remedy in same):
        return []
    return list(dict.fromkeys(product for remedy in same for product in remedy.products))


def named(product: Product) -> str:
    """Return a product's name as the tables of versions write it."""
    vendor, name = vendor_and_name(product)
    return f"{vendor} {name}" if vendor and vendor not in name else name
