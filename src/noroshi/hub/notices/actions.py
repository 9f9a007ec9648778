"""Everything that is done with notices; each deed has its own module."""

from __future__ import annotations

from noroshi.hub.notices.answering import acknowledge, mark_read, respond
from noroshi.hub.notices.drafting import Written, content_of, discard, draft, draft_for, edit
from noroshi.hub.notices.escalating import escalate
from noroshi.hub.notices.preview import Preview, preview, previewed
from noroshi.hub.notices.proposing import propose
from noroshi.hub.notices.publishing import (
    DISPATCH,
    ESCALATE,
    publish,
    publish_as_seen,
    send,
    withdraw,
)
from noroshi.hub.notices.revising import Asking, Change, revise, sent_for

__all__ = [
    "DISPATCH",
    "ESCALATE",
    "Asking",
    "Change",
    "Preview",
    "Written",
    "acknowledge",
    "content_of",
    "discard",
    "draft",
    "draft_for",
    "edit",
    "escalate",
    "mark_read",
    "preview",
    "previewed",
    "propose",
    "publish",
    "publish_as_seen",
    "respond",
    "revise",
    "send",
    "sent_for",
    "withdraw",
]
