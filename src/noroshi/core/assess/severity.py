"""Severity: fusing the CVSS claims of all voices into one vector.

The rules, in order:

1. The newest version of CVSS that anybody uses wins (4.0, 3.1, 3.0, 2.0): it is the finest grain
   stated. Versions 3.0 and 3.1 have the same metrics and are compared with each other.
2. Within a version NVD's own analysis goes first (one yardstick for all vendors), then the
   assigner's (it knows the product), then CISA's ADP container (it fills gaps from the public
   text), then others who judge for themselves (Red Hat, a vendor's CSAF, IPA) by name, then those
   known to repeat assigners and NVD (`independence.FOLLOWS`), by name.
3. Where one voice makes several claims in one version, the copy in its own document goes before a
   copy elsewhere, then the higher score: nobody shall be told less than was said.
4. The score is computed from the vector. A stated score that the vector does not give is a
   contradiction, not a fact.
5. Where nobody gives a vector or a score, severities in words are used (`ratings`); where there is
   not even a word, the judge may estimate. What is stated is never overwritten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from noroshi.core.assess.assessment import (
    Contradiction,
    ContradictionKind,
    MetricAgreement,
    Quote,
    RatedSeverity,
    Severity,
    SeverityClass,
    StatedSeverity,
    UnknownSeverity,
)
from noroshi.core.assess.independence import ADP, NVD, Cast, repeats
from noroshi.core.assess.judge import Judge
from noroshi.core.assess.vector import (
    BASE_METRICS,
    NEWEST_FIRST,
    Vector,
    read_vector,
    severity_class,
)
from noroshi.core.facets import Record
from noroshi.core.facets import Severity as Claimed

TOLERANCE = 0.05
"""Scores have one decimal: anything nearer than this is the same score."""

MOST_VOICES = 12
"""Voices compared pair by pair; no vulnerability has that many but one made up to cost time."""

_OWN_DOCUMENT = {
    NVD: "nvd",
    "redhat": "redhat",
    "suse": "suse",
    "ubuntu": "ubuntu",
    "debian": "debian",
    "alpine": "alpine",
    "jvn": "jvn",
    "ipa": "jvn",
    "ghsa": "osv",
}
"""Voice → the source that is its own document; of anybody else it is the CVE record."""


class Claim(msgspec.Struct, frozen=True):
    """One voice's claim in one version of CVSS; ``vector`` is ``None`` where only a score is."""

    voice: str
    version: str
    vector: Vector | None
    score: float
    stated: float

    @property
    def severity_class(self) -> SeverityClass:
        """The rating of the score."""
        return severity_class(self.version, self.score)

    @property
    def family(self) -> str:
        """The versions it can be compared with: ``4``, ``3`` or ``2``."""
        return self.version[0]

    @property
    def text(self) -> str:
        """The claim in short, to be quoted."""
        said = f" {self.vector.text}" if self.vector else ""
        return f"{self.score:.1f} ({self.severity_class}){said}"


def precedence(voice: str, cast: Cast) -> tuple[int, str]:
    """Order voices by rule 2; smaller goes first."""
    if voice == NVD:
        return 0, voice
    if voice in cast.cnas:
        return 1, voice
    if voice == ADP:
        return 2, voice
    return (4 if repeats(voice) else 3), voice


def claims_of(records: Sequence[Record], cast: Cast) -> list[Claim]:
    """Return one claim for each voice and version, in the order of rules 1 and 2."""
    best: dict[tuple[str, str], tuple[tuple[bool, float, str], Claim]] = {}
    for record in records:
        for claimed in record.severities:
            claim = _read(claimed, cast)
            if claim is None:
                continue
            own = record.source == _OWN_DOCUMENT.get(claim.voice, "cve5")
            rank = (own, claim.score, claim.text)
            known = best.get((claim.voice, claim.version))
            if known is None or rank > known[0]:
                best[claim.voice, claim.version] = (rank, claim)
    found = [claim for _, claim in best.values()]
    found.sort(key=lambda claim: _order(claim, cast))
    return found


def _order(claim: Claim, cast: Cast) -> tuple[bool, int, tuple[int, str]]:
    """Rules 1 and 2; a claim without a readable vector goes last."""
    return claim.vector is None, NEWEST_FIRST[claim.version], precedence(claim.voice, cast)


def _read(claimed: Claimed, cast: Cast) -> Claim | None:
    voice = cast.voice(claimed.by)
    vector = read_vector(claimed.vector)
    if vector is not None:
        # CVSS 4.0 vectors are often stated with the score of their threat metrics (CVSS-BT).
        full = abs(claimed.score - vector.full_score) < TOLERANCE
        stated = vector.score if full else claimed.score
        return Claim(voice, vector.version, vector, vector.score, stated)
    if claimed.version in BASE_METRICS and 0 <= claimed.score <= 10:
        return Claim(voice, claimed.version, None, claimed.score, claimed.score)
    return None


def fuse(
    claims: Sequence[Claim],
    rated: RatedSeverity | None,
    records: Sequence[Record],
    cast: Cast,
    judge: Judge,
) -> Severity:
    """Return the fused severity: what is scored, else what is ``rated``, else what is estimated."""
    if not claims:
        return rated or judge.severity(records) or UnknownSeverity()
    chosen = claims[0]
    peers = [c for c in claims if c.family == chosen.family]
    return StatedSeverity(
        by=chosen.voice,
        version=chosen.version,
        vector=chosen.vector.text if chosen.vector else "",
        score=chosen.score,
        severity_class=chosen.severity_class,
        voices=tuple(dict.fromkeys(claim.voice for claim in peers)),
        agreement=_agreement(chosen, peers, cast) if len(peers) > 1 else (),
    )


def newest_per_voice(claims: Iterable[Claim], family: str) -> list[Claim]:
    """Return each voice's newest claim in a family of versions (3.1 before 3.0)."""
    seen: dict[str, Claim] = {}
    for claim in claims:
        if claim.family == family:
            seen.setdefault(claim.voice, claim)
    return list(seen.values())


def uncopied(claims: Sequence[Claim], cast: Cast) -> list[Claim]:
    """Leave out the claims of voices that repeat the same vector from one they follow."""
    if len(claims) < 2:
        return list(claims)
    groups: dict[object, list[Claim]] = {}
    for claim in claims:
        key = claim.vector.metrics if claim.vector else claim.score
        groups.setdefault(key, []).append(claim)
    kept: set[str] = set()
    for group in groups.values():
        kept |= cast.independent(claim.voice for claim in group)
    return [claim for claim in claims if claim.voice in kept]


def _agreement(chosen: Claim, peers: Sequence[Claim], cast: Cast) -> tuple[MetricAgreement, ...]:
    voices = [c for c in uncopied(newest_per_voice(peers, chosen.family), cast) if c.vector]
    if chosen.vector is None or len(voices) < 2:
        return ()
    metrics = [dict(claim.vector.metrics) for claim in voices if claim.vector]
    return tuple(
        MetricAgreement(
            metric, value, sum(given[metric] == value for given in metrics), len(metrics)
        )
        for metric, value in chosen.vector.metrics
    )


def contradictions(claims: Sequence[Claim]) -> list[Contradiction]:
    """Return severity classes that differ within a version, and scores their vectors belie."""
    found: list[Contradiction] = []
    if len(claims) > 1:
        for family in dict.fromkeys(claim.family for claim in claims):
            found += _class_contradiction(newest_per_voice(claims, family))
    for claim in claims:
        if claim.vector and not math.isclose(claim.stated, claim.score, abs_tol=TOLERANCE):
            said = Quote(claim.voice, f"{claim.stated:.4g}")
            computed = Quote(claim.voice, f"{claim.score:.1f} {claim.vector.text}")
            kind = ContradictionKind.SCORE
            found.append(Contradiction(kind, f"CVSS {claim.version}", (said, computed)))
    return found


def _class_contradiction(claims: Sequence[Claim]) -> list[Contradiction]:
    first: dict[SeverityClass, Claim] = {}
    for claim in claims:
        first.setdefault(claim.severity_class, claim)
    if len(first) < 2:
        return []
    quotes = tuple(Quote(claim.voice, claim.text) for claim in first.values())
    subject = f"CVSS {claims[0].family}"
    return [Contradiction(ContradictionKind.SEVERITY, subject, quotes)]
