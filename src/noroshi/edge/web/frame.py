"""What stands around every page: navigation, language, light and dark, who is signed in."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.core.sector import Role
from noroshi.edge.web.pages import CONTENTS, EVERY_ROLE, HUB

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


class Entry(msgspec.Struct, frozen=True):
    """One entry of the navigation."""

    title: str
    address: str
    current: bool


def entries(role: Role, path: str) -> list[Entry]:
    """Return what this role may open, in the order of a day's work."""
    table = (
        (_("My exposure"), "exposure", CONTENTS),
        (_("Vulnerabilities"), "vulnerabilities", CONTENTS),
        (_("Notices"), "notices", CONTENTS),
        (_("Assets"), "assets", CONTENTS),
        (_("Incidents"), "incidents", CONTENTS),
        (_("District"), "bureau", frozenset({Role.BUREAU_OFFICER})),
        (_("Figures"), "figures", HUB | {Role.MINISTRY}),
        (_("Organisation"), "organisation", frozenset({Role.ORGANISATION_ADMIN})),
        (_("Hub"), "hub", HUB),
        (_("Event record"), "audit", frozenset({Role.AUDITOR, Role.HUB_ADMIN})),
    )
    shown = [(title, reverse(name)) for title, name, roles in table if role in roles]
    # The event record lies below the hub: the longest address that fits is where one is.
    here = max((place for _title, place in shown if path.startswith(place)), key=len, default="")
    return [Entry(title, place, place == here) for title, place in shown]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every template may use (a context processor)."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    role = Role(user.role) if signed_in and user else None
    return {
        "theme": theme if theme in THEMES else "auto",
        "navigation": entries(role, request.path) if role else [],
        "role": role,
        "may_act": role is not None
        and role in EVERY_ROLE - {Role.VIEWER, Role.MINISTRY, Role.AUDITOR},
    }
