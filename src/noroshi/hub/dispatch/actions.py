"""Everything that is done with messages and endpoints; each deed has its own module."""

from __future__ import annotations

from noroshi.hub.dispatch.contents import prepared_call, prepared_mail
from noroshi.hub.dispatch.endpoints import (
    add_endpoint,
    renew_secret,
    secret_of,
    send_again,
    switch_off,
    switch_on,
    try_out,
)
from noroshi.hub.dispatch.expanding import expand
from noroshi.hub.dispatch.outbox import claim, record

__all__ = [
    "add_endpoint",
    "claim",
    "expand",
    "prepared_call",
    "prepared_mail",
    "record",
    "renew_secret",
    "secret_of",
    "send_again",
    "switch_off",
    "switch_on",
    "try_out",
]
