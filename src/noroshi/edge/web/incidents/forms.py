"""The fields of a report, and the report that they make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.formats.stix import Report
from noroshi.core.indicators import Indicator, recognised
from noroshi.core.policy.marking import Tlp
from noroshi.edge import words
from noroshi.edge.web.forms import Form, Line, Text
from noroshi.edge.web.notices.audience import WAYS, AudienceForm
from noroshi.hub.intel import reviews
from noroshi.hub.intel.actions import LONGEST_NAME, LONGEST_TITLE, MOST_PARTS
from noroshi.hub.intel.reviewing import Edition, Handover
from noroshi.hub.notices.choosing import resolved
from noroshi.hub.notices.recipients import audience_of

MOST_TOLD = 5
"""Lines that are named when several cannot be read."""

MARKINGS = [
    (Tlp.CLEAR, _("TLP:CLEAR: may be told to anybody")),
    (Tlp.GREEN, _("TLP:GREEN: all members")),
    (Tlp.AMBER, _("TLP:AMBER: certain organisations")),
    (Tlp.AMBER_STRICT, _("TLP:AMBER+STRICT: certain organisations, and nobody beyond them")),
    (Tlp.RED, _("TLP:RED: certain people, by name")),
]


def lines_of(text: str) -> list[tuple[int, str]]:
    """Return the lines that hold something, with their numbers."""
    lines = enumerate(text.splitlines(), start=1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


class Indicators(Text):
    """Indicators, one a line."""

    def clean(self, value: Any) -> tuple[Indicator, ...]:
        """Return what the lines write; raises `ValidationError` that names the lines."""
        text: str = super().clean(value)
        found: list[Indicator] = []
        wrong: list[str] = []
        for number, line in lines_of(text):
            try:
                found.append(recognised(line))
            except NotAnIdentifier:
                sentence = gettext(
                    "Line %(number)d, “%(line)s”, is no address, domain name, URL or SHA-256."
                )
                wrong.append(sentence % {"number": number, "line": line[:60]})
        _complain(wrong)
        _count(found)
        return tuple(dict.fromkeys(found))

    def prepare_value(self, value: Any) -> Any:
        """Show indicators as lines that are read back as they are."""
        if isinstance(value, tuple):
            return "\n".join(_line(item) for item in value)
        return value


def _line(item: Indicator) -> str:
    try:
        plain = recognised(item.value) == item
    except NotAnIdentifier:
        plain = False
    return item.value if plain else f"{item.type.value}={item.value}"


class Names(Text):
    """Names of vulnerabilities, one a line."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the names; raises `ValidationError` that names the lines that are too long."""
        lines = lines_of(super().clean(value))
        sentence = gettext("Line %(number)d is longer than %(most)d characters.")
        _complain(
            sentence % {"number": number, "most": LONGEST_NAME}
            for number, line in lines
            if len(line) > LONGEST_NAME
        )
        _count(lines)
        return tuple(dict.fromkeys(line for _number, line in lines))

    def prepare_value(self, value: Any) -> Any:
        """Show names as lines."""
        return "\n".join(value) if isinstance(value, tuple) else value


def _complain(wrong: Iterable[str]) -> None:
    found = list(wrong)
    if len(found) > MOST_TOLD:
        more = gettext("%(count)d more lines cannot be read.")
        found = [*found[:MOST_TOLD], more % {"count": len(found) - MOST_TOLD}]
    if found:
        raise ValidationError(found)


def _count(found: list[Any]) -> None:
    if len(found) > MOST_PARTS:
        sentence = gettext("At most %(most)d lines.")
        raise ValidationError(sentence % {"most": MOST_PARTS})


def _time_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ReportForm(Form):
    """What a member saw."""

    title = Line(label=_("What happened, in one line"), max_length=LONGEST_TITLE)
    text = Text(
        label=_("What you saw"),
        rows=8,
        help_text=_(
            "What was attacked, how it was noticed, what you did. Please leave out names of your"
            " own: what names you is taken out before anybody else reads it."
        ),
    )
    observed = forms.DateTimeField(
        label=_("First seen"), required=False, widget=_time_input(), help_text=_("If you know it.")
    )
    indicators = Indicators(
        label=_("Indicators"),
        required=False,
        max_length=500_000,
        help_text=_(
            "One a line: IP addresses, domain names, URLs, mail addresses, SHA-256 of files;"
            " also as bad[.]example or hxxps://…"
        ),
    )
    vulnerabilities = Names(
        label=_("Vulnerabilities that were used"),
        required=False,
        rows=2,
        max_length=200_000,
        help_text=_("One a line, such as CVE-2021-44228."),
    )
    tlp = forms.ChoiceField(
        label=_("How far it may go"),
        choices=MARKINGS,
        initial=Tlp.AMBER.value,
        widget=forms.RadioSelect,
        help_text=_("The hub may share it with fewer, never with more."),
    )

    def clean_observed(self) -> dt.datetime | None:
        """Return the time in UTC, to the minute; it cannot lie ahead."""
        at: dt.datetime | None = self.cleaned_data["observed"]
        if at is not None and at > timezone.now() + dt.timedelta(days=1):
            raise ValidationError(gettext("This time has not come yet."))
        return at.astimezone(dt.UTC) if at else None

    def report(self) -> Report:
        """Return the report; the form must be valid."""
        clean = self.cleaned_data
        return Report(
            title=clean["title"],
            text=clean["text"],
            tlp=Tlp(clean["tlp"]),
            indicators=clean["indicators"],
            vulnerabilities=clean["vulnerabilities"],
            observed=clean["observed"],
        )


def shown(report: Report) -> dict[str, Any]:
    """Return what the fields of `ReportForm` show of a report."""
    return {
        "title": report.title,
        "text": report.text,
        "observed": report.observed,
        "indicators": report.indicators,
        "vulnerabilities": report.vulnerabilities,
        "tlp": report.tlp.value,
    }


class HandoverForm(ReportForm):
    """The copy that the hub gets, and how much of its maker."""

    nameless = forms.BooleanField(
        label=_("Do not tell the hub's analysts who we are, either"),
        required=False,
        help_text=_(
            "What is shared never names you. By default the analysts see who reported it, to be"
            " able to call you. The event record, which auditors and the administrators of the hub"
            " can look into, holds it in any case."
        ),
    )
    analysts = forms.MultipleChoiceField(
        label=_("Who at the hub may read it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "For TLP:RED only, which is for people by name; all others are for all of them."
        ),
    )
    answer = Text(label=_("Your answer to the hub"), required=False, max_length=10_000, rows=3)

    def __init__(self, *args: Any, asked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["analysts"]
        field.choices = [(each.email, each.name) for each in reviews.analysts()]
        if asked:
            self.order_fields(["answer"])
        else:
            del self.fields["answer"]

    def handover(self) -> Handover:
        """Return how the report is given; the form must be valid."""
        clean = self.cleaned_data
        red = clean["tlp"] == Tlp.RED.value
        return Handover(
            report=self.report(),
            nameless=clean["nameless"],
            analysts=frozenset(clean["analysts"]) if red else frozenset(),
            answer=clean.get("answer", ""),
        )


class SharingForm(AudienceForm):
    """What an analyst makes of a report before it is shared, and for whom."""

    title = Line(label=_("Title in Japanese"), max_length=LONGEST_TITLE)
    text = Text(label=_("Text in Japanese"), rows=8)
    title_en = Line(label=_("Title in English"), max_length=LONGEST_TITLE, required=False)
    text_en = Text(label=_("Text in English"), rows=8, required=False)
    indicators = forms.MultipleChoiceField(
        label=_("Indicators to share"), required=False, widget=forms.CheckboxSelectMultiple
    )
    vulnerabilities = Names(label=_("Vulnerabilities"), required=False, rows=2, max_length=200_000)
    observed = forms.BooleanField(label=_("Say when it was first seen"), required=False)
    tlp = forms.ChoiceField(label=_("Marking"), widget=forms.RadioSelect)
    version = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: reviews.WholeReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reported = report = review.report
        self._items = {f"{item.type.value}={item.value}": item for item in report.indicators}
        fields: dict[str, Any] = self.fields
        fields["indicators"].choices = [
            (key, f"{item.value} ({words.indicator(item.type)})")
            for key, item in self._items.items()
            if item.value not in review.naming
        ]
        fields["tlp"].choices = [each for each in MARKINGS if each[0] >= report.tlp]
        # By who is affected only notices are addressed.
        fields["to"].choices = [way for way in WAYS if way[0] != "affected"]
        for name, is_there in (("indicators", self._items), ("observed", report.observed)):
            if not is_there:
                del self.fields[name]

    def clean_version(self) -> dt.datetime:
        """Return when the report was as the analyst saw it; what is no time is past anyway."""
        with suppress(ValueError):
            return dt.datetime.fromisoformat(self.cleaned_data["version"])
        return dt.datetime.fromtimestamp(0, dt.UTC)

    def clean(self) -> dict[str, Any]:
        """Refuse to choose nobody."""
        clean = super().clean()
        if not clean.get("to") and "to" not in self.errors:
            self.add_error("to", gettext("Choose for whom it is."))
        return clean

    def edition(self) -> Edition:
        """Return what the analyst made of it; raises `NotFound`, `NobodyNamed`, `Refused`."""
        clean = self.cleaned_data
        report = Report(
            title=clean["title"],
            text=clean["text"],
            title_en=clean["title_en"],
            text_en=clean["text_en"],
            tlp=Tlp(clean["tlp"]),
            indicators=tuple(self._items[key] for key in clean.get("indicators", ())),
            vulnerabilities=clean["vulnerabilities"],
            observed=self._reported.observed if clean.get("observed") else None,
        )
        audience = audience_of(resolved(self.chosen()))
        return Edition(report=report, audience=audience, seen=clean["version"])


def proposed(review: reviews.WholeReview) -> dict[str, Any]:
    """Return what the fields of `SharingForm` begin with: all of it, without the names."""
    report = review.proposal
    return {
        "title": report.title,
        "text": report.text,
        "title_en": report.title_en,
        "text_en": report.text_en,
        "indicators": [f"{item.type.value}={item.value}" for item in report.indicators],
        "vulnerabilities": report.vulnerabilities,
        "observed": True,
        "tlp": report.tlp.value,
        "version": review.head.changed_at.isoformat(),
    }


class QuestionForm(Form):
    """A question to whoever reported it."""

    question = Text(label=_("Your question"), max_length=10_000, rows=4)
