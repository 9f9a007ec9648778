"""The base metrics of CVSS in words (2.0, 3.0, 3.1 and 4.0); the wording is ours."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, "str | Promise"]

_IMPACT: Words = {
    "H": _("high: total, or of what matters most"),
    "L": _("low: limited"),
    "N": _("none"),
    "C": _("complete"),
    "P": _("partial"),
}
_NOT_BEYOND: Words = {"H": _IMPACT["H"], "L": _IMPACT["L"], "N": _("none, or not beyond itself")}

_NAMES: Words = {
    "AV": _("Attack vector"),
    "AC": _("Attack complexity"),
    "AT": _("Attack requirements"),
    "Au": _("Authentication"),
    "PR": _("Privileges required"),
    "UI": _("User interaction"),
    "S": _("Scope"),
    "C": _("Confidentiality"),
    "I": _("Integrity"),
    "A": _("Availability"),
    "VC": _("Confidentiality, vulnerable system"),
    "VI": _("Integrity, vulnerable system"),
    "VA": _("Availability, vulnerable system"),
    "SC": _("Confidentiality, systems beyond"),
    "SI": _("Integrity, systems beyond"),
    "SA": _("Availability, systems beyond"),
}

_VALUES: Mapping[str, Words] = {
    "AV": {
        "N": _("over any network"),
        "A": _("from the adjacent network only"),
        "L": _("locally, or through a file that somebody opens"),
        "P": _("by touching the device"),
    },
    "AC": {
        "L": _("low: works every time"),
        "M": _("medium: some conditions have to be met"),
        "H": _("high: needs conditions that the attacker cannot control"),
    },
    "AT": {
        "N": _("none"),
        "P": _("present: only where it is deployed or running in a certain way"),
    },
    "Au": {
        "N": _("none needed"),
        "S": _("once"),
        "M": _("several times"),
    },
    "PR": {
        "N": _("none"),
        "L": _("those of an ordinary user"),
        "H": _("those of an administrator"),
    },
    "UI": {
        "N": _("none needed"),
        "R": _("needed: somebody has to take part"),
        "P": _("passive: somebody has to do something ordinary"),
        "A": _("active: somebody has to be led to do something unusual"),
    },
    "S": {
        "U": _("unchanged: harms the vulnerable part alone"),
        "C": _("changed: harms other parts as well"),
    },
    **dict.fromkeys(("C", "I", "A", "VC", "VI", "VA"), _IMPACT),
    **dict.fromkeys(("SC", "SI", "SA"), _NOT_BEYOND),
}


def metric(code: str) -> str:
    """Return the name of a metric."""
    return str(_NAMES.get(code, code))


def value(code: str, letter: str) -> str:
    """Return what a metric's value means."""
    return str(_VALUES.get(code, {}).get(letter, letter))
