"""Products of CVE JSON 5: the best identity an ``affected`` entry offers, and its claims.

In this order: a package URL; a package name in a collection whose purl type is known; CPE names;
vendor and product as words. An entry without any of these names nothing and makes no claim.

Two collections need more than a table. Red Hat's entries are a *package on a platform*: the CPE
names the platform and becomes the claim's condition. Go's name a package inside a module, which is
what inventories hold; the module stands in ``vendor``.
Source: https://github.com/CVEProject/cve-schema (``product``)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from packageurl import PackageURL

from noroshi.core.errors import FormatError, NotAnIdentifier
from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.formats import configurations, cve5_versions
from noroshi.core.identity import (
    DISTRIBUTION_TYPES,
    Cpe,
    Purl,
    fold,
    named,
    parse_cpe,
    parse_purl,
)

LONGEST_NAME = 512
"""Characters; the schema allows a vendor no more."""

COLLECTIONS = {
    "registry.npmjs.org": "npm",
    "www.npmjs.com": "npm",
    "npmjs.com": "npm",
    "pypi.org": "pypi",
    "pypi.python.org": "pypi",
    "repo.maven.apache.org": "maven",
    "repo1.maven.org": "maven",
    "mvnrepository.com": "maven",
    "central.sonatype.com": "maven",
    "search.maven.org": "maven",
    "rubygems.org": "gem",
    "packagist.org": "composer",
    "crates.io": "cargo",
    "nuget.org": "nuget",
    "www.nuget.org": "nuget",
    "pkg.go.dev": "golang",
    "hex.pm": "hex",
}
"""Host of ``collectionURL`` → purl type of the packages named there."""

_PLAIN = re.compile(r"()([^\s:/]+)")
_SPACED = {
    "maven": re.compile(r"([^\s:/]+):([^\s:/]+)"),
    "composer": re.compile(r"([^\s:/]+)/([^\s:/]+)"),
    "npm": re.compile(r"(?:(@[^\s:/]+)/)?([^\s:/]+)"),
    "golang": re.compile(r"(?:([^\s:]+)/)?([^\s:/]+)"),
}
"""purl type → how a package's namespace and name are written; `_PLAIN` for those without one."""

_RED_HAT = frozenset({"access.redhat.com", "catalog.redhat.com"})
_RPM_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,127}", re.ASCII)
_WORDLESS = frozenset({"", "-", "*", "?", "n/a", "na", "none", "unknown", "unspecified"})
_GO_ITSELF = {"Go standard library": "stdlib", "Go toolchain": "toolchain"}


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of ``affected``, as it stands in the document."""

    vendor: str = ""
    product: str = ""
    collection_url: str = msgspec.field(default="", name="collectionURL")
    package_name: str = ""
    package_url: str | None = msgspec.field(default=None, name="packageURL")
    cpes: list[str] = []
    default_status: str | None = None
    versions: list[cve5_versions.Entry] = []


class _Identity(msgspec.Struct, frozen=True):
    """One way an entry names its product.

    ``cpe`` is the name itself, where it is one, and ``own`` its own version, where the entry gives
    no other. ``platforms`` are names of which one must be present.
    """

    product: Product
    versions: str = "generic"
    cpe: str | None = None
    own: tuple[VersionRange, ...] = ()
    platforms: tuple[str, ...] = ()


def affected(
    entries: Iterable[Entry], by: str, conditions: configurations.Conditions, path: str
) -> Iterator[Affected | FormatError]:
    """Yield the claims of all entries; ``path`` is the JSON path of their list.

    A package URL or CPE name that is none yields its error; the entry's next best name is used.
    """
    for number, entry in enumerate(entries):
        purl, cpes, broken = _names(entry, f"{path}[{number}]")
        yield from broken
        yield from _claims(entry, by, purl, cpes, conditions)


def _names(entry: Entry, path: str) -> tuple[Purl | None, dict[str, Cpe], list[FormatError]]:
    """Return the names machines can compare, and an error for each that only pretends to be one."""
    purl = None
    cpes: dict[str, Cpe] = {}
    broken: list[FormatError] = []
    if entry.package_url:
        try:
            purl = parse_purl(entry.package_url)
        except NotAnIdentifier as error:
            broken.append(NotAnIdentifier(f"{path}.packageURL", **error.facts))
    for index, text in enumerate(entry.cpes):
        try:
            cpes[text] = parse_cpe(text)
        except NotAnIdentifier as error:
            broken.append(NotAnIdentifier(f"{path}.cpes[{index}]", **error.facts))
    return purl or _collected(entry), cpes, broken


def _claims(
    entry: Entry,
    by: str,
    purl: Purl | None,
    cpes: dict[str, Cpe],
    conditions: configurations.Conditions,
) -> Iterator[Affected]:
    numbered, commits = _ranges(entry)
    default = cve5_versions.STATUSES.get(entry.default_status or "", Status.UNKNOWN)
    for each in _identities(entry, purl, cpes, versioned=bool(numbered or commits)):
        condition = conditions.index(each.platforms) if each.platforms else None
        if each.own:  # its one version bounds the claim, whatever the entry's default
            yield Affected(by, each.product, each.versions, each.own, cpe=each.cpe)
        elif numbered or not commits:
            yield Affected(by, each.product, each.versions, numbered, default, each.cpe, condition)
        if commits:  # no default: what holds for other commits says nothing about version numbers
            yield Affected(by, each.product, "git", commits, cpe=each.cpe, condition=condition)


def _ranges(entry: Entry) -> tuple[tuple[VersionRange, ...], tuple[VersionRange, ...]]:
    """Return the intervals of version numbers, and those of Git commits."""
    numbered: list[VersionRange] = []
    commits: list[VersionRange] = []
    for version in entry.versions:
        (commits if version.of_commits else numbered).extend(cve5_versions.intervals(version))
    return tuple(numbered), tuple(commits)


def _identities(
    entry: Entry, purl: Purl | None, cpes: dict[str, Cpe], *, versioned: bool
) -> Iterator[_Identity]:
    if entry.package_name and _host(entry) in _RED_HAT:
        yield _on_platform(entry, tuple(cpes))
    elif purl is not None:
        yield _Identity(_scoped(purl), purl.versions)
    elif cpes:
        yield from _by_cpe(cpes, own_versions=not versioned and _says_affected(entry))
    elif _is_word(entry.vendor) and _is_word(entry.product):
        yield _Identity(named(entry.vendor, entry.product))


def _scoped(purl: Purl) -> Product:
    """Return a package with the release it is in and what builds it, where its URL says so."""
    given = dict(purl.qualifiers)
    kept = [*(["arch=source"] if given.get("arch") == "source" else [])]
    kept += [f"distro={given['distro']}"] if given.get("distro") else []
    if purl.type not in DISTRIBUTION_TYPES or not kept:
        return purl.identity
    return Product("purl", f"{purl.identity.name}?{'&'.join(kept)}")


def _by_cpe(cpes: dict[str, Cpe], *, own_versions: bool) -> Iterator[_Identity]:
    """Yield each product once; where the entry gives the versions, the names' own do not count."""
    seen = set()
    for text, cpe in cpes.items():
        own = configurations.own_version(cpe) if own_versions else ()
        general = msgspec.structs.replace(cpe, version="*", update="*")
        if (general, own) not in seen and configurations.names_product(cpe):
            seen.add((general, own))
            # A name's update narrows a claim, but here it goes with a version that does not count.
            name = text if own_versions or cpe.update == "*" else general.text
            yield _Identity(cpe.identity, cpe=name, own=own)


def _says_affected(entry: Entry) -> bool:
    """Tell whether an entry without usable versions calls something affected."""
    stated = {entry.default_status or "", *(version.status for version in entry.versions)}
    return "affected" in stated or stated == {""}


def _on_platform(entry: Entry, platforms: tuple[str, ...]) -> _Identity:
    """Read a package of Red Hat's: an RPM where its name can be one, else a name in their words."""
    if "/package-browser" in entry.collection_url and _RPM_NAME.fullmatch(entry.package_name):
        product = Product("purl", f"rpm/redhat/{entry.package_name}")
        return _Identity(product, "rpm", platforms=platforms)
    return _Identity(named("Red Hat", entry.package_name), platforms=platforms)


def _collected(entry: Entry) -> Purl | None:
    """Return the package URL of a package named in a collection we know."""
    kind = COLLECTIONS.get(_host(entry))
    if kind is None or not 0 < len(entry.package_name) <= LONGEST_NAME:
        return None
    written = _go_module(entry) if kind == "golang" else entry.package_name
    found = _SPACED.get(kind, _PLAIN).fullmatch(written)
    if found is None:
        return None
    try:
        return parse_purl(PackageURL(type=kind, namespace=found[1], name=found[2]).to_string())
    except (ValueError, NotAnIdentifier):
        return None


def _go_module(entry: Entry) -> str:
    if entry.vendor in _GO_ITSELF:
        return _GO_ITSELF[entry.vendor]
    inside = entry.package_name.startswith(f"{entry.vendor}/")
    return entry.vendor if inside and "." in entry.vendor else entry.package_name


def _host(entry: Entry) -> str:
    return entry.collection_url.partition("://")[2].partition("/")[0].lower()


def _is_word(text: str) -> bool:
    return len(text) <= LONGEST_NAME and fold(text) not in _WORDLESS
