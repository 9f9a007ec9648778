"""Indicators: addresses, names and hashes seen in an attack, each in one way of writing.

People paste them "defanged" (``hxxp://bad[.]example``), so that nobody clicks on them; they are
stored as they really were.
"""

from __future__ import annotations

import re
from contextlib import suppress
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

import msgspec

from noroshi.core.errors import NotAnIdentifier

LONGEST = 2048


class IndicatorType(StrEnum):
    """What an indicator is, named as STIX 2.1 names the object it is found in."""

    IPV4 = "ipv4-addr"
    IPV6 = "ipv6-addr"
    DOMAIN = "domain-name"
    URL = "url"
    SHA256 = "file-sha256"
    EMAIL = "email-addr"


class Indicator(msgspec.Struct, frozen=True, order=True):
    """One indicator, valid and canonical; make it with `indicator`."""

    type: IndicatorType
    value: str


def indicator(type_: IndicatorType, text: str) -> Indicator:
    """Return the indicator that ``text`` writes; raises `NotAnIdentifier`."""
    value = refanged(text.strip()) if len(text) <= LONGEST else ""
    try:
        canonical = _READERS[type_](value)
    except ValueError as error:
        raise NotAnIdentifier(value=repr(text[:80]), kind=type_.value) from error
    return Indicator(type_, canonical)


def recognised(text: str) -> Indicator:
    """Return the indicator that a line writes; raises `NotAnIdentifier`.

    Its type is named before it (``domain-name=bad.example``), or shows in how it is written. The
    name of a file is none, though it may look like a domain's: what others can look for is its
    hash.
    """
    name, equals, value = text.strip().partition("=")
    if equals and name in frozenset(IndicatorType):
        return indicator(IndicatorType(name), value)
    bare = refanged(text.strip()) if len(text) <= LONGEST else ""
    if "://" in bare:
        return indicator(IndicatorType.URL, bare)
    if not _FILE.search(bare):
        for kind in _BY_LOOKS:
            with suppress(NotAnIdentifier):
                return indicator(kind, bare)
    raise NotAnIdentifier(value=repr(text[:80]), kind="indicator")


def refanged(text: str) -> str:
    """Undo the usual ways of making an address harmless."""
    for tame, wild in (("[.]", "."), ("(.)", "."), ("[:]", ":"), ("[@]", "@"), ("[at]", "@")):
        text = text.replace(tame, wild)
    return re.sub(r"(?i)\Ahxxp(s?)(?=:)", r"http\1", text)


_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", re.ASCII)
_IN_URL = re.compile(r"[^\s\x00-\x20\x7f-\x9f\ud800-\udfff]+")


def _ipv4(value: str) -> str:
    return str(IPv4Network(value, strict=False) if "/" in value else IPv4Address(value))


def _ipv6(value: str) -> str:
    if "%" in value:  # a zone is a place inside one machine, nothing others could look for
        raise ValueError(value)
    return str(IPv6Network(value, strict=False) if "/" in value else IPv6Address(value))


def _domain(value: str) -> str:
    if not 0 < len(value) <= 253:
        raise ValueError(value)
    name = value.rstrip(".").encode("idna").decode().lower()
    labels = name.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(value)
    return name


def _url(value: str) -> str:
    parts = urlsplit(value)
    if not (parts.scheme and parts.hostname and _IN_URL.fullmatch(value)):
        raise ValueError(value)
    return value


def _sha256(value: str) -> str:
    if not _SHA256.fullmatch(value.lower()):
        raise ValueError(value)
    return value.lower()


def _email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    if not _LOCAL.fullmatch(local):
        raise ValueError(value)
    return f"{local}@{_domain(domain)}"


_BY_LOOKS = (
    IndicatorType.SHA256,
    IndicatorType.IPV4,
    IndicatorType.IPV6,
    IndicatorType.EMAIL,
    IndicatorType.DOMAIN,
)
"""From what can be nothing else to what almost anything could be."""

# Endings of files; none of them is a top-level domain.
_FILE = re.compile(
    r"\A[^@]*\.(?:exe|dll|sys|scr|bat|cmd|ps1|vbs|js|jar|php|aspx?|jspx?|elf|bin|docm?|docx|xlsm?|xlsx|"
    r"pptx?|pdf|rtf|txt|log|html?|lnk|iso|img|dmg|apk|rar|7z|gz|tmp|dat|json|xml|ya?ml)\Z",
    re.IGNORECASE,
)

_READERS = {
    IndicatorType.IPV4: _ipv4,
    IndicatorType.IPV6: _ipv6,
    IndicatorType.DOMAIN: _domain,
    IndicatorType.URL: _url,
    IndicatorType.SHA256: _sha256,
    IndicatorType.EMAIL: _email,
}
