"""Errors as sentences in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from noroshi.core.errors import NoroshiError


def sentence(error: NoroshiError) -> str:
    """Return the error's sentence in the active language, with its place before it."""
    text = error.text(gettext(error.sentence))
    return f"{error.where}: {text}" if error.where else text
