"""Settings that hold several of one kind: addresses with names, and logins by those names."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from noroshi.core.addresses import Reach, place
from noroshi.core.errors import MisconfiguredError

Given = tuple[tuple[str, str], ...]
"""Names with their addresses."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}", re.ASCII)
_TOKEN = re.compile(r"[!-~]{1,4000}")


def given(values: Mapping[str, str], setting: str) -> Given:
    """Return what stands in a setting as ``name=https://… name=https://…``."""
    found = tuple(_pairs(values, setting))
    for _, address in found:
        if place(address, Reach.PUBLIC) is None:
            detail = f"{address!r} is not a public address such as https://…"
            raise MisconfiguredError(setting=setting, detail=detail)
    return found


def logins(values: Mapping[str, str], setting: str, named_in: str) -> Mapping[str, str]:
    """Return by name what is sent as ``Authorization`` (RFC 7617, RFC 6750).

    ``name=basic:user:password name=bearer:token``; spaces and ``%`` are written as in addresses.
    What is wrong with a login never repeats it.
    """
    known = {name for name, _ in _pairs(values, named_in)}
    found: dict[str, str] = {}
    for name, login in _pairs(values, setting):
        if name not in known:
            detail = f"{named_in} gives no address with the name {name!r}"
            raise MisconfiguredError(setting=setting, detail=detail)
        found[name] = _authorization(login, name, setting)
    return found


def _authorization(login: str, name: str, setting: str) -> str:
    kind, _, rest = login.partition(":")
    user, colon, password = rest.partition(":")
    if kind == "basic" and user and colon:
        pair = f"{unquote(user)}:{unquote(password)}".encode()
        return f"Basic {b64encode(pair).decode()}"
    token = unquote(rest)
    if kind == "bearer" and _TOKEN.fullmatch(token):
        return f"Bearer {token}"
    detail = f"expected {name}=basic:user:password or {name}=bearer:token"
    raise MisconfiguredError(setting=setting, detail=detail)


def _pairs(values: Mapping[str, str], setting: str) -> Iterator[tuple[str, str]]:
    """Yield names and what stands behind them; nothing of that is repeated in errors."""
    names: set[str] = set()
    for number, word in enumerate(values[setting].split(), start=1):
        name, equals, text = word.partition("=")
        if not equals or not text or not _NAME.fullmatch(name):
            detail = f"word {number} is not a name (a-z, 0-9, hyphens), = and what it stands for"
            raise MisconfiguredError(setting=setting, detail=detail)
        if name in names:
            raise MisconfiguredError(setting=setting, detail=f"the name {name!r} occurs twice")
        names.add(name)
        yield name, text
