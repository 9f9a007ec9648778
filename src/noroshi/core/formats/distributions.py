"""Packages of distributions: their identity with the release it holds for.

How such identities are written: `noroshi.core.identity`. A release is named by the id and version
of its os-release file (``debian-12``), as inventories name it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from noroshi.core.facets import Product
from noroshi.core.identity import parse_purl

_NAME = re.compile(r"[A-Za-z0-9_][\w.+~-]{0,127}", re.ASCII)
_RELEASE = re.compile(r"[a-z][\w.-]{0,63}", re.ASCII)
_VERSION = re.compile(r"(\d+)(?:\.\d+)?")
_ON = re.compile(r"el(\d+)")

_MAJOR = frozenset(
    {
        "enterprise_linux",
        "rhel_extras",
        "rhel_extras_oracle_java",
        "rhel_extras_other",
        "rhel_extras_rt",
        "rhel_extras_rt_els",
        "rhel_extras_sap",
        "rhel_els",
    }
)
_MINOR = frozenset({"rhel_eus", "rhel_aus", "rhel_tus", "rhel_e4s", "rhel_mission_critical"})
_COLLECTIONS = frozenset({"rhel_software_collections", "rhel_dotnet"})


@lru_cache(maxsize=65_536)
def package(
    kind: str, vendor: str, name: str, *, release: str = "", source: bool = True
) -> Product | None:
    """Return the identity of a distribution's package; ``None`` if ``name`` cannot be one's.

    ``kind`` and ``vendor`` are type and namespace of its package URL (``deb``, ``ubuntu``),
    ``release`` is the one it is in (``ubuntu-22.04``; empty: in all of them), ``source`` tells
    whether ``name`` is a source package's.
    """
    if not _NAME.fullmatch(name) or (release and not _RELEASE.fullmatch(release)):
        return None
    identity = parse_purl(f"pkg:{kind}/{vendor}/{quote(name)}").identity
    qualifiers = [*(["arch=source"] if source else []), *([f"distro={release}"] if release else [])]
    return Product("purl", "?".join((identity.name, "&".join(qualifiers))).rstrip("?"))


@lru_cache(maxsize=8_192)
def red_hat_release(stream: str) -> str:
    """Return the release of RHEL a stream's packages are for (``redhat-8``), or nothing.

    ``stream`` is what stands after the vendor in the stream's CPE name
    (``enterprise_linux:8::appstream``, ``rhel_eus:8.4``). Repositories of RHEL itself and its
    software collections are for a major release. A stream of updates for one minor release has
    builds of its own and is named by it (``redhat-8.4``). Other products (Satellite, OpenStack,
    hypervisors) ship packages of the same names in other builds: they are no release of RHEL.
    """
    product, _, rest = stream.partition(":")
    fields = rest.split(":")
    version = _VERSION.match(fields[0])
    if version is None or fields[-1].startswith("hypervisor"):
        return ""
    if product in _COLLECTIONS:
        on = _ON.fullmatch(fields[-1])
        return f"redhat-{on[1]}" if on else ""
    if product in _MINOR:
        return f"redhat-{version[0]}"
    return f"redhat-{version[1]}" if product in _MAJOR else ""
