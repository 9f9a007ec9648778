"""Who may do what: reading is `visibility`'s matter, acting is decided here."""

from __future__ import annotations

from noroshi.core.policy.visibility import OUTSIDE_THE_CONTENTS, Anonymous, Member, System, Viewer
from noroshi.core.sector import Role

ONLY_READ = OUTSIDE_THE_CONTENTS | {Role.VIEWER}
"""Roles that never speak for their organisation."""


def may_act(viewer: Viewer) -> bool:
    """Say whether the viewer may speak for its organisation: send, answer, report, share."""
    match viewer:
        case System():
            return True
        case Anonymous():
            return False
        case Member(role=role):
            return role not in ONLY_READ
