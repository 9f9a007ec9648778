"""The layouts of the public feeds, cut down to what the built-in sample keeps: facts.

Whatever is not named here is dropped when a record is read, so no sentence of a source can slip
through. Names and order of the fields are those of the CVE JSON 5.1 schema, the NVD API 2.0 schema
and the KEV catalogue's schema.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Kept(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """Base of all layouts: unknown fields are not read, empty ones not written."""


# --- CVE JSON 5.1 -----------------------------------------------------------------------------


class Provider(Kept, kw_only=True):
    """Who wrote a container of a CVE record."""

    org_id: str
    short_name: str = ""
    date_updated: str | None = None


class Change(Kept, kw_only=True):
    """A version at which the status changes."""

    at: str
    status: str


class CveVersion(Kept, kw_only=True):
    """One entry of ``versions[]``."""

    version: str
    status: str
    less_than: str | None = None
    less_than_or_equal: str | None = None
    version_type: str | None = None
    changes: list[Change] | None = None


class CveAffected(Kept, kw_only=True):
    """One entry of ``affected[]``."""

    vendor: str | None = None
    product: str | None = None
    collection_url: str | None = msgspec.field(default=None, name="collectionURL")
    package_name: str | None = None
    cpes: list[str] | None = None
    platforms: list[str] | None = None
    default_status: str | None = None
    versions: list[CveVersion] | None = None


class Words(Kept, kw_only=True):
    """A text in a language: always ours."""

    lang: str
    value: str


class ProblemWords(Kept, kw_only=True):
    """One description of a problem type; ``description`` is set to the CWE id."""

    lang: str = "en"
    type: str | None = None
    cwe_id: str | None = None
    description: str = ""


class ProblemType(Kept, kw_only=True):
    """One entry of ``problemTypes[]``."""

    descriptions: list[ProblemWords]


class CveScore(Kept, kw_only=True):
    """A CVSS object: its version, vector and score."""

    version: str
    vector_string: str
    base_score: float
    base_severity: str | None = None


class OtherMetric(Kept, kw_only=True):
    """A metric that is not CVSS; only SSVC and KEV entries are kept, as they stand."""

    type: str
    content: msgspec.Raw


class CveMetric(Kept, kw_only=True):
    """One entry of ``metrics[]``."""

    format: str | None = None
    cvss_v4_0: CveScore | None = msgspec.field(default=None, name="cvssV4_0")
    cvss_v3_1: CveScore | None = msgspec.field(default=None, name="cvssV3_1")
    cvss_v3_0: CveScore | None = msgspec.field(default=None, name="cvssV3_0")
    cvss_v2_0: CveScore | None = msgspec.field(default=None, name="cvssV2_0")
    other: OtherMetric | None = None

    def scores(self) -> list[CveScore]:
        """Return the CVSS objects, version 3 first: it is what the sentences are made from."""
        found = (self.cvss_v3_1, self.cvss_v3_0, self.cvss_v4_0, self.cvss_v2_0)
        return [score for score in found if score is not None]


class CveReference(Kept, kw_only=True):
    """An address with its tags; its title is dropped."""

    url: str
    tags: list[str] | None = None


class CveContainer(Kept, kw_only=True):
    """A CNA's or an ADP's container."""

    provider_metadata: Provider
    title: str | None = None
    tags: list[str] | None = None
    descriptions: list[Words] | None = None
    rejected_reasons: list[Words] | None = None
    replaced_by: list[str] | None = None
    affected: list[CveAffected] | None = None
    problem_types: list[ProblemType] | None = None
    metrics: list[CveMetric] | None = None
    references: list[CveReference] | None = None


class CveContainers(Kept, kw_only=True):
    """The CNA's container and those of the authorised data publishers."""

    cna: CveContainer
    adp: list[CveContainer] | None = None


class CveMetadata(Kept, kw_only=True):
    """Identity and history of a CVE record."""

    cve_id: str
    assigner_org_id: str
    assigner_short_name: str | None = None
    state: Literal["PUBLISHED", "REJECTED"]
    date_reserved: str | None = None
    date_published: str | None = None
    date_updated: str | None = None
    date_rejected: str | None = None


class CveRecord(Kept, kw_only=True):
    """A record of the CVE List."""

    data_type: str
    data_version: str
    cve_metadata: CveMetadata
    containers: CveContainers


# --- NVD API 2.0 ------------------------------------------------------------------------------


class CvssData(Kept, kw_only=True):
    """A CVSS object of the NVD."""

    version: str
    vector_string: str
    base_score: float
    base_severity: str | None = None


class NvdMetric(Kept, kw_only=True):
    """One score with its author."""

    source: str
    type: str
    cvss_data: CvssData
    base_severity: str | None = None
    exploitability_score: float | None = None
    impact_score: float | None = None


class NvdMetrics(Kept, kw_only=True):
    """Scores by CVSS version."""

    cvss_v31: list[NvdMetric] | None = msgspec.field(default=None, name="cvssMetricV31")
    cvss_v30: list[NvdMetric] | None = msgspec.field(default=None, name="cvssMetricV30")
    cvss_v2: list[NvdMetric] | None = msgspec.field(default=None, name="cvssMetricV2")


class NvdWeakness(Kept, kw_only=True):
    """CWE ids with their author."""

    source: str
    type: str
    description: list[Words]


class CpeMatch(Kept, kw_only=True):
    """One criterion of a configuration."""

    vulnerable: bool
    criteria: str
    version_start_including: str | None = None
    version_start_excluding: str | None = None
    version_end_including: str | None = None
    version_end_excluding: str | None = None


class Node(Kept, kw_only=True):
    """A node of a configuration. ``negate`` is always said, as the NVD does."""

    operator: str
    negate: bool
    cpe_match: list[CpeMatch]


class Configuration(Kept, kw_only=True):
    """Which products are affected, and together with what."""

    operator: str | None = None
    nodes: list[Node]


class NvdReference(Kept, kw_only=True):
    """An address with its tags."""

    url: str
    source: str | None = None
    tags: list[str] | None = None


class NvdCve(Kept, kw_only=True):
    """The NVD's record."""

    id: str
    source_identifier: str
    published: str
    last_modified: str
    vuln_status: str
    descriptions: list[Words]
    metrics: NvdMetrics
    weaknesses: list[NvdWeakness] | None = None
    configurations: list[Configuration] | None = None
    references: list[NvdReference]


class NvdItem(Kept, kw_only=True):
    """One item of ``vulnerabilities[]``."""

    cve: NvdCve


# --- KEV --------------------------------------------------------------------------------------


class KevEntry(Kept, kw_only=True):
    """One entry of the catalogue."""

    cve_id: str = msgspec.field(name="cveID")
    vendor_project: str
    product: str
    vulnerability_name: str
    date_added: str
    short_description: str
    required_action: str
    due_date: str
    known_ransomware_campaign_use: str
    notes: str
    cwes: list[str]


class KevCatalogue(Kept, kw_only=True):
    """The whole catalogue."""

    title: str
    catalog_version: str
    date_released: str
    count: int
    vulnerabilities: list[KevEntry]
