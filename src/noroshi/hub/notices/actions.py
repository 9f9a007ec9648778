"""Everything that is done with notices; each deed has its own module."""

from __future__ import annotations

from noroshi.hub.notices.answering import acknowledge, mark_read, respond
from noroshi.hub.notices.drafting import content_of, draft
from noroshi.hub.notices.escalating import escalate
from noroshi.hub.notices.preview import Preview, preview
from noroshi.hub.notices.proposing import propose
from noroshi.hub.notices.publishing import ESCALATE, publish, send, withdraw

__all__ = [
    "ESCALATE",
    "Preview",
    "acknowledge",
    "content_of",
    "draft",
    "escalate",
    "mark_read",
    "preview",
    "propose",
    "publish",
    "respond",
    "send",
    "withdraw",
]
