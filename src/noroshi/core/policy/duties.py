"""Who may do what: reading is `visibility`'s matter, acting is decided here."""

from __future__ import annotations

from noroshi.core.policy.visibility import OUTSIDE_THE_CONTENTS, Anonymous, Member, System, Viewer
from noroshi.core.sector import Role

LENDS = {
    Role.VIEWER: frozenset({Role.VIEWER}),
    Role.RESPONDER: frozenset({Role.VIEWER, Role.RESPONDER}),
    Role.ORGANISATION_ADMIN: frozenset(
        {
            Role.VIEWER,
            Role.RESPONDER,
            Role.ORGANISATION_ADMIN,
            Role.BUREAU_OFFICER,
            Role.MINISTRY,
        }
    ),
    Role.BUREAU_OFFICER: frozenset({Role.VIEWER, Role.RESPONDER, Role.BUREAU_OFFICER}),
    Role.HUB_ANALYST: frozenset({Role.VIEWER, Role.RESPONDER, Role.HUB_ANALYST}),
    Role.HUB_ADMIN: frozenset(Role) - {Role.AUDITOR},
    Role.MINISTRY: frozenset({Role.MINISTRY}),
    Role.AUDITOR: frozenset({Role.AUDITOR}),
}
"""The roles that somebody may give a program that acts for the same organisation.

Whoever administers an organisation lends what people of that kind of organisation do there.
"""

ONLY_READ = OUTSIDE_THE_CONTENTS | {Role.VIEWER}
"""Roles that never speak for their organisation."""

ADMINISTER = frozenset({Role.ORGANISATION_ADMIN, Role.HUB_ADMIN})
"""Roles that look after what their organisation has set up here."""


def may_act(viewer: Viewer) -> bool:
    """Say whether the viewer may speak for its organisation: send, answer, report, share."""
    match viewer:
        case System():
            return True
        case Anonymous():
            return False
        case Member(role=role):
            return role not in ONLY_READ


def may_administer(viewer: Viewer) -> bool:
    """Say whether the viewer looks after what its organisation has set up here."""
    match viewer:
        case System():
            return True
        case Anonymous():
            return False
        case Member(role=role):
            return role in ADMINISTER
