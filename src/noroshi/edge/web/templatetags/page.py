"""How values look on a page; the words themselves are `noroshi.edge.words`."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.core.delivery import DeliveryState
from noroshi.core.policy.marking import Tlp
from noroshi.edge import words
from noroshi.edge.web import late
from noroshi.hub.remembering import once

register = template.Library()


@register.simple_tag(takes_context=True)
def form_marks(context: dict[str, Any]) -> SafeString:
    """Return the hidden fields of every form: against forgery, double sending, somebody else's."""
    request: HttpRequest = context["request"]
    marks = once(("marks of forms", request), lambda: _marks_of_all(request))
    if request.user.is_authenticated:
        marks += format_html('<input type="hidden" name="attempt" value="{}">', uuid.uuid4().hex)
    return marks


def _marks_of_all(request: HttpRequest) -> SafeString:
    """Return those that all forms of a page have in common."""
    marks = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
    )
    if request.user.is_authenticated:
        sender = late.sender_mark(request)
        marks += format_html('<input type="hidden" name="sender" value="{}">', sender)
    return marks


@register.filter
def described(field: BoundField) -> SafeString:
    """Show a field that a screen reader connects with its hint and its errors."""
    about = []
    if field.help_text:
        about.append(f"{field.auto_id}-hint")
    if field.errors:
        about.append(f"{field.auto_id}-errors")
    marks: dict[str, str] = {"aria-describedby": " ".join(about)} if about else {}
    if field.errors:
        marks["aria-invalid"] = "true"
    return field.as_widget(attrs={**field.field.widget.attrs, **marks})


@register.filter
def moment(value: dt.datetime | None) -> SafeString | str:
    """Show a time: local, to the minute."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    shown = local.strftime("%Y-%m-%d %H:%M")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), shown)


@register.filter
def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """Show a day."""
    if value is None:
        return "–"
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat())


@register.filter
def tlp(value: Tlp) -> SafeString:
    """Show a marking as its label."""
    kind = value.value.replace("+", "-")
    return format_html('<span class="tlp tlp-{}">{}</span>', kind, value.label)


@register.simple_tag
def severity(value: str, score: float | None = None) -> SafeString:
    """Show a severity: its class in words and colour, with the score."""
    kind = value or "none-yet"
    text = words.severity(value, score)
    return format_html('<span class="badge severity-{}">{}</span>', kind, text)


@register.filter
def priority(value: str) -> SafeString:
    """Show how soon something has to be done."""
    text = words.priority(value)
    return format_html('<span class="badge priority-{}">{}</span>', value or "none", text)


@register.filter
def delivery_state(value: DeliveryState | str) -> SafeString:
    """Show where a delivery stands."""
    state = DeliveryState(value)
    text = words.delivery(state)
    return format_html('<span class="badge state-{}">{}</span>', state.value, text)


@register.filter
def finding_state(value: str) -> SafeString:
    """Show where a finding stands."""
    text = words.finding_status(value)
    return format_html('<span class="badge finding-{}">{}</span>', value, text)


@register.filter
def named(thing: Any) -> str:
    """Return the name of an organisation or community in the reader's language."""
    return str(thing.name if get_language() == "ja" else thing.name_en or thing.name)


@register.filter
def titled(thing: Any) -> str:
    """Return a title in the reader's language, or else in the other one."""
    ja, en = thing.title_ja, thing.title_en
    return str((ja or en) if get_language() == "ja" else (en or ja))


@register.filter
def either(value: bool) -> str:  # noqa: FBT001 - a template has nothing else to say it with
    """Return yes or no."""
    return _("yes") if value else _("no")


@register.simple_tag(takes_context=True)
def this_page_with(context: dict[str, Any], **changes: object) -> str:
    """Return the address of this page with some of its questions changed; ``None`` drops one."""
    asked = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return "?" + urlencode(sorted((n, v) for n, values in asked.lists() for v in values))
