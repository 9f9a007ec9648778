"""Errors as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from noroshi.core import errors
from noroshi.core.errors import NoroshiError
from noroshi.hub.knowledge.models import Quarantine

_BY_CODE = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, NoroshiError)
}


def sentence(error: NoroshiError) -> str:
    """Return the error's sentence in the active language, with its place before it."""
    text = error.text(gettext(error.sentence))
    return f"{error.where}: {text}" if error.where else text


def database_failed(error: Exception) -> str:
    """Return a sentence for a database that did not do what was asked of it."""
    reason = str(error).strip().partition("\n")[0]
    return gettext("the database says: %(reason)s; noroshi check tells what to do") % {
        "reason": reason
    }


def quarantined(row: Quarantine) -> str:
    """Return why something is in quarantine, in the active language."""
    return recorded(row.code, row.facts)


def recorded(code: str, facts: Mapping[str, object]) -> str:
    """Return the sentence of an error of which code and facts were kept, in the active language."""
    kind = _BY_CODE.get(code, NoroshiError)
    return kind("", **facts).text(gettext(kind.sentence))
