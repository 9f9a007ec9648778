"""Values in words, where a vocabulary of `noroshi.edge.words` has no look of its own."""

from __future__ import annotations

from collections.abc import Callable

from django import template

from noroshi.edge import words

register = template.Library()

VOCABULARIES: dict[str, Callable[[str], str]] = {
    "criticality": words.criticality,
    "exposure": words.exposure,
    "district": words.district,
    "problem": words.problem,
}


@register.filter
def word(value: str, vocabulary: str) -> str:
    """Return a value in the words of a vocabulary."""
    return VOCABULARIES[vocabulary](value)
