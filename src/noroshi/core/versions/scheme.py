"""The port of the version schemes."""

from __future__ import annotations

from typing import Protocol

FIRST = b""
"""Below every key: the low end of an interval that is unbounded below."""

BEYOND = b"\xff"
"""Above every key: the high end of an interval that is unbounded above."""

LONGEST = 512
"""Characters beyond which a text is not taken for a version in any scheme."""


class Scheme(Protocol):
    """A module of `core.versions` that orders one family of versions."""

    NAME: str

    def key(self, version: str, /) -> bytes:
        """Return the order-preserving key; equal exactly where the scheme calls versions equal.

        Raises `noroshi.core.errors.VersionError`.
        """


def successor(key: bytes) -> bytes:
    """Return the smallest byte string above ``key``: turns an inclusive bound into a strict one."""
    return key + b"\0"
