"""What a list is narrowed to, and an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.answers import CLOSING, AnswerState, Justification
from noroshi.edge import words
from noroshi.edge.web.exposure import wording
from noroshi.edge.web.forms import Form, Line, Text
from noroshi.hub.matching.answering import LONGEST_ANSWER, Said
from noroshi.hub.matching.exposed import Spot
from noroshi.hub.matching.exposure import (
    LONGEST_SEARCH,
    PRIORITIES,
    URGENT,
    Filters,
    State,
    Sureness,
)

MOST_PAGES = 10_000
_URGENT = "urgent"


class FilterForm(Form):
    """What to show. A question that cannot be understood counts as not asked."""

    q = Line(max_length=LONGEST_SEARCH, required=False, label=gettext_lazy("Search"))
    priority = forms.ChoiceField(required=False, label=gettext_lazy("When to act"))
    system = forms.ChoiceField(required=False, label=gettext_lazy("System"))
    sure = forms.ChoiceField(required=False, label=gettext_lazy("How sure"))
    state = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[(state.value, state.value) for state in State],
    )
    late = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, request: HttpRequest, systems: Sequence[tuple[int, str]], *, today: dt.date
    ) -> None:
        super().__init__(request.GET, auto_id="filter_%s")
        self._today = today
        urgencies = [(_URGENT, _("at once or soon"))]
        urgencies += [(name, words.priority(name)) for name in PRIORITIES]
        self._offer("priority", urgencies)
        self._offer("system", [(str(number), name) for number, name in systems])
        sure, unsure = Sureness.SURE.value, Sureness.TO_CONFIRM.value
        self._offer("sure", [(sure, _("affected")), (unsure, _("to be confirmed"))])
        self.is_valid()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [("", _("all")), *choices]

    def _asked(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state was asked for."""
        return any(self._asked(name) for name in ("q", "priority", "system", "sure", "late"))

    @property
    def filters(self) -> Filters:
        """What the hub is asked."""
        chosen, system, sure = self._asked("priority"), self._asked("system"), self._asked("sure")
        return Filters(
            state=State(self._asked("state") or State.OPEN),
            priorities=URGENT if chosen == _URGENT else (chosen,) if chosen else (),
            system=int(system) if system else None,
            sureness=Sureness(sure) if sure else None,
            late_on=self._today if self._asked("late") else None,
            text=self._asked("q") or "",
        )


_OFFERED = [
    AnswerState.ACKNOWLEDGED,
    AnswerState.RESPONDING,
    AnswerState.FIXED,
    AnswerState.NOT_AFFECTED,
]


class _Systems(forms.MultipleChoiceField):
    """Systems by the numbers of their findings; what these are is the hub's to say."""

    def valid_value(self, value: object) -> bool:
        """Let every number pass."""
        text = str(value)
        return text.isascii() and text.isdecimal() and len(text) <= 18


class AnswerForm(Form):
    """One answer for some of the systems that a vulnerability concerns."""

    state = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("Your answer"))
    justification = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Why not affected"),
        help_text=gettext_lazy("Only for the answer that you are not affected."),
    )
    text = Text(
        required=False,
        max_length=LONGEST_ANSWER,
        rows=3,
        label=gettext_lazy("In your words"),
        help_text=gettext_lazy("Read by your organisation, and by whom it lets see its findings."),
    )
    findings = _Systems(
        widget=forms.CheckboxSelectMultiple, label=gettext_lazy("For these systems")
    )

    def __init__(self, *args: Any, spots: Sequence[Spot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answerable = [spot for spot in spots if not spot.withdrawn]
        chosen = [spot for spot in answerable if spot.live] or answerable
        closed = any(spot.answer in CLOSING for spot in answerable)
        offered = [*_OFFERED, AnswerState.REOPENED] if closed else _OFFERED
        self._field("state").choices = [(each.value, wording.offered(each)) for each in offered]
        self._field("justification").choices = [
            ("", _("choose a reason")),
            *((why.value, wording.justification(why.value)) for why in Justification),
        ]
        self.answerable = bool(answerable)
        systems = self._field("findings")
        systems.choices = [(str(spot.finding), spot.name) for spot in answerable]
        systems.initial = [str(spot.finding) for spot in chosen]
        if len(answerable) == 1:
            systems.widget = forms.MultipleHiddenInput()

    def _field(self, name: str) -> forms.ChoiceField:
        return cast("forms.ChoiceField", self.fields[name])

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where one is needed, and leave it out where none is."""
        cleaned = super().clean() or {}
        if cleaned.get("state") != AnswerState.NOT_AFFECTED:
            cleaned["justification"] = ""
        elif not cleaned.get("justification") and "justification" not in self.errors:
            self.add_error("justification", _("Please choose why you are not affected."))
        return cleaned

    @property
    def said(self) -> Said:
        """The answer."""
        data = self.cleaned_data
        return Said(AnswerState(data["state"]), data["justification"], data["text"])

    @property
    def numbers(self) -> list[int]:
        """The findings that it is for."""
        return [int(number) for number in self.cleaned_data["findings"]]
