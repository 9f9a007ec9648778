"""People of the sample whom a visitor may be: one for each kind of day's work."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from rich.console import Console

from noroshi.edge import words
from noroshi.hub.members.models import Person
from noroshi.run.tables import say, show

WHO = (
    "security@funayurei-tv.example.jp",
    "officer@okinawa.bureau.example.com",
    "analyst@hub.example.com",
    "admin@hub.example.com",
    "policy@ministry.example.com",
    "auditor@hub.example.com",
)
"""An operator, a bureau, the hub's analyst and administrator, the ministry, the auditor."""


def give_password() -> str:
    """Give these people one password, made anew each time, and return it."""
    password = secrets.token_urlsafe(9)
    Person.objects.filter(email__in=WHO).update(password=make_password(password))
    return password


def show_them(console: Console, password: str) -> None:
    """Print where the site is, and as whom to sign in."""
    people = {one.email: one for one in Person.objects.filter(email__in=WHO)}
    rows = [(words.role(people[email].role), email, password) for email in WHO]
    title = _("Sign in at %(address)s as") % {"address": settings.NOROSHI.site_url}
    show(console, (_("Role"), _("Mail address"), _("Password")), rows, title=title)
    say(console, "")
