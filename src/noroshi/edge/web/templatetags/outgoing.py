"""How messages on their way out look on a page."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from noroshi.core.outgoing import Channel, MessageKind, MessageState, Trouble
from noroshi.hub.dispatch.views import Envelope, LastCall

register = template.Library()

_LOOKS = {
    MessageState.SENT: "good",
    MessageState.FAILED: "warn",
    MessageState.GIVEN_UP: "bad",
}


@register.filter
def why(message: Envelope | LastCall) -> str:
    """Return why the last attempt failed; empty: it did not."""
    if message.trouble is None:
        return ""
    text = {
        Trouble.UNREACHABLE: _("nobody answered at this address"),
        Trouble.TIMEOUT: _("there was no answer in time"),
        Trouble.TLS: _("the connection could not be trusted (certificate)"),
        Trouble.UNKNOWN_HOST: _("the name of the host is not known"),
        Trouble.NOT_PUBLIC: _("the address is not a public one"),
        Trouble.STATUS: _("the answer was %(code)s"),
        Trouble.GONE: _("the answer was that it is gone (%(code)s)"),
        Trouble.MAIL_REFUSED: _("the mail server refused it (%(code)s)"),
        Trouble.SIGN_IN_REFUSED: _("the mail server refused to let us in (%(code)s)"),
        Trouble.UNREADABLE_SECRET: _("its secret cannot be read any more; make a new one"),
        Trouble.DEFECT: _("a defect of this software; the log of the node says more"),
    }[message.trouble]
    return text % {"code": message.code or "–"}


@register.filter
def message_state(value: MessageState) -> SafeString:
    """Show where a message stands."""
    text = {
        MessageState.WAITING: _("on its way"),
        MessageState.FAILED: _("to be tried again"),
        MessageState.SENT: _("arrived"),
        MessageState.GIVEN_UP: _("given up"),
        MessageState.DROPPED: _("not needed any more"),
    }[value]
    return format_html('<span class="badge {}">{}</span>', _LOOKS.get(value, ""), text)


@register.filter
def message_kind(value: MessageKind) -> str:
    """Return what a message is about."""
    return {
        MessageKind.PUBLISHED: _("Notice"),
        MessageKind.WITHDRAWN: _("Withdrawal"),
        MessageKind.LATE: _("Late answer"),
        MessageKind.TEST: _("Test call"),
    }[value]


@register.filter
def channel_name(value: Channel) -> str:
    """Return how a message leaves."""
    return {Channel.MAIL: _("Mail"), Channel.WEBHOOK: _("Webhook")}[value]
