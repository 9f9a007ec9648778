"""What a vulnerability can be searched by: the words of its titles, products and weaknesses.

Kept in one column, folded, each word once: a search looks for its words in there, anywhere, so
that 認証 is found in 認証の不備 although no space stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from noroshi.core.assess import Assessment
from noroshi.core.assess.product_names import vendor_and_name
from noroshi.core.identity import fold

MOST_PRODUCTS = 50
"""Products whose names are kept: those that most sources name come first."""

LONGEST = 1000
"""Bytes that are kept; an index entry of PostgreSQL takes not much more."""

MOST_WORDS = 8
"""Words of a search that are looked for."""


def wording(assessment: Assessment, titles: Iterable[str]) -> str:
    """Return the words of a vulnerability, in the order in which they matter."""
    words = dict.fromkeys(
        word for text in (*titles, *_names(assessment)) for word in fold(text).split()
    )
    return _cut(" ".join(words))


def sought(text: str) -> tuple[str, ...]:
    """Return the words that a search asks for, the longest first."""
    words = dict.fromkeys(fold(text.replace("\0", " ")).split())
    return tuple(sorted(words, key=lambda word: -len(word))[:MOST_WORDS])


def _names(assessment: Assessment) -> Iterator[str]:
    for weakness in assessment.weaknesses:
        yield weakness.cwe
    for summary in assessment.products[:MOST_PRODUCTS]:
        yield summary.label
        yield from vendor_and_name(summary.products[0])


def _cut(text: str) -> str:
    """Keep the whole words of the beginning."""
    held = text.encode()
    if len(held) <= LONGEST:
        return text
    return held[: LONGEST + 1].decode(errors="ignore").rpartition(" ")[0]
