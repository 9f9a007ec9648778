"""Keeping the secrets of webhooks unreadable at rest.

They have to be usable, for they sign; so they are encrypted (Fernet: AES-128-CBC, HMAC-SHA256) with
a key derived from the node's own. A copy of the database alone reveals none.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused

_PURPOSE = b"noroshi webhook secrets 1"


def seal(key: bytes) -> bytes:
    """Return the encrypted form of a secret."""
    return _box().encrypt(key)


def unseal(sealed: bytes) -> bytes:
    """Return the secret; raises `Refused` where the node's key is another one than it was."""
    try:
        return _box().decrypt(sealed)
    except InvalidToken as error:
        detail = _("this secret was kept with another key of the node; make a new one")
        raise Refused(detail=detail) from error


def _box() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
