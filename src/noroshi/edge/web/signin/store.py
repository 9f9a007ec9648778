"""Sessions in the database, under the names that were given to them here and no others."""

from __future__ import annotations

import re

from django.contrib.sessions.backends.db import SessionStore as Stored

_NAME = re.compile(r"[0-9a-z]{32}", re.ASCII)


class SessionStore(Stored):
    """Django's sessions. What cannot be the name of one is none, and never gets to the database.

    PostgreSQL fails over a NUL, which a cookie can hold.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and _NAME.fullmatch(key) is not None
