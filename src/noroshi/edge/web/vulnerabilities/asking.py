"""What the list of vulnerabilities can be asked for: the form above it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.assess.assessment import SeverityClass
from noroshi.edge.web.forms import Form, Line
from noroshi.hub.knowledge.catalogue import LONGEST, UNRATED, Filters, Order

UNRATED_CHOICE = "unrated"

SEVERITIES = [
    (SeverityClass.CRITICAL.value, _("critical")),
    (SeverityClass.HIGH.value, _("high")),
    (SeverityClass.MEDIUM.value, _("medium")),
    (SeverityClass.LOW.value, _("low")),
    (UNRATED_CHOICE, _("not yet rated")),
]
ORDERS = [
    (Order.PUBLISHED.value, _("newest first")),
    (Order.MODIFIED.value, _("last changed first")),
    (Order.SCORE.value, _("highest score first")),
]


class Day(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, input_formats=["%Y-%m-%d"], widget=widget, **kwargs)


class Asking(Form):
    """The search and the filters; nothing is required."""

    q = Line(
        max_length=LONGEST,
        required=False,
        label=_("Search"),
        help_text=_(
            "A name or its beginning (CVE-2024-3, JVNDB-…, GHSA-…), or words: product, vendor, "
            "kind of weakness in English or Japanese, CWE number. Descriptions are not searched."
        ),
    )
    severity = forms.MultipleChoiceField(
        choices=SEVERITIES,
        required=False,
        label=_("Severity"),
        widget=forms.CheckboxSelectMultiple,
    )
    exploited = forms.BooleanField(required=False, label=_("Used in attacks"))
    mine = forms.BooleanField(required=False, label=_("Concerns our systems"))
    published = Day(label=_("Published since"))
    changed = Day(label=_("Changed since"))
    order = forms.ChoiceField(choices=ORDERS, required=False, label=_("Order"))

    def filters(self) -> Filters:
        """Return what was asked for."""
        asked = self.cleaned_data
        return Filters(
            text=asked["q"],
            severities=frozenset(
                UNRATED if one == UNRATED_CHOICE else one for one in asked["severity"]
            ),
            exploited=asked["exploited"],
            published_since=asked["published"],
            modified_since=asked["changed"],
            order=Order(asked["order"] or Order.PUBLISHED),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any(value for name, value in self.cleaned_data.items() if name not in {"q", "order"})

    @property
    def opened(self) -> bool:
        """Whether anything stands, or went wrong, in the part that is folded away."""
        folded = ("severity", "published", "changed", "order")
        return any(self.data.get(name) or self.errors.get(name) for name in folded)
