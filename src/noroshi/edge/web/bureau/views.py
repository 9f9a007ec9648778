"""The pages of a bureau officer: the district at a glance, and one operator."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.core.delivery import DeliveryState
from noroshi.core.paging import Slice
from noroshi.core.policy.duties import ONLY_READ
from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import Role
from noroshi.edge.web import charts
from noroshi.edge.web.charts import Bar, Chart, Series
from noroshi.edge.web.forms import Form
from noroshi.edge.web.pages import Visit, page, show
from noroshi.edge.web.paging import leaf
from noroshi.edge.web.templatetags.page import named
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.matching import tallies
from noroshi.hub.members import queries as members
from noroshi.hub.notices import district
from noroshi.hub.notices.district import Column
from noroshi.hub.notices.views import Progress

OFFICERS = frozenset({Role.BUREAU_OFFICER})
FIRST = 8
"""Late answers that stand above the table."""

_STEPS = (
    (_("not read"), (DeliveryState.DELIVERED,)),
    (_("read"), (DeliveryState.READ,)),
    (_("answered"), (DeliveryState.ACKNOWLEDGED, DeliveryState.RESPONDING)),
    (_("finished"), (DeliveryState.DONE, DeliveryState.NOT_AFFECTED)),
)
"""What a delivery is to the bureau: the states that come to the same."""
_BARS = ((_("unanswered"), (DeliveryState.DELIVERED, DeliveryState.READ)), *_STEPS[2:])


class Filters(Form):
    """What of the table is shown."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            (Progress.ALL.value, _("everything")),
            (Progress.UNANSWERED.value, _("unanswered")),
            (Progress.LATE.value, _("late")),
        ],
    )
    operator = forms.ChoiceField(label=_("Operator"), required=False)

    def __init__(self, *args: object, operators: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["operator"]
        field.choices = [("", gettext("all")), *operators]


class Asked(msgspec.Struct, frozen=True):
    """What of the district was asked for."""

    filters: Filters
    show: Progress
    operator: str
    columns: Slice[Column]


@page(OFFICERS)
def bureau(request: Visit) -> HttpResponse:
    """Show where every operator stands with every notice, the late ones first."""
    now = timezone.now()
    asked = _asked(request, now)
    lines = district.lines(request.viewer, asked.columns.items, now=now, show=asked.show)
    found = [line for line in lines if asked.operator in ("", line.organisation.slug)]
    facts = {
        "filters": asked.filters,
        "columns": asked.columns.items,
        "after": asked.columns.after,
        "begun": "after" in request.GET,
        "leaf": leaf(request, found),
        "late": district.overdue(request.viewer, now=now, limit=FIRST),
        "numbers": _numbers(request, now),
        "district": request.person.organisation.district,
    }
    return show(request, "bureau/district.html", facts)


@page(OFFICERS)
def chart(request: Visit) -> HttpResponse:
    """Draw how far the operators are with each notice of the table."""
    columns = _asked(request, timezone.now()).columns.items
    series = tuple(
        Series(
            str(name),
            tuple(_bar(sum(one.tally.states.get(each, 0) for each in states)) for one in columns),
        )
        for name, states in _BARS
    )
    labels = tuple(column.head.name for column in columns)
    drawn = Chart(gettext("Operators of the district by notice"), labels, series, "stacked")
    return charts.answer(request, drawn)


@page(OFFICERS)
def operator(request: Visit, name: str) -> HttpResponse:
    """Show one operator: whom to call, what it runs if it lets the bureau count, its notices."""
    now, viewer = timezone.now(), request.viewer
    row = district.operator(viewer, name)
    after = request.GET.get("after") or None
    found = district.deliveries_of(viewer, name, now=now, after=after)
    counts = row.pk in members.granting(viewer, GrantLevel.COUNTS)
    people = members.people(row).filter(is_active=True).exclude(role__in=ONLY_READ)
    systems = MemberSystem.objects.visible_to(viewer, GrantLevel.COUNTS).filter(organisation=row)
    facts = {
        "row": row,
        "people": people,
        "counts": counts,
        "systems": systems.count() if counts else 0,
        "findings": tallies.by_organisation(viewer).get(row.pk, tallies.Tally())
        if counts
        else None,
        "cells": found.items,
        "after": found.after,
        "begun": "after" in request.GET,
    }
    return show(request, "bureau/operator.html", facts)


def _asked(request: Visit, now: dt.datetime) -> Asked:
    known = [(row.slug, named(row)) for row in district.operators(request.viewer)]
    filters = Filters(request.GET, operators=known)
    clean = filters.cleaned_data if filters.is_valid() else {}
    wanted = Progress(clean.get("show", ""))
    after = request.GET.get("after") or None
    columns = district.columns(request.viewer, now=now, show=wanted, after=after)
    return Asked(filters, wanted, clean.get("operator", ""), columns)


def _numbers(request: Visit, now: dt.datetime) -> list[tuple[str, int]]:
    found = district.tally(request.viewer, now=now)
    steps = [
        (str(name), sum(found.states.get(each, 0) for each in states)) for name, states in _STEPS
    ]
    return [(gettext("late"), found.late), *steps]


def _bar(count: int) -> Bar:
    return Bar(count, str(count))
