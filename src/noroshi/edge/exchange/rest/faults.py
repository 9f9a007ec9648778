"""What is wrong with single values of a request: where, and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a request.

    ``place`` is where: ``body``, ``query``, ``header``; ``pointer`` which value there: a JSON
    pointer (RFC 6901) into the body, the name of a parameter, or the place in a file.
    """

    place: str
    pointer: str
    detail: str


def of_pydantic(found: Mapping[str, Any]) -> Fault:
    """Return what ninja found, as pydantic tells it."""
    place, *steps = found["loc"]
    if place == "body":
        # The first step is the name under which the program knows the whole body.
        pointer = "".join(f"/{_escaped(str(step))}" for step in steps[1:])
    else:
        pointer = str(next(step for step in steps if step != "filters"))
    return Fault(place, pointer, _sentence(found))


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _sentence(found: Mapping[str, Any]) -> str:
    facts = found.get("ctx", {})
    if found["type"] == "value_error":
        return str(facts["error"])
    known = _sentences().get(found["type"])
    return known % facts if known else str(found["msg"])


def _sentences() -> dict[str, str]:
    """Return what each kind of pydantic's complaints says, in the active language."""
    number = _("This is not a whole number.")
    return {
        "missing": _("This is missing."),
        "extra_forbidden": _("There is no such property."),
        "string_type": _("This is not a text."),
        "string_too_long": _("This has more than %(max_length)d characters."),
        "string_too_short": _("This has less than %(min_length)d characters."),
        "string_pattern_mismatch": _("This does not follow the pattern %(pattern)s."),
        "int_type": number,
        "int_parsing": number,
        "int_parsing_size": number,
        "int_from_float": number,
        "greater_than_equal": _("This is less than %(ge)d."),
        "less_than_equal": _("This is more than %(le)d."),
        "literal_error": _("This is none of: %(expected)s"),
        "enum": _("This is none of: %(expected)s"),
        "bool_type": _("This is neither true nor false."),
        "list_type": _("This is not a list."),
        "too_long": _("This has more than %(max_length)d items."),
        "model_type": _("This is not an object."),
        "model_attributes_type": _("This is not an object."),
    }
