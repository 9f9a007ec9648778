"""What the list of vulnerabilities can be asked for: the form above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from noroshi.core.assess.assessment import SeverityClass
from noroshi.core.errors import QueryError
from noroshi.core.search import asked, typing
from noroshi.core.search.asked import LONGEST, UNRATED, Asked, Condition, Field, Span
from noroshi.edge.sentences import sentence
from noroshi.edge.web.forms import Form, Line
from noroshi.hub.knowledge.catalogue import Order

SEVERITIES = [
    (SeverityClass.CRITICAL.value, _("critical")),
    (SeverityClass.HIGH.value, _("high")),
    (SeverityClass.MEDIUM.value, _("medium")),
    (SeverityClass.LOW.value, _("low")),
    (UNRATED, _("not yet rated")),
]
ORDERS = [
    (Order.PUBLISHED.value, _("newest first")),
    (Order.MODIFIED.value, _("last changed first")),
    (Order.SCORE.value, _("highest score first")),
]
FIELDS = (Field.VENDOR, Field.PRODUCT, Field.CWE, Field.SOURCE, Field.CPE, Field.PURL)
"""Fields of the query that have a box of their own."""


class Day(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, input_formats=["%Y-%m-%d"], widget=widget, **kwargs)


class OneField(Line):
    """The value of one field of the query; becomes a condition."""

    def __init__(self, of: Field, **kwargs: Any) -> None:
        self.of = of
        super().__init__(max_length=200, required=False, **kwargs)

    def clean(self, value: Any) -> Condition | None:
        """Understand the value."""
        text = str(super().clean(value))
        quoted = f'"{text}"' if " " in text and '"' not in text else text
        return understood(lambda: typing.condition(self.of, quoted)) if text else None


class Typed(Line):
    """A typed query, understood."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> Asked:
        """Understand the query."""
        text = str(super().clean(value))
        query: Asked = understood(lambda: typing.read(text))
        return query


class Asking(Form):
    """The search and the filters; nothing is required."""

    q = Typed(
        required=False,
        label=_("Search"),
        help_text=_(
            "Words in Japanese or English, a name or its beginning (CVE-2024-3, JVNDB-…), or "
            'fields: vendor:fortinet cwe:79 severity:high published:2024-01.. -word "two words" '
            "forti*"
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
    published_to = Day(label=_("Published until"))
    changed = Day(label=_("Changed since"))
    changed_to = Day(label=_("Changed until"))
    vendor = OneField(Field.VENDOR, label=_("Vendor"))
    product = OneField(Field.PRODUCT, label=_("Product"))
    cwe = OneField(Field.CWE, label=_("Weakness (CWE)"))
    source = OneField(Field.SOURCE, label=_("Source"))
    cpe = OneField(Field.CPE, label=_("CPE name"))
    purl = OneField(Field.PURL, label=_("Package URL"))
    order = forms.ChoiceField(choices=ORDERS, required=False, label=_("Order"))

    def clean_published_to(self) -> Any:
        """See that the span has its ends in order."""
        return self._until("published")

    def clean_changed_to(self) -> Any:
        """See that the span has its ends in order."""
        return self._until("changed")

    def _until(self, name: str) -> Any:
        first, last = self.cleaned_data.get(name), self.cleaned_data[f"{name}_to"]
        if first and last and last < first:
            raise ValidationError(_("This is before the day since when."))
        return last

    def asked(self) -> Asked:
        """Return what was asked for: what was typed, and what the boxes say."""
        query: Asked = self.cleaned_data["q"]
        return query.and_(*self._boxes())

    @property
    def order_(self) -> Order:
        """What is to come first."""
        return Order(self.cleaned_data["order"] or Order.PUBLISHED)

    def _boxes(self) -> Iterator[Condition]:
        data = self.cleaned_data
        if data["severity"]:
            yield asked.Severities(tuple(data["severity"]))
        if data["exploited"]:
            yield asked.Exploited(yes=True)
        for field in (Field.PUBLISHED, Field.CHANGED):
            span = Span(data[field.value], data[f"{field.value}_to"])
            if span != Span():
                yield asked.Days(field, span)
        for field in FIELDS:
            if data[field.value] is not None:
                yield data[field.value]

    @property
    def narrows(self) -> bool:
        """Whether anything but the typed query leaves something out."""
        return any(value for name, value in self.cleaned_data.items() if name not in {"q", "order"})

    @property
    def opened(self) -> bool:
        """Whether anything stands, or went wrong, in the part that is folded away."""
        folded = set(self.fields) - {"q", "exploited", "mine"}
        return any(self.data.get(name) or self.errors.get(name) for name in folded)


def understood(read: Callable[[], Any]) -> Any:
    """Return what was read; what cannot be understood stands beside its box."""
    try:
        return read()
    except QueryError as error:
        raise ValidationError(sentence(error)) from error
