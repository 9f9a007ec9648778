"""What sources say in codes (remedies, exploits, reasons, thanks), in the active language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from noroshi.core.answers import Justification
from noroshi.core.facets import Maturity, RemedyKind


def remedy(kind: RemedyKind) -> str:
    """Return a kind of remedy as the heading of a list."""
    return {
        RemedyKind.FIX: _("Fixes"),
        RemedyKind.WORKAROUND: _("Workarounds"),
        RemedyKind.MITIGATION: _("Mitigations"),
        RemedyKind.FIX_PLANNED: _("Fixes to come"),
        RemedyKind.NO_FIX_PLANNED: _("No fix is planned"),
        RemedyKind.NONE_AVAILABLE: _("Nothing can be done yet"),
    }[kind]


def maturity(value: Maturity) -> str:
    """Return how far an exploit has come, in words."""
    return {
        Maturity.CHECK: _("a check: tells whether a system is vulnerable"),
        Maturity.PROOF_OF_CONCEPT: _("a proof of concept"),
        Maturity.FUNCTIONAL: _("works in most cases"),
        Maturity.HIGH: _("works reliably, without skill"),
    }[value]


_NOT_IN_IT = gettext_noop("the vulnerable code is not in it")
_NOT_BUILT = gettext_noop("the vulnerable code is not built into it")
_PUT_OFF = gettext_noop("the fix is put off")

_REASONS = {
    Justification.COMPONENT_NOT_PRESENT: gettext_noop("the vulnerable component is not in it"),
    Justification.CODE_NOT_PRESENT: _NOT_IN_IT,
    Justification.CODE_NOT_EXECUTED: gettext_noop("the vulnerable code is never run in it"),
    Justification.CODE_NOT_REACHABLE: gettext_noop("an attacker cannot reach the vulnerable code"),
    Justification.MITIGATED: gettext_noop("what is built in already prevents it"),
    "code_not_present": _NOT_IN_IT,
    "code_not_included": _NOT_IN_IT,
    "code_not_shipped": _NOT_IN_IT,
    "code_not_built": _NOT_BUILT,
    "code_not_compiled": _NOT_BUILT,
    "windows_only": gettext_noop("only Windows is affected"),
    "will_not_fix": gettext_noop("it will not be fixed"),
    "ignored": gettext_noop("it is not going to be fixed"),
    "fix_deferred": _PUT_OFF,
    "deferred": _PUT_OFF,
    "postponed": _PUT_OFF,
    "out_of_support_scope": gettext_noop("its support does not cover this"),
    "end_of_life": gettext_noop("it is no longer supported"),
    "end_of_standard_support": gettext_noop("its standard support has ended"),
    "end_of_kernel_support": gettext_noop("the support of this kernel has ended"),
    "esm_criteria": gettext_noop("not grave enough for its extended support"),
    "superseded": gettext_noop("another package has taken its place"),
    "under_investigation": gettext_noop("still being looked into"),
}
"""The status justifications of VEX, and the codes of trackers; ``_`` and ``-`` are the same."""


def reason(code: str) -> str:
    """Return why a product is not affected or will not be fixed; empty: not said.

    A code that sources did not use before is shown as the words it consists of.
    """
    spelt = code.strip().lower().replace("-", "_")
    return _(_REASONS[spelt]) if spelt in _REASONS else spelt.replace("_", " ")


def credit_role(role: str) -> str:
    """Return what somebody is thanked for (the credit types of CVE 5); empty: not said."""
    spelt = role.strip().lower().replace("_", " ")
    return {
        "finder": _("found it"),
        "reporter": _("reported it"),
        "analyst": _("analysed it"),
        "coordinator": _("coordinated"),
        "remediation developer": _("wrote the fix"),
        "remediation reviewer": _("reviewed the fix"),
        "remediation verifier": _("tested the fix"),
        "tool": _("tool that found it"),
        "sponsor": _("paid for the search"),
        "other": "",
    }.get(spelt, spelt)
