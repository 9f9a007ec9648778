"""``affected`` of CVE JSON 5, written: the counterpart of `cve5_products` and `cve5_versions`.

What the format cannot say: *fixed* becomes ``unaffected``; a bound that is excluded from below
becomes an expression (``> 1.0, < 2.0``), as some CNAs write it. A product that needs a platform
lists it in ``platforms``; a CPE product does so in ``cpeApplicability`` instead, which is made for
it, unless it is not affected: there is no way to say that of a platform, and it is left out.
Source: https://github.com/CVEProject/cve-schema (``product``)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.formats.cve5_versions import END_OF_BRANCH
from noroshi.core.formats.merged import Claim, Json
from noroshi.core.identity import Cpe, unescape

_STATUSES = {
    Status.AFFECTED: "affected",
    Status.NOT_AFFECTED: "unaffected",
    Status.FIXED: "unaffected",
    Status.UNKNOWN: "unknown",
}
_TYPES = {"pypi": "python", "generic": "custom", "npm": "semver"}
_RED_HAT = "https://access.redhat.com/downloads/content/package-browser/"
_LONGEST = 512
_PLATFORM = 1024

NOTHING: Json = {
    "vendor": "n/a",
    "product": "n/a",
    "versions": [{"version": "n/a", "status": "unknown"}],
}
"""The schema demands an entry; this one names nothing, as CNAs write it."""


def entry(claim: Claim) -> Json | None:
    """Return a claim as an entry; ``None``: it belongs into ``cpeApplicability``."""
    said = claim.affected
    if said.product.scheme == "cpe" and claim.platforms:
        return None
    named = _product(said, claim.platforms)
    versions = list(_versions(said))
    if versions:
        named["versions"] = versions
    if said.default is not Status.UNKNOWN or not versions:
        named["defaultStatus"] = _STATUSES[said.default]
    if claim.platforms and "cpes" not in named:
        named["platforms"] = [one[:_PLATFORM] for one in claim.platforms]
    if said.reason:
        named["x_noroshiReason"] = said.reason
    return named | {"x_noroshiSaidBy": list(claim.by)}


def applicability(claim: Claim) -> Iterator[Json]:
    """Yield the configurations of a CPE product that is affected together with a platform."""
    said = claim.affected
    if said.product.scheme != "cpe" or not claim.platforms:
        return
    platforms = {
        "operator": "OR",
        "negate": False,
        "cpeMatch": [{"criteria": one, "vulnerable": False} for one in claim.platforms],
    }
    for one in said.ranges:
        if one.status is Status.AFFECTED:
            product = {"operator": "OR", "negate": False, "cpeMatch": [_match(said, one)]}
            yield {"operator": "AND", "nodes": [product, platforms]}


def _product(said: Affected, platforms: tuple[str, ...]) -> Json:
    scheme, name = said.product.scheme, said.product.name
    if scheme == "cpe":
        _part, vendor, product = _split_cpe(name)
        return {
            "vendor": unescape(vendor)[:_LONGEST],
            "product": unescape(product),
            "cpes": [said.cpe or _cpe(said.product)],
        }
    if scheme == "name":
        vendor, _, product = name.partition(":")
        return {"vendor": vendor[:_LONGEST] or "n/a", "product": product or "n/a"}
    path, _, scope = name.partition("?")
    kind, _, rest = path.partition("/")
    namespace, _, last = rest.rpartition("/")
    if path.startswith("rpm/redhat/") and platforms and not scope:
        return {"collectionURL": _RED_HAT, "packageName": last, "cpes": list(platforms)}
    return {
        "vendor": (namespace or kind)[:_LONGEST],
        "product": last or rest,
        "packageURL": f"pkg:{_quoted(name)}",
    }


def _quoted(name: str) -> str:
    """Return a package URL's text: what parses back to the same name (``@`` would be a version)."""
    return name.replace("%", "%25").replace("@", "%40").replace("#", "%23").replace(" ", "%20")


def _versions(said: Affected) -> Iterator[Json]:
    kind = _TYPES.get(said.versions, said.versions)
    seen = []
    for one in said.ranges:
        written = _version(one, kind)
        if written not in seen:
            seen.append(written)
            yield written


def _version(one: VersionRange, kind: str) -> Json:
    status: Json = {"status": _STATUSES[one.status]}
    alone = status | ({"versionType": kind} if kind == "git" else {})
    if one.low is not None and one.low == one.high and one.low_inclusive and one.high_inclusive:
        return {"version": one.low} | alone
    if one.low is not None and not one.low_inclusive:
        upper = f", <{'=' if one.high_inclusive else ''} {one.high}" if one.high is not None else ""
        return {"version": f"> {one.low}{upper}"} | alone
    low: Json = {"version": "0" if one.low is None else one.low, **status, "versionType": kind}
    if one.high is None:
        return low | {"lessThan": "*"}
    if one.high_inclusive:
        return low | {"lessThanOrEqual": re.sub(rf"\.{END_OF_BRANCH}$", ".*", one.high)}
    return low | {"lessThan": one.high}


def _match(said: Affected, one: VersionRange) -> Json:
    """Return a range of a CPE name; its own version does not count where there is a range."""
    bounds: Json = {}
    if one.low is not None:
        bounds[f"versionStart{'Including' if one.low_inclusive else 'Excluding'}"] = one.low
    if one.high is not None:
        bounds[f"versionEnd{'Including' if one.high_inclusive else 'Excluding'}"] = one.high
    return {"criteria": said.cpe or _cpe(said.product), "vulnerable": True, **bounds}


def _cpe(product: Product) -> str:
    return Cpe(*_split_cpe(product.name), *("*",) * 8).text


def _split_cpe(name: str) -> tuple[str, str, str]:
    part, vendor, product = re.split(r"(?<!\\):", name, maxsplit=2)
    return part, vendor, product
