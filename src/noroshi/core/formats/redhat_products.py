"""Products of Red Hat's security data: which packages of which platforms are affected or fixed.

An entry names a *package on a platform* (a CPE name). Four kinds of entry, four ways to be said:

* A package of a release of RHEL: its package URL in that release (`distributions.red_hat_release`).
  A fix says both: affected below it, fixed from it on.
* A package of another product (Satellite, OpenStack, JBoss): the same package URL, with the
  product as the claim's condition, and only where it is affected. Such products build packages of
  RHEL's names anew, so nothing they say may excuse RHEL's own, and where RHEL's own is spoken of in
  the same document that alone is the claim. An advisory that lists more than `FEW` packages for a
  product lists all it ships, not what was weak: it makes no claim at all.
* A module (``nodejs:14-8040020210708154809.522a0ee4``) or a container image
  (``openshift4/ose-console:v4.6.0-1``): a name in words on its platform. The packages inside have
  versions of their own, one row for each stream of the module, and which those are is not said:
  as packages of RHEL they would be claims on other builds.
* What has no version or no name of a package (``jakarta.el``, ``Core Server``): also in words.

``fix_state``: "Affected", "Will not fix", "Fix deferred" and "Out of support scope" all say
affected, as Red Hat's own VEX documents do; the last three give the reason. "Under investigation"
says nothing about any version yet.
Source: https://docs.redhat.com/en/documentation/red_hat_security_data_api/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier
from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.formats import configurations, distributions
from noroshi.core.identity import Cpe, named, parse_cpe

BY = "redhat"

FEW = 4
"""Packages that one advisory lists for one product beside RHEL, and still means each of them."""

LONGEST_NAME = 256
"""Characters of what an entry calls its package; the longest real one has about a hundred."""

STATES = {
    "affected": (Status.AFFECTED, ""),
    "will not fix": (Status.AFFECTED, "will-not-fix"),
    "fix deferred": (Status.AFFECTED, "fix-deferred"),
    "out of support scope": (Status.AFFECTED, "out-of-support-scope"),
    "not affected": (Status.NOT_AFFECTED, ""),
    "under investigation": (Status.UNKNOWN, "under-investigation"),
}
"""``fix_state``, lower case → status and reason; any other says nothing."""

_NEVR = re.compile(r"([^:/\s]+)-(\d+:[^-:/\s]+-[^-:/\s]+)")
_MODULE = re.compile(r"([^:/\s]+:[^:/\s]+)-(\d{8,}\.\w+)")
_IMAGE = re.compile(r"([^:\s]+/[^:\s]+):([^:/\s]+)")
_DISTRIBUTION_TAG = re.compile(r"\.el(\d{1,2})(?!\d)")
_ON = re.compile(r":el(\d{1,2})$")


class Release(msgspec.Struct, frozen=True, gc=False):
    """A fix that was released: an entry of ``affected_release``."""

    product_name: str = ""
    advisory: str = ""
    cpe: str = ""
    package: str = ""


class State(msgspec.Struct, frozen=True, gc=False):
    """A package for which no fix was released: an entry of ``package_state``."""

    product_name: str = ""
    fix_state: str = ""
    package_name: str = ""
    cpe: str = ""


class _Platform(msgspec.Struct, frozen=True, gc=False):
    """A platform: its CPE name, the release of RHEL it is (or nothing), the one it runs on."""

    cpe: Cpe
    name: str
    release: str
    on: str


class _Build(NamedTuple):
    """A package of a product beside RHEL with the version that fixes it."""

    product: Product
    fixed: str


def affected(
    releases: list[Release], states: list[State], conditions: configurations.Conditions
) -> Iterator[Affected | FormatError]:
    """Yield the claims of a document; a platform that is no CPE name yields its error."""
    platforms, broken = _platforms(releases, states)
    yield from broken
    fixed: dict[Product, dict[str, None]] = {}
    for release in releases:
        found = _of_rhel(release, platforms)
        if found is not None:
            fixed.setdefault(found.product, {})[found.fixed] = None
    for product, versions in fixed.items():
        yield Affected(BY, product, "rpm", _fixes(versions))
    spoken_of = set(fixed)
    for state in states:
        claim = _state(state, platforms, conditions)
        if claim is not None:
            yield claim
            if claim.condition is None:
                spoken_of.add(claim.product)
    for build, where in _beside(releases, platforms).items():
        if build.product not in spoken_of:
            scheme = "rpm" if build.product.scheme == "purl" else "generic"
            below = (VersionRange(high=build.fixed),)
            condition = conditions.index(tuple(where))
            yield Affected(BY, build.product, scheme, below, condition=condition)


def platforms_of(releases: Iterable[Release]) -> tuple[Product, ...]:
    """Return the products that releases are for, each once; those without a CPE name not."""
    found: dict[Product, None] = {}
    for release in releases:
        platform = _platform(release.cpe)
        if platform is not None:
            found[platform.cpe.identity] = None
    return tuple(found)


def _platforms(
    releases: list[Release], states: list[State]
) -> tuple[dict[str, _Platform], list[FormatError]]:
    """Return the platforms by CPE name as written, and an error for each name that is none."""
    known: dict[str, _Platform] = {}
    broken: list[FormatError] = []
    lists: tuple[tuple[str, Iterable[Release | State]], ...] = (
        ("affected_release", releases),
        ("package_state", states),
    )
    for path, entries in lists:
        for index, entry in enumerate(entries):
            if entry.cpe in known:
                continue
            platform = _platform(entry.cpe)
            if platform is not None:
                known[entry.cpe] = platform
            else:
                value, where = repr(entry.cpe[:120]), f"$.{path}[{index}].cpe"
                broken.append(NotAnIdentifier(where, value=value, kind="CPE name"))
    return known, broken


@lru_cache(maxsize=8_192)
def _platform(text: str) -> _Platform | None:
    try:
        cpe = parse_cpe(text)
    except NotAnIdentifier:
        return None
    release = distributions.red_hat_release(text.partition(":redhat:")[2])
    on = _ON.search(text)
    return _Platform(cpe, cpe.text, release, f"redhat-{on[1]}" if on else "")


def _of_rhel(release: Release, platforms: dict[str, _Platform]) -> _Build | None:
    """Return the package of a release of RHEL that an entry names, and the fixed version."""
    platform = platforms.get(release.cpe)
    if platform is None or not platform.release:
        return None
    found = _NEVR.fullmatch(release.package)
    product = _package(found[1], platform.release) if found else None
    return _Build(product, found[2]) if found and product else None


def _fixes(versions: Iterable[str]) -> tuple[VersionRange, ...]:
    return (
        *(VersionRange(high=version) for version in versions),
        *(VersionRange(Status.FIXED, low=version) for version in versions),
    )


def _state(
    state: State, platforms: dict[str, _Platform], conditions: configurations.Conditions
) -> Affected | None:
    platform = platforms.get(state.cpe)
    name = state.package_name.strip()
    if platform is None or not 0 < len(name) <= LONGEST_NAME:
        return None
    status, reason = STATES.get(state.fix_state.strip().lower(), (Status.UNKNOWN, ""))
    ranges = () if status is Status.UNKNOWN else (VersionRange(status),)
    product = _package(name, platform.release) if platform.release else None
    if product is not None:
        return Affected(BY, product, "rpm", ranges, reason=reason)
    condition = conditions.index((platform.name,))
    in_words = named("Red Hat", name)
    return Affected(BY, in_words, "generic", ranges, condition=condition, reason=reason)


def _beside(
    releases: list[Release], platforms: dict[str, _Platform]
) -> dict[_Build, dict[str, None]]:
    """Return what is fixed beside RHEL's own packages, and on which platforms."""
    listed: dict[tuple[str, str], dict[_Build, None]] = {}
    for release in releases:
        platform = platforms.get(release.cpe)
        if platform is None:
            continue
        build = _in_words(release.package) or _layered(release.package, platform)
        if build is not None:
            listed.setdefault((release.advisory, platform.name), {})[build] = None
    found: dict[_Build, dict[str, None]] = {}
    for (_, name), builds in listed.items():
        packages = sum(build.product.scheme == "purl" for build in builds)
        for build in builds:
            if packages <= FEW or build.product.scheme != "purl":
                found.setdefault(build, {})[name] = None
    return found


def _in_words(package: str) -> _Build | None:
    """Return a module or a container image with its version."""
    if len(package) > LONGEST_NAME or ":" not in package:
        return None
    found = _MODULE.fullmatch(package) or _IMAGE.fullmatch(package)
    return _Build(named("Red Hat", found[1]), found[2]) if found else None


def _layered(package: str, platform: _Platform) -> _Build | None:
    """Return a package of a product on top of RHEL; its build tells which RHEL better than CPE."""
    found = None if platform.release else _NEVR.fullmatch(package)
    if found is None:
        return None
    tag = _DISTRIBUTION_TAG.search(found[2])
    product = _package(found[1], f"redhat-{tag[1]}" if tag else platform.on)
    return _Build(product, found[2]) if product else None


def _package(name: str, release: str) -> Product | None:
    return distributions.package("rpm", "redhat", name, release=release) if release else None
