"""A second opinion on a finding, from the raw text of the SBOM and the CVE alone.

Slow and simple, and written without the keys, the formats and the matching of the program. It
answers yes, no, or ``None`` where it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

Json = dict[str, Any]

BEFORE = {
    "dev": 0,
    "alpha": 1,
    "a": 1,
    "beta": 2,
    "b": 2,
    "m": 3,
    "milestone": 3,
    "pre": 4,
    "rc": 5,
}
RELEASE = 9
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)(?:[-_.+~]?([a-z]+)[-_.]?(\d*))?")
_DISTRIBUTIONS = ("pkg:deb/", "pkg:rpm/", "pkg:alpine/", "pkg:apk/")
_ECOSYSTEMS = {
    "registry.npmjs.org": "npm",
    "pypi.org": "pypi",
    "repo.maven.apache.org": "maven",
    "rubygems.org": "gem",
    "packagist.org": "composer",
    "pkg.go.dev": "golang",
}


class Bounds(msgspec.Struct, frozen=True):
    """Versions between two texts; ``None``: no bound on that side."""

    low: str | None = None
    low_inside: bool = True
    high: str | None = None
    high_inside: bool = False

    def hold(self, version: str) -> bool | None:
        """Say whether the version lies between them."""
        above = True if self.low is None else _above(version, self.low, inside=self.low_inside)
        below = True if self.high is None else _above(self.high, version, inside=self.high_inside)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True


def _above(upper: str, lower: str, *, inside: bool) -> bool | None:
    left, right = _ordered(upper), _ordered(lower)
    if left is None or right is None:
        return upper == lower or None
    return left > right or (inside and left == right)


def _ordered(version: str) -> tuple[tuple[int, ...], int, str, int] | None:
    """Return what orders a version like ``1.2``, ``1.1.1k``, ``4.2.8p15`` or ``2.0-rc1``."""
    found = _VERSION.fullmatch(version.strip().lower())
    if found is None:
        return None
    numbers = [int(part) for part in found[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    word, count = found[2] or "", int(found[3] or 0)
    if word in {"final", "release", "ga"}:
        word = ""
    if word in BEFORE and not (len(word) == 1 and not found[3]):
        return tuple(numbers), BEFORE[word], "", count
    return tuple(numbers), RELEASE, word, count


def agrees(sbom: Json, name: str, version: str, said: list[Json]) -> bool | None:
    """Say whether a component of that name and version is affected by what a source said.

    ``said`` is what `statements` found. One statement that holds is enough; ``None`` if none does
    but some could not be decided.
    """
    doubtful = False
    for package in sbom["packages"]:
        if package["name"] == name and package.get("versionInfo", "") in {version, ""}:
            for statement in said:
                if not _same_product(package, statement):
                    continue
                held = [bounds.hold(_upstream(package, version)) for bounds in statement["bounds"]]
                if True in held:
                    return True
                doubtful = doubtful or None in held
    return None if doubtful else False


def _references(package: Json) -> Iterator[str]:
    for reference in package.get("externalRefs", []):
        yield reference["referenceLocator"]


def _upstream(package: Json, version: str) -> str:
    """Return the version without what a distribution added, where one did."""
    if not any(text.startswith(_DISTRIBUTIONS) for text in _references(package)):
        return version
    plain = re.sub(r"^\d+:", "", version)
    plain = re.sub(r"-[^-]*$", "", plain)
    return re.split(r"[+~.](?:dfsg|ds|deb|git|really|repack)", plain)[0]


def _same_product(package: Json, statement: Json) -> bool:
    for text in _references(package):
        if text.startswith("cpe:2.3:") and text.lower().split(":")[2:5] == statement.get("cpe"):
            return True
        if text.startswith("pkg:") and "purl" in statement:
            plain = text.partition("?")[0].rpartition("@")[0] or text.partition("?")[0]
            if plain.replace("%40", "@").lower() == statement["purl"]:
                return True
    return False


def statements(raw: Json) -> list[Json]:
    """Return every product a document calls affected, with the bounds of its versions."""
    if "cve" in raw:
        return list(_configured(raw["cve"].get("configurations", [])))
    containers = raw["containers"]
    found: list[Json] = []
    for container in [containers["cna"], *containers.get("adp", [])]:
        found += _configured(container.get("cpeApplicability", []))
        for entry in container.get("affected", []):
            bounds = list(_listed(entry))
            for cpe in entry.get("cpes", []):
                found.append({"cpe": cpe.lower().split(":")[2:5], "bounds": bounds})
            host = entry.get("collectionURL", "").partition("://")[2].partition("/")[0]
            if host in _ECOSYSTEMS and entry.get("packageName"):
                path = entry["packageName"].replace(":", "/")
                found.append({"purl": f"pkg:{_ECOSYSTEMS[host]}/{path}".lower(), "bounds": bounds})
    return found


def _configured(configurations: list[Json]) -> Iterator[Json]:
    for configuration in configurations:
        for node in configuration["nodes"]:
            for match in node["cpeMatch"]:
                if match["vulnerable"]:
                    fields = match["criteria"].lower().split(":")
                    yield {"cpe": fields[2:5], "bounds": [_bounds(match, fields)]}


def _bounds(match: Json, fields: list[str]) -> Bounds:
    low = match.get("versionStartIncluding", match.get("versionStartExcluding"))
    high = match.get("versionEndIncluding", match.get("versionEndExcluding"))
    if low is None and high is None and fields[5] != "*":
        one = fields[5] if fields[6] in "*-" else f"{fields[5]}-{fields[6]}"
        return Bounds(one, True, one, True)
    return Bounds(low, "versionStartIncluding" in match, high, "versionEndIncluding" in match)


def _listed(entry: Json) -> Iterator[Bounds]:
    if not entry.get("versions") and entry.get("defaultStatus") == "affected":
        yield Bounds()
    for stated in entry.get("versions", []):
        if stated["status"] != "affected":
            continue
        low = None if stated["version"] in {"0", "*", "n/a", "unspecified"} else stated["version"]
        high = stated.get("lessThan", stated.get("lessThanOrEqual"))
        if high is None:
            yield Bounds(low, True, low, True)
        else:
            yield Bounds(low, True, None if high == "*" else high, "lessThanOrEqual" in stated)
