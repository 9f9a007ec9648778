"""OSV, written: a merged view of one vulnerability (`merged`) that readers of it take.

OSV speaks of packages in ecosystems and of commits, and only of what is affected. A claim is
written where our own reader finds the very same product in it; the others (CPE names, products in
words, what needs a platform, an excluded lower bound) are counted in ``database_specific``: the CVE
form holds them.
Source: https://ossf.github.io/osv-schema/ (version 1.7)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import NotAnIdentifier, VersionError
from noroshi.core.facets import Affected, Product, State, Status, VersionRange
from noroshi.core.formats import merged, osv_products
from noroshi.core.formats.merged import Json, Merged, written
from noroshi.core.versions.ranges import key_ranges
from noroshi.core.versions.registry import key
from noroshi.core.versions.scheme import BEYOND, FIRST, successor

MEDIA_TYPE = "application/json"
VERSION = "1.7.0"

_ECOSYSTEMS = {
    kind: name
    for name, kind in reversed(osv_products.REGISTRIES.items())
    if kind != "github"  # not every repository there is an action
}
_DISTRIBUTIONS = {
    "debian": "Debian:{}",
    "ubuntu": "Ubuntu:{}",
    "alpine": "Alpine:v{}",
    "almalinux": "AlmaLinux:{}",
    "rocky": "Rocky Linux:{}",
    "azurelinux": "Azure Linux:{}",
    "mageia": "Mageia:{}",
    "openeuler": "openEuler:{}",
    "opensuse-leap": "openSUSE:Leap {}",
}
_SEMVER = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", re.ASCII)
_VECTORS = {"2.0": "CVSS_V2", "3.0": "CVSS_V3", "3.1": "CVSS_V3", "4.0": "CVSS_V4"}
_REFERENCES = {
    "patch": "FIX",
    "fix": "FIX",
    "advisory": "ADVISORY",
    "vendor-advisory": "ADVISORY",
    "third-party-advisory": "ADVISORY",
    "exploit": "EVIDENCE",
    "evidence": "EVIDENCE",
    "report": "REPORT",
    "issue-tracking": "REPORT",
    "article": "ARTICLE",
    "technical-description": "ARTICLE",
    "package": "PACKAGE",
    "product": "PACKAGE",
    "detection": "DETECTION",
    "introduced": "INTRODUCED",
}
_ROLES = frozenset(
    {
        "FINDER", "REPORTER", "ANALYST", "COORDINATOR", "REMEDIATION_DEVELOPER",
        "REMEDIATION_REVIEWER", "REMEDIATION_VERIFIER", "TOOL", "SPONSOR",
    }
)  # fmt: skip


def write(whole: Merged) -> bytes:
    """Return the record, under the name the vulnerability is called by."""
    entries, left_out = _affected(whole)
    titles = [one for one in merged.texts(whole, titles=True) if one.lang == "en"]
    said = [one for one in merged.texts(whole) if one.lang == "en"] or merged.texts(whole)
    optional: Json = {
        "published": written(whole.published) if whole.published else "",
        "withdrawn": written(whole.modified) if whole.state is State.REJECTED else "",
        "aliases": list(whole.names[1:]),
        "summary": titles[0].text.strip() if titles else "",
        "details": said[0].text.strip() if said else "",
        "severity": list(_severities(whole)),
        "affected": entries,
        "references": list(_references(whole)),
        "credits": list(_credits(whole)),
    }
    record: Json = {
        "schema_version": VERSION,
        "id": whole.names[0],
        "modified": written(whole.modified),
        **{name: value for name, value in optional.items() if value},
        "database_specific": {
            "cwe_ids": _weaknesses(whole),
            "noroshi": {
                "note": merged.NOTE,
                "provider": merged.PROVIDER,
                "voices": whole.voices,
                "replaced_by": whole.replaced_by,
                "claims_left_out": left_out,
            },
        },
    }
    return msgspec.json.format(msgspec.json.encode(record), indent=2)


def _affected(whole: Merged) -> tuple[list[Json], int]:
    entries: list[Json] = []
    left_out = 0
    for claim in merged.claims(whole):
        ranges = affected_ranges(claim.affected)
        entry = None if claim.platforms else _entry(claim.affected, ranges)
        if entry is None:
            left_out += 1
        else:
            entries.append(entry | {"database_specific": {"said_by": list(claim.by)}})
    return entries, left_out


def _entry(said: Affected, ranges: tuple[VersionRange, ...]) -> Json | None:
    if not ranges or any(one.low is not None and not one.low_inclusive for one in ranges):
        return None
    if said.versions == "git":
        repository = _repository(said.product)
        if repository is None:
            return None
        commits = [{"type": "GIT", "repo": repository, "events": _events(one)} for one in ranges]
        return {"ranges": commits}
    package = _package(said)
    if package is None:
        return None
    return {
        "package": package,
        "ranges": [{"type": _type(one, said.versions), "events": _events(one)} for one in ranges],
    }


def _events(one: VersionRange) -> list[Json]:
    events: list[Json] = [{"introduced": "0" if one.low is None else one.low}]
    if one.high is not None:
        events.append({"last_affected" if one.high_inclusive else "fixed": one.high})
    return events


def _type(one: VersionRange, scheme: str) -> str:
    bounds = [bound for bound in (one.low, one.high) if bound is not None]
    strict = scheme in {"semver", "npm"} and all(map(_SEMVER.fullmatch, bounds))
    return "SEMVER" if strict else "ECOSYSTEM"


def _repository(product: Product) -> str | None:
    if product.scheme != "purl" or not product.name.startswith("github/"):
        return None
    address = f"https://github.com/{product.name.removeprefix('github/')}"
    return address if osv_products.repository(address) == product else None


def _package(said: Affected) -> Json | None:
    if said.product.scheme != "purl":
        return None
    path, _, qualifiers = said.product.name.partition("?")
    kind, _, name = path.partition("/")
    if kind in _ECOSYSTEMS:
        ecosystem = _ECOSYSTEMS[kind]
        name = ":".join(name.rsplit("/", 1)) if kind == "maven" else name
    else:
        found = re.search(r"distro=([a-z-]+)-([\w.]+)$", qualifiers, re.ASCII)
        if found is None or found[1] not in _DISTRIBUTIONS:
            return None
        ecosystem = _DISTRIBUTIONS[found[1]].format(found[2])
        name = name.rpartition("/")[2]
    try:
        same = osv_products.identify(ecosystem, name, "", modular=False)
    except NotAnIdentifier:
        return None
    if same is None or (same.product, same.versions) != (said.product, said.versions):
        return None
    return {"ecosystem": ecosystem, "name": name}


def affected_ranges(said: Affected) -> tuple[VersionRange, ...]:
    """Return the versions that a claim says are affected, and nothing of the others.

    Where that follows from several statements, or from a default, it is worked out.
    """
    stated = tuple(one for one in said.ranges if one.status is Status.AFFECTED)
    if said.versions == "git" or (
        len(stated) == len(said.ranges) and said.default is not Status.AFFECTED
    ):
        return stated
    try:
        found = key_ranges(said)
        edges = dict(_edges(said))
    except VersionError:
        return stated
    return tuple(
        _between(edges, one.low, one.high) for one in found if one.status is Status.AFFECTED
    )


def _edges(said: Affected) -> Iterator[tuple[bytes, tuple[str, bool]]]:
    """Yield every place where something may end: before a version, or after it."""
    for one in said.ranges:
        for bound in (one.low, one.high):
            if bound not in (None, "", "*", "-"):
                place = key(said.versions, bound)
                yield successor(place), (bound, True)
                yield place, (bound, False)


def _between(edges: dict[bytes, tuple[str, bool]], low: bytes, high: bytes) -> VersionRange:
    start, after_start = (None, False) if low == FIRST else edges[low]
    end, after_end = (None, False) if high == BEYOND else edges[high]
    return VersionRange(
        low=start, low_inclusive=not after_start, high=end, high_inclusive=after_end
    )


def _severities(whole: Merged) -> Iterator[Json]:
    found = {
        (_VECTORS[one.version], one.vector): None
        for record in whole.records
        for one in record.severities
        if one.version in _VECTORS
    }
    for kind, vector in found:
        yield {"type": kind, "score": vector}


def _weaknesses(whole: Merged) -> list[str]:
    return list(dict.fromkeys(one.cwe for record in whole.records for one in record.weaknesses))


def _references(whole: Merged) -> Iterator[Json]:
    kinds: dict[str, str] = {}
    for record in whole.records:
        for one in record.references:
            found = next((_REFERENCES[tag] for tag in one.tags if tag in _REFERENCES), "WEB")
            if kinds.get(one.url, "WEB") == "WEB":
                kinds[one.url] = found
    for url, kind in kinds.items():
        yield {"type": kind, "url": url}


def _credits(whole: Merged) -> Iterator[Json]:
    found = {(one.name, one.role): None for record in whole.records for one in record.credits}
    for name, role in found:
        spelt = role.upper().replace(" ", "_")
        yield {"name": name, "type": spelt if spelt in _ROLES else "OTHER"}
