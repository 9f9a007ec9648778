"""Who may change something here."""

from __future__ import annotations

from noroshi.core.policy.duties import ONLY_READ
from noroshi.core.sector import Role
from noroshi.edge.web.pages import CONTENTS

ACTING = CONTENTS - ONLY_READ
"""Roles that speak for their organisation: upload, rename, retire."""

GRANTING = frozenset({Role.ORGANISATION_ADMIN, Role.HUB_ADMIN})
"""Roles that decide what others see of their organisation."""
