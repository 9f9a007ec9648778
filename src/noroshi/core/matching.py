"""What a hit of the index means: the predicates that only survivors are asked, and confidence.

The index finds (package, vulnerability) pairs whose product is the same and whose version lies in a
declared range. Here it is decided what such a pair is worth. Confidence is 0–100 by how the package
came by the identity, and ``doubt`` names what has to be confirmed before anybody is alarmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from noroshi.core.facets import Status
from noroshi.core.identity import DISTRIBUTION_TYPES, Cpe


class Basis(StrEnum):
    """How package and statement came to speak of the same product."""

    PURL = "purl"  # the ecosystem's own name
    CPE = "cpe"  # a CPE name, of something without an ecosystem
    CPE_TARGET = "cpe-target"  # a CPE name whose target software is the package's ecosystem
    CPE_ECOSYSTEM = "cpe-ecosystem"  # a CPE name, of something an ecosystem has a name for
    CPE_DISTRIBUTION = "cpe-distribution"  # a CPE name, of a distribution's package
    NAME = "name"  # vendor and product as people write them


class Doubt(StrEnum):
    """What has to be confirmed first."""

    NONE = ""
    PLATFORM = "platform"  # affected only together with a platform that is not known to be there
    BACKPORT = "backport"  # the distribution may have fixed it without changing the version
    IDENTITY = "identity"  # the identity is a guess
    EDITION = "edition"  # only some editions are affected, and this one's is not known
    CONTRADICTED = "contradicted"  # another source says it is not affected
    DISPUTED = "disputed"  # somebody disputes the vulnerability itself


CONFIDENCE = {
    Basis.PURL: 95,
    Basis.CPE: 85,
    Basis.CPE_TARGET: 70,
    Basis.CPE_ECOSYSTEM: 50,
    Basis.NAME: 40,
    Basis.CPE_DISTRIBUTION: 30,
}
"""0–100, before doubts. First values by judgement; scanner labels will calibrate them."""

_DOUBT_COSTS = {Doubt.CONTRADICTED: 30, Doubt.DISPUTED: 20, Doubt.PLATFORM: 15, Doubt.EDITION: 15}

_TARGETS = {
    "npm": {"node.js", "nodejs"},
    "pypi": {"python", "pypi"},
    "maven": {"java", "maven"},
    "gem": {"ruby", "rails", "ruby_on_rails"},
    "composer": {"php", "packagist"},
    "golang": {"go", "golang"},
    "cargo": {"rust"},
    "nuget": {".net", "asp.net"},
}
"""purl type → the CPE target_sw values that mean it."""


class Hit(msgspec.Struct, frozen=True):
    """One (package identity, affected range) pair the index found.

    ``statement`` orders hits of one pair: (record, claim, part). ``cpe`` is the package's CPE name
    taken apart, ``criteria`` the statement's.
    """

    scheme: str
    purl_type: str
    status: Status
    conditional: bool
    statement: tuple[int, int, int]
    cpe: Cpe | None = None
    criteria: Cpe | None = None


class Verdict(msgspec.Struct, frozen=True):
    """A pair is a match: by which statement, on which basis, how sure, and what is in doubt."""

    statement: tuple[int, int, int]
    basis: Basis
    confidence: int
    doubt: Doubt


def judge(hits: Iterable[Hit], *, disputed: bool) -> Verdict | None:
    """Decide one (package, vulnerability) pair from all its hits; ``None``: not affected.

    Statements in the ecosystem's own name decide alone where there are any: a CPE name is for what
    has no better identity. Of equally sure statements the earliest stored one is quoted.
    """
    relevant = [hit for hit in hits if _applies(hit)]
    named = [hit for hit in relevant if hit.scheme == "purl"]
    relevant = named or relevant
    against = any(hit.status in {Status.NOT_AFFECTED, Status.FIXED} for hit in relevant)
    verdicts = [
        _verdict(hit, against=against, disputed=disputed)
        for hit in relevant
        if hit.status is Status.AFFECTED
    ]
    return min(verdicts, key=lambda v: (v.doubt != "", -v.confidence, v.statement), default=None)


def _applies(hit: Hit) -> bool:
    """Say whether the narrower parts of the two CPE names can be the same thing (NISTIR 7696)."""
    if hit.criteria is None:
        return True
    targets = _TARGETS.get(hit.purl_type)
    wanted = hit.criteria.target_sw
    if targets is not None and wanted not in {"*", "-"} and wanted not in targets:
        return False
    return hit.cpe is None or all(
        _compatible(mine, theirs) for mine, theirs in _narrower(hit.cpe, hit.criteria)
    )


def _narrower(cpe: Cpe, criteria: Cpe) -> tuple[tuple[str, str], ...]:
    return (
        (cpe.edition, criteria.edition),
        (cpe.sw_edition, criteria.sw_edition),
        (cpe.target_sw, criteria.target_sw),
        (cpe.target_hw, criteria.target_hw),
        (cpe.language, criteria.language),
    )


def _compatible(mine: str, theirs: str) -> bool:
    return mine == theirs or "*" in {mine, theirs}


def _verdict(hit: Hit, *, against: bool, disputed: bool) -> Verdict:
    basis = _basis(hit)
    doubt = _doubt(hit, basis, against=against, disputed=disputed)
    confidence = max(5, CONFIDENCE[basis] - _DOUBT_COSTS.get(doubt, 0))
    return Verdict(hit.statement, basis, confidence, doubt)


def _basis(hit: Hit) -> Basis:
    if hit.scheme == "purl":
        return Basis.PURL
    if hit.scheme == "name":
        return Basis.NAME
    if hit.purl_type in DISTRIBUTION_TYPES:
        return Basis.CPE_DISTRIBUTION
    if not hit.purl_type or hit.purl_type == "generic":
        return Basis.CPE
    wanted = hit.criteria.target_sw if hit.criteria else "*"
    if wanted in _TARGETS.get(hit.purl_type, set()):
        return Basis.CPE_TARGET
    return Basis.CPE_ECOSYSTEM


def _doubt(hit: Hit, basis: Basis, *, against: bool, disputed: bool) -> Doubt:
    if disputed:
        return Doubt.DISPUTED
    if against:
        return Doubt.CONTRADICTED
    if basis is Basis.CPE_DISTRIBUTION:
        return Doubt.BACKPORT
    if basis in {Basis.CPE_ECOSYSTEM, Basis.NAME}:
        return Doubt.IDENTITY
    if hit.conditional:
        return Doubt.PLATFORM
    if hit.cpe and hit.criteria and _edition_unknown(hit.cpe, hit.criteria):
        return Doubt.EDITION
    return Doubt.NONE


def _edition_unknown(cpe: Cpe, criteria: Cpe) -> bool:
    """Say whether the statement is about some editions, and the package does not say its own."""
    pairs = ((cpe.edition, criteria.edition), (cpe.sw_edition, criteria.sw_edition))
    return any(mine == "*" and theirs not in {"*", "-"} for mine, theirs in pairs)
