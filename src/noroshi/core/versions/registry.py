"""Every version scheme by its name, and the one function that makes keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from noroshi.core.errors import VersionError
from noroshi.core.versions import apk, deb, generic, maven, npm, pypi, rpm, semver
from noroshi.core.versions.scheme import Scheme

_ALL: tuple[Scheme, ...] = (apk, deb, generic, maven, npm, pypi, rpm, semver)

SCHEMES: Mapping[str, Scheme] = MappingProxyType({scheme.NAME: scheme for scheme in _ALL})
"""Name → scheme. ``git`` is none: commits have no order that their names would show."""

LONGEST_KEY = 2048
"""Bytes of a key; a database's index takes little more. No version met in the wild has 200."""


@lru_cache(maxsize=131_072)
def key(scheme: str, version: str) -> bytes:
    """Return the order-preserving key of ``version`` in the scheme of that name.

    Raises `VersionError` for text that is no version there, and for a scheme that does not exist.
    """
    found = SCHEMES.get(scheme)
    if found is None:
        raise VersionError(value=repr(version[:80]), scheme=repr(scheme[:80]))
    result = found.key(version)
    if len(result) > LONGEST_KEY:
        raise VersionError(value=repr(version[:80]), scheme=scheme)
    return result
