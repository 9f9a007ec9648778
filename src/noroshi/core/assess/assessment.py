"""The result of assessing: one judgement of one vulnerability, with its grounds.

Everything is a frozen value that msgspec writes as JSON and reads back unchanged. Collections are
ordered by rule, never by chance, so equal records give equal bytes. Voices are named as
`core.assess.independence` names them. Scores are CVSS base scores 0–10, probabilities 0–1.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from noroshi.core.facets import Maturity, Product, State, Text

MODEL = "fusion-2"
"""The version of the rules of this package; it changes whenever their result may."""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of everything an assessment consists of."""


class Reason(Part, frozen=True):
    """Why something was concluded: a code with its facts (`narrate` makes the sentence)."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


class SeverityClass(StrEnum):
    """The qualitative rating of a base score (CVSS 3.1 §5, CVSS 4.0 §6)."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class MetricAgreement(Part, frozen=True):
    """How many of the ``of`` independent voices give a metric the value of the fused vector."""

    metric: str
    value: str
    same: int
    of: int


class MetricEstimate(Part, frozen=True):
    """A metric's most probable value by a model's estimate."""

    metric: str
    value: str
    probability: float


class StatedSeverity(Part, frozen=True, tag="stated", tag_field="basis"):
    """What a source says. ``vector`` is empty where only a score could be read.

    ``voices`` are all who score in this version of CVSS, ``by`` the one whose vector this is.
    ``agreement`` is empty where a single voice speaks.
    """

    by: str
    version: str
    vector: str
    score: float
    severity_class: SeverityClass
    voices: tuple[str, ...]
    agreement: tuple[MetricAgreement, ...] = ()


class EstimatedSeverity(Part, frozen=True, tag="estimated", tag_field="basis"):
    """What a model estimates because no source says it. ``low`` and ``high``: 10 % and 90 %."""

    model: str
    version: str
    vector: str
    score: float
    severity_class: SeverityClass
    low: float
    high: float
    metrics: tuple[MetricEstimate, ...] = ()


class RatedSeverity(Part, frozen=True, tag="rated", tag_field="basis"):
    """What a source says in a word of its own scale, where nobody gives a vector or a score.

    ``by`` is whose word it is, ``voices`` all who give one. ``low`` and ``high``: the base scores
    such a word may stand for (`core.assess.ratings`); there is no score.
    """

    by: str
    word: str
    severity_class: SeverityClass
    low: float
    high: float
    voices: tuple[str, ...]


class UnknownSeverity(Part, frozen=True, tag="unknown", tag_field="basis"):
    """Nobody says it, and nothing is estimated."""


Severity = StatedSeverity | RatedSeverity | EstimatedSeverity | UnknownSeverity


class FusedWeakness(Part, frozen=True):
    """A CWE id, who names it, and how many of those speak for themselves."""

    cwe: str
    voices: tuple[str, ...]
    independent: int


class ProductSummary(Part, frozen=True):
    """One product over all its spellings.

    ``label`` is the name for people. ``fixed`` lists versions that end an affected range or are
    declared fixed, as written.
    """

    label: str
    products: tuple[Product, ...]
    affected: tuple[str, ...] = ()
    not_affected: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


class ExploitationLevel(StrEnum):
    """SSVC's exploitation, plus the honest fourth."""

    NONE = "none"
    POC = "poc"
    ACTIVE = "active"
    UNKNOWN = "unknown"


class Exploitation(Part, frozen=True):
    """What is known about attacks. ``epss`` is FIRST's estimate, never a statement of fact.

    ``maturity`` is how far the furthest exploit has come that a catalogue lists; ``None`` where
    none is listed, or nothing but checks. ``automatable`` (``yes``/``no``) and
    ``technical_impact`` (``partial``/``total``) are SSVC's.
    """

    level: ExploitationLevel
    since: dt.date | None = None
    due: dt.date | None = None
    ransomware: bool = False
    epss: float | None = None
    epss_percentile: float | None = None
    epss_date: dt.date | None = None
    automatable: str | None = None
    technical_impact: str | None = None
    maturity: Maturity | None = None
    reasons: tuple[Reason, ...] = ()


class ContradictionKind(StrEnum):
    """What two voices cannot both be right about."""

    STATE = "state"  # one says rejected, another published
    SEVERITY = "severity"  # different severity classes in the same CVSS version
    SCORE = "score"  # a stated score that its own vector does not give
    WEAKNESS = "weakness"  # no CWE in common
    RANGES = "ranges"  # different affected versions of one product
    AFFECTED = "affected"  # affected by one voice, not affected by another
    EXPLOITED = "exploited"  # known exploitation against "none known"


class Quote(Part, frozen=True):
    """What one voice says, in the words of its claim (a vector, a CWE list, a range)."""

    voice: str
    text: str


class Contradiction(Part, frozen=True):
    """Two or more claims that exclude each other. ``subject``: a product or a CVSS version."""

    kind: ContradictionKind
    subject: str
    quotes: tuple[Quote, ...]


class Letter(StrEnum):
    """Admiralty code, reliability of the source."""

    A = "A"  # completely reliable
    B = "B"  # usually reliable
    C = "C"  # fairly reliable
    D = "D"  # not usually reliable
    E = "E"  # unreliable
    F = "F"  # cannot be judged


class Support(Part, frozen=True):
    """How well one facet is supported.

    ``voices`` all who state it, ``independent`` how many of those agree with the fused value and
    are no copies, ``agreement`` their share (0–1) of all independent voices on it, ``copies`` the
    voices that were not counted because they repeat another.
    """

    facet: str
    voices: tuple[str, ...]
    independent: int
    agreement: float
    copies: tuple[str, ...] = ()


class Reliability(Part, frozen=True):
    """How far the information can be trusted.

    ``source`` and ``credibility`` are the Admiralty pair (A–F, 1–6). ``confidence`` is STIX's
    0–100, ``None`` where STIX's own table defines none (credibility 6). ``detail`` is the share of
    the facets asked for that somebody states (0–1).
    """

    source: Letter
    credibility: int
    confidence: int | None
    first_hand: bool
    detail: float
    support: tuple[Support, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def admiralty(self) -> str:
        """The pair as analysts write it: ``B2``."""
        return f"{self.source}{self.credibility}"


class Assessment(Part, frozen=True, kw_only=True):
    """Our judgement of one vulnerability. ``names``: every name it goes by, CVE ids first.

    ``titles`` are sources' own, at most one a language, and only where products and weaknesses
    are not both known, so that none can be made of them (`core.assess.titles`).
    """

    names: tuple[str, ...]
    state: State
    disputed: tuple[str, ...]
    severity: Severity
    weaknesses: tuple[FusedWeakness, ...]
    products: tuple[ProductSummary, ...]
    exploitation: Exploitation
    reliability: Reliability
    contradictions: tuple[Contradiction, ...]
    published: dt.datetime | None
    titles: tuple[Text, ...] = ()
    model: str = MODEL

    @property
    def score(self) -> float | None:
        """The base score, stated or estimated; a mere word has none."""
        if isinstance(self.severity, StatedSeverity | EstimatedSeverity):
            return self.severity.score
        return None

    @property
    def severity_class(self) -> SeverityClass | None:
        """The severity class, stated in whatever form or estimated."""
        return None if isinstance(self.severity, UnknownSeverity) else self.severity.severity_class


def encode(assessment: Assessment) -> bytes:
    """Return the assessment as JSON; equal assessments give equal bytes."""
    return _ENCODER.encode(assessment)


def decode(data: bytes) -> Assessment:
    """Read what `encode` wrote; raises `msgspec.ValidationError` for anything else."""
    return _DECODER.decode(data)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Assessment)
