"""Webhooks: how they are signed.

Signatures and headers: Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks).
Where they may go: `noroshi.core.addresses`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with


def written_secret(key: bytes) -> str:
    """Return a secret as it is handed to whoever receives: ``whsec_`` and base64."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``: HMAC-SHA256 over ``id.timestamp.body``."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
