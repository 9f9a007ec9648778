"""The pictures of the documentation: which page, seen by whom, how wide.

``make screenshots`` takes them anew into ``docs/{en,ja}/images``.
"""

from __future__ import annotations

import msgspec

OPERATOR = "security@funayurei-tv.example.jp"
OFFICER = "officer@okinawa.bureau.example.com"
ANALYST = "analyst@hub.example.com"
ADMIN = "admin@hub.example.com"
MINISTRY = "policy@ministry.example.com"
AUDITOR = "auditor@hub.example.com"

PHONE, DESK = 390, 1100


class Shot(msgspec.Struct, frozen=True):
    """One picture: its name, who looks, the address, the width in pixels."""

    name: str
    who: str
    path: str
    width: int = DESK


SHOTS = (
    Shot("sign-in", "", "/sign-in", PHONE),
    Shot("exposure", OPERATOR, "/exposure", PHONE),
    Shot("finding", OPERATOR, "/exposure/CVE-2024-36401"),
    Shot("vulnerabilities", OPERATOR, "/vulnerabilities"),
    Shot("vulnerability", OPERATOR, "/vulnerabilities/CVE-2024-36401"),
    Shot("notices", OPERATOR, "/notices"),
    Shot("notice", OPERATOR, "/notices/N-2026-0005", PHONE),
    Shot("assets", OPERATOR, "/assets"),
    Shot("incident-new", OPERATOR, "/incidents/new"),
    Shot("account", OPERATOR, "/account"),
    Shot("bureau", OFFICER, "/bureau"),
    Shot("queue", ANALYST, "/notices/queue"),
    Shot("compose", ANALYST, "/notices/new"),
    Shot("hub", ADMIN, "/hub"),
    Shot("organisations", ADMIN, "/hub/organisations"),
    Shot("household", ADMIN, "/organisations/funayurei-tv"),
    Shot("figures", MINISTRY, "/figures"),
    Shot("audit", AUDITOR, "/hub/audit"),
)
