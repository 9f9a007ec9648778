"""What a vulnerability is found by: its texts, products, weaknesses and sources as tokens.

Written where it is judged (`noroshi.hub.knowledge.assessing`), in the same transaction: what a
source changes or takes back is found, or found no more, from that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from noroshi.core.assess import Assessment
from noroshi.core.assess.product_names import vendor_and_name
from noroshi.core.facets import Product, Record, Text
from noroshi.core.identity import unescape
from noroshi.core.search import tokens
from noroshi.core.search.asked import Field
from noroshi.core.search.tokens import DIVIDER
from noroshi.hub.knowledge import queries
from noroshi.hub.knowledge.queries import Entry

MOST_TOKENS = 600
"""Tokens of texts that are kept: titles first, then what the sources write, ours to theirs."""

MOST_PRODUCTS = 60
"""Products whose names are kept: those that most sources name come first."""

MOST_SPELLINGS = 200
"""Identities (CPE, package URL) that are kept."""

MOST_SHOWN = 5
"""Vendors, and weaknesses, that one vulnerability is counted under."""

LANGUAGES = ("ja", "en")


def entry(assessment: Assessment, titles: Iterable[str], records: Sequence[Record]) -> Entry:
    """Return what a vulnerability is found by."""
    fields = _fields(assessment, records)
    named = [f"{name.value}={text}" for name, texts in fields.items() for text in texts]
    shown = (
        fields[Field.SOURCE],
        fields[Field.VENDOR][:MOST_SHOWN],
        fields[Field.CWE][:MOST_SHOWN],
    )
    return Entry(
        terms=tokens.joined([*_words(assessment, titles, records), *named]),
        shown=" ".join(",".join(texts) for texts in shown),
    )


def shown(kept: str) -> Mapping[Field, list[str]]:
    """Return what a vulnerability is counted under."""
    texts = [part.split(",") if part else [] for part in kept.split(" ")]
    return dict(zip((Field.SOURCE, Field.VENDOR, Field.CWE), texts, strict=False))


def write(changed: Mapping[int, Entry], before: Mapping[int, Entry], gone: Iterable[int]) -> None:
    """Write what differs from before; let go what is part of another vulnerability now."""
    queries.write_entries({n: one for n, one in changed.items() if before.get(n) != one})
    queries.delete_entries([number for number in gone if number in before])


def _words(
    assessment: Assessment, titles: Iterable[str], records: Sequence[Record]
) -> Iterator[str]:
    """Yield the tokens of all texts, each text once, a divider after each."""
    room, known = MOST_TOKENS, set()
    for text in _texts(assessment, titles, records):
        found = tuple(tokens.tokens(text)[:room])
        if found and found not in known:
            known.add(found)
            room -= len(found)
            yield from found
            yield DIVIDER
        if room <= 0:
            return


def _texts(
    assessment: Assessment, titles: Iterable[str], records: Sequence[Record]
) -> Iterator[str]:
    yield from titles
    for weakness in assessment.weaknesses:
        yield weakness.cwe
    for summary in assessment.products[:MOST_PRODUCTS]:
        yield summary.label
    for part in ("titles", "descriptions"):
        for record in records:
            texts: tuple[Text, ...] = getattr(record, part)
            yield from (text.text for text in texts if text.lang.startswith(LANGUAGES))


def _fields(assessment: Assessment, records: Sequence[Record]) -> dict[Field, list[str]]:
    found: dict[Field, dict[str, None]] = {
        Field.SOURCE: dict.fromkeys(sorted({record.source for record in records})),
        Field.CWE: {},
        Field.VENDOR: {},
        Field.PRODUCT: {},
        Field.CPE: {},
        Field.PURL: {},
    }
    for weakness in assessment.weaknesses:
        found[Field.CWE][weakness.cwe.removeprefix("CWE-")] = None
    for product in _products(assessment):
        for field, text in _named(product):
            found[field][text] = None
    return {field: [text for text in texts if text] for field, texts in found.items()}


def _products(assessment: Assessment) -> list[Product]:
    each = (product for summary in assessment.products for product in summary.products)
    return list(dict.fromkeys(each))[:MOST_SPELLINGS]


def _named(product: Product) -> Iterator[tuple[Field, str]]:
    vendor, name = vendor_and_name(product)
    yield Field.VENDOR, tokens.name_value(vendor)
    yield Field.PRODUCT, tokens.name_value(name)
    if product.scheme == "purl":
        yield Field.PRODUCT, tokens.name_value(name.rpartition("/")[2])
        yield Field.PURL, tokens.value(product.name.partition("?")[0])
    elif product.scheme == "cpe":
        yield Field.CPE, tokens.value(unescape(product.name))
