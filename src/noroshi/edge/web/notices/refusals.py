"""Why the hub does not send a notice, said beside the field that can mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from noroshi.core.errors import NobodyNamed, NoroshiError, PolicyError
from noroshi.core.policy.audience import WIDEST, Width
from noroshi.core.policy.marking import Tlp
from noroshi.edge.web import forms
from noroshi.hub.notices.actions import Written
from noroshi.hub.notices.choosing import OnlyAffected


def beside(form: forms.Form, error: NoroshiError, written: Written) -> None:
    """Put the refusal of a notice beside the field that it is about."""
    match error:
        case NobodyNamed():
            form.add_error("to", _nobody(written))
        case PolicyError():
            form.add_error("tlp", too_wide(written.content.tlp))
        case _:
            forms.refuse(form, error)


def _nobody(written: Written) -> str:
    if written.chosen is None:
        return _("Choose for whom it is.")
    if isinstance(written.chosen, OnlyAffected):
        return _("None of those you chose has a finding of these vulnerabilities.")
    return _("Nobody but yourselves would get it. Choose more, or check what you chose below.")


def too_wide(tlp: Tlp) -> str:
    """Return what a marking allows at most, to whoever chose more."""
    cap = {
        Width.EVERYONE: _("everyone"),
        Width.MEMBERS: _("all members"),
        Width.ORGANISATIONS: _("organisations that are chosen"),
        Width.PEOPLE: _("people who are named"),
    }[WIDEST[tlp]]
    sentence = _("%(marking)s allows at most: %(cap)s. Choose others, or a more open marking.")
    return sentence % {"marking": tlp.label, "cap": cap}
