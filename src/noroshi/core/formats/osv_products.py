"""Products of OSV: from a package's name in an ecosystem to its identity.

Registries become package URLs, named as their type demands. So do distributions, whose entries
name source packages (Red Hat's and the rolling ones may name built ones), with the release their
ecosystem is scoped to. What stays a name in words, ``ecosystem:package``:

* ecosystems without a package URL type of their own (``Linux``, ``Android``, ``OSS-Fuzz``), unless
  the entry brings a package URL;
* streams beside a distribution's releases, which build other versions under the same names
  (``Ubuntu:Pro:FIPS…``, ``Red Hat:openstack:17.1::el9``, SUSE's products on top of its server);
* packages of RPM modules: each stream of a module has versions of its own, and neither the name
  nor the version of a package tells which streams an interval leaves out.

Source: https://ossf.github.io/osv-schema/#defined-ecosystems
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import msgspec
from packageurl import PackageURL

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.facets import Product
from noroshi.core.formats import distributions
from noroshi.core.identity import VERSION_SCHEMES, named, parse_purl

LONGEST_NAME = 512
"""Characters of a package's name; npm and Maven allow about half."""

REGISTRIES = {
    "npm": "npm",
    "PyPI": "pypi",
    "Go": "golang",
    "Kubernetes": "golang",
    "crates.io": "cargo",
    "Maven": "maven",
    "NuGet": "nuget",
    "RubyGems": "gem",
    "Packagist": "composer",
    "Hex": "hex",
    "Pub": "pub",
    "Bitnami": "bitnami",
    "GitHub Actions": "github",
    "SwiftURL": "swift",
    "CRAN": "cran",
    "Hackage": "hackage",
    "ConanCenter": "conan",
}
"""Ecosystem → purl type."""

LONGEST_WORDS = 1024
"""Characters of an ecosystem and a name together, once they are folded."""

_RED_HAT = "Red Hat"
_SPACED = frozenset({"npm", "golang", "composer", "github", "swift"})


class _Distribution(NamedTuple):
    """Type and namespace of its package URLs, its id in os-release, what its releases look like."""

    kind: str
    vendor: str
    id: str
    release: re.Pattern[str]
    source: bool = True


_NUMBER = re.compile(r"(\d[\w.]*)")
_NONE = re.compile(r"(?!)")
_ENTERPRISE = re.compile(
    r"Linux Enterprise (?:Server|Desktop|High Performance Computing|Module for [\w -]+|"
    r"Software Development Kit|Workstation Extension|High Availability Extension|Live Patching)"
    r"(?: for [A-Za-z ]+)? (\d+)(?: SP(\d+))?(?:[ -][A-Z]+)*"
)
_MODULE = re.compile(r"[.+]module[_+]")

_DISTRIBUTIONS = {
    "Debian": _Distribution("deb", "debian", "debian", re.compile(r"(\d+|sid)")),
    "Ubuntu": _Distribution(
        "deb", "ubuntu", "ubuntu", re.compile(r"(?:Pro:)?(\d\d\.\d\d)(?::LTS)?")
    ),
    "Alpine": _Distribution("apk", "alpine", "alpine", re.compile(r"v?(\d+\.\d+)")),
    "Alpaquita": _Distribution("apk", "alpaquita", "alpaquita", _NUMBER),
    "Wolfi": _Distribution("apk", "wolfi", "wolfi", _NONE, source=False),
    "Chainguard": _Distribution("apk", "chainguard", "chainguard", _NONE, source=False),
    "MinimOS": _Distribution("apk", "minimos", "minimos", _NONE, source=False),
    "AlmaLinux": _Distribution("rpm", "almalinux", "almalinux", _NUMBER),
    "Rocky Linux": _Distribution("rpm", "rocky", "rocky", _NUMBER),
    "Azure Linux": _Distribution("rpm", "azurelinux", "azurelinux", _NUMBER),
    "Mageia": _Distribution("rpm", "mageia", "mageia", _NUMBER),
    "Photon OS": _Distribution("rpm", "photon", "photon", _NUMBER),
    "openEuler": _Distribution("rpm", "openeuler", "openeuler", re.compile(r"(\d\d\.\d\d[\w-]*)")),
    "openSUSE": _Distribution(
        "rpm", "opensuse", "opensuse-leap", re.compile(r"Leap (\d+\.\d+)(?: NonFree)?")
    ),
    "SUSE": _Distribution("rpm", "suse", "sles", _ENTERPRISE),
}


class Identity(msgspec.Struct, frozen=True, gc=False):
    """A product and the scheme that orders its versions."""

    product: Product
    versions: str


@lru_cache(maxsize=65_536)
def identify(ecosystem: str, name: str, purl: str, *, modular: bool) -> Identity | None:
    """Return the identity of a package; ``None`` if its name is empty or too long to be one.

    ``purl`` is used where the ecosystem is not known. ``modular``: it belongs to an RPM module.
    Raises `NotAnIdentifier` if ``purl`` is needed and is none.
    """
    if not 0 < len(name.strip()) <= LONGEST_NAME or len(ecosystem) > LONGEST_NAME:
        return None
    base, _, scope = ecosystem.partition(":")
    if base in REGISTRIES:
        found = _registered(REGISTRIES[base], name)
    elif base in _DISTRIBUTIONS or base == _RED_HAT:
        found = None if modular else _distributed(base, scope, name)
    elif purl:
        parsed = parse_purl(purl)
        found = Identity(parsed.identity, parsed.versions)
    else:
        found = None
    return found or _in_words(ecosystem, name)


@lru_cache(maxsize=1024)
def suse_release(platform: str) -> str:
    """Return the release of a platform of SUSE's by its full name (``sles-15.4``), or nothing."""
    maker, _, scope = platform.partition(" ")
    if maker not in {"SUSE", "openSUSE"}:
        return ""
    return _release(_DISTRIBUTIONS[maker], scope) or ""


def is_modular(version: str) -> bool:
    """Tell whether a version is that of a package in an RPM module (``…-1.module+el8.4.0+…``)."""
    return _MODULE.search(version) is not None


def repository(url: str) -> Product | None:
    """Return the identity of a repository: by package URL on GitHub, else by its address."""
    host, _, path = url.partition("://")[2].removesuffix("/").removesuffix(".git").partition("/")
    if not host or not path or len(url) > LONGEST_NAME:
        return None
    if host == "github.com" and path.count("/") == 1:
        found = _registered("github", path)
        return found.product if found else None
    return named(host, path)


def _registered(kind: str, name: str) -> Identity | None:
    namespace = ""
    if kind == "maven":
        namespace, colon, name = name.partition(":")
        if not (namespace and colon and name):
            return None
    elif kind in _SPACED:
        namespace, _, name = name.removeprefix("https://").rpartition("/")
    try:
        purl = parse_purl(PackageURL(type=kind, namespace=namespace or None, name=name).to_string())
    except (ValueError, NotAnIdentifier):
        return None
    return Identity(purl.identity, purl.versions)


def _distributed(base: str, scope: str, name: str) -> Identity | None:
    """Return the package in the release that ``scope`` names; none if it names a stream beside."""
    if base == _RED_HAT:
        stream = distributions.red_hat_release(scope)
        product = distributions.package("rpm", "redhat", name, release=stream, source=False)
        return Identity(product, VERSION_SCHEMES["rpm"]) if product and stream else None
    one = _DISTRIBUTIONS[base]
    release = _release(one, scope) if scope else ""
    if release is None:
        return None
    product = distributions.package(one.kind, one.vendor, name, release=release, source=one.source)
    return Identity(product, VERSION_SCHEMES.get(one.kind, "generic")) if product else None


def _release(distribution: _Distribution, scope: str) -> str | None:
    if (distribution.vendor, scope) == ("opensuse", "Tumbleweed"):
        return "opensuse-tumbleweed"
    found = distribution.release.fullmatch(scope)
    if found is None:
        return None
    return "-".join((distribution.id, ".".join(part for part in found.groups() if part).lower()))


def _in_words(ecosystem: str, name: str) -> Identity | None:
    product = named(ecosystem, name)
    return Identity(product, "generic") if len(product.name) <= LONGEST_WORDS else None
