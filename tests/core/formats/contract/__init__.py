"""What the contract of the feed formats is asked with: one module a format, found by its name.

Each module has ``PAYLOADS``, good ones, and ``BAD``: a payload with three places for records
(``%s``) and one good record of `feed_samples.NAME`; ``None`` where a payload never holds several.
``VALUES``, if it is there, returns a fresh good document as JSON values, every place of which is
spoilt in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from noroshi.core.formats.feed import FeedFormat


class Contract(Protocol):
    """A module of this package."""

    PAYLOADS: list[bytes]
    BAD: tuple[bytes, bytes] | None
    VALUES: Callable[[], Any]


CONTRACTS: Mapping[str, Contract] = {
    name: cast("Contract", import_module(f"{__name__}.{name}"))
    for _, name, _ in iter_modules(__path__)
}
FORMATS: Mapping[str, FeedFormat] = {
    name: cast("FeedFormat", import_module(f"noroshi.core.formats.{name}")) for name in CONTRACTS
}
