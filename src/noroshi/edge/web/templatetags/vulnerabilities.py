"""How values look on the pages of vulnerabilities."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.safestring import SafeString

from noroshi.edge.web.templatetags.page import day, moment

register = template.Library()

SMALLEST = 0.0005
"""The probability below which a percentage with one decimal would say none."""


@register.filter
def percent(value: float | None) -> str:
    """Show a probability as a percentage."""
    if value is None:
        return "–"
    return "< 0.1%" if 0 < value < SMALLEST else f"{value:.1%}"


@register.filter
def occasion(value: dt.date | dt.datetime) -> SafeString | str:
    """Show a time as exactly as it is known: to the minute, or a day."""
    return moment(value) if isinstance(value, dt.datetime) else day(value)
