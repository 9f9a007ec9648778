"""The vocabularies about members and reports in words."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from noroshi.edge import words
from noroshi.hub.intel.queries import ReportHead

register = template.Library()

register.filter("role_name", words.role)
register.filter("kind_name", words.kind)
register.filter("sector_name", words.sector)
register.filter("indicator_kind", words.indicator)


@register.filter
def district_name(value: str) -> str:
    """Return the name of a district; nothing for what stands in none."""
    return words.district(value) if value else "–"


@register.filter
def owner_name(head: ReportHead) -> str:
    """Return the name of the organisation whose a report is, in the reader's language."""
    return head.owner_name if get_language() == "ja" else head.owner_name_en or head.owner_name
