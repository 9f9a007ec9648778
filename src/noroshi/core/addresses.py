"""Addresses that our server may ask: which, and what they may stand for.

A webhook's address is chosen by a member, a redirect's by another server. What only our server
reaches (its own network, a cloud's metadata service) must stay out of reach of both.
"""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

LONGEST_URL = 500
"""Characters of an address that a person gives; a server may lead to longer ones."""


class Reach(StrEnum):
    """How far requests may go: to the public network by https, or also within ours by http."""

    PUBLIC = "public"
    ANYWHERE = "anywhere"


class Place(msgspec.Struct, frozen=True):
    """An address taken apart. ``target`` is the path with its question."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as in the Host header: the usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == USUAL_PORT[self.scheme] else f"{host}:{self.port}"


USUAL_PORT = {"https": 443, "http": 80}
_SCHEMES = {Reach.PUBLIC: {"https"}, Reach.ANYWHERE: {"https", "http"}}
_ADDRESS = re.compile(r"[!-~]+")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")


def place(url: str, reach: Reach, longest: int = LONGEST_URL) -> Place | None:
    """Return the parts of an address that a request may go to; ``None`` for any other text.

    Refused: more than ``longest`` characters, another scheme, user and password, a fragment,
    anything but visible ASCII, and a literal address out of reach. What a host *name* stands for is
    looked at when it is called.
    """
    if len(url) > longest or not _ADDRESS.fullmatch(url) or "#" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host, scheme = parts.hostname or "", parts.scheme
    if scheme not in _SCHEMES[reach] or "@" in parts.netloc or port == 0:
        return None
    if not _usable(host, reach):
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(scheme, host, port or USUAL_PORT[scheme], target)


def _usable(host: str, reach: Reach) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # A name whose last label is a number is an address in disguise: 127.1, 0x7f.1, 2130706433.
        last = host.rstrip(".").rpartition(".")[2]
        return bool(_NAME.fullmatch(host)) and not re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", last)
    return reachable(host, reach)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: IPv4 inside IPv6
_CLOUD = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Addresses that look public and are a cloud's own service (Azure's for its machines)."""


def reachable(address: str, reach: Reach) -> bool:
    """Say whether a numeric address may be connected to.

    Out of reach: private, loopback, link-local (where clouds keep their metadata service), shared,
    reserved and multicast addresses, also when they are wrapped in IPv6. Raises `ValueError` for
    what is no address.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return reach is Reach.ANYWHERE or _public(parsed)


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is None and address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return _public(inside)
    return address.is_global and not address.is_multicast and address not in _CLOUD
