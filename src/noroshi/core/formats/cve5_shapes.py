"""CVE JSON 5: the shapes of the document, as far as `cve5` reads them.

Names follow the schema (https://github.com/CVEProject/cve-schema); only what is used is declared.
"""

from __future__ import annotations

import msgspec

from noroshi.core.formats import configurations, cve5_products


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """Base of all: immutable, keys in camel case, unknown keys passed over."""


class Metadata(Shape, frozen=True):
    """``cveMetadata``."""

    cve_id: str
    state: str
    assigner_short_name: str = ""
    date_published: str | None = None
    date_updated: str | None = None


class Provider(Shape, frozen=True):
    """``providerMetadata``: who speaks in a container."""

    short_name: str = ""
    org_id: str = ""


class Prose(Shape, frozen=True):
    """A text in one language."""

    lang: str
    value: str


class Weakness(Shape, frozen=True):
    """One weakness of a ``problemTypes`` entry."""

    cwe_id: str | None = None


class ProblemType(Shape, frozen=True):
    """One entry of ``problemTypes``."""

    descriptions: list[Weakness] = []


class Reference(Shape, frozen=True):
    """One entry of ``references``."""

    url: str
    tags: list[str] = []


class Cvss(Shape, frozen=True):
    """A CVSS object of any version."""

    vector_string: str | None = None
    base_score: float | None = None


class Option(Shape, frozen=True):
    """One decision point of an SSVC decision."""

    exploitation: str | None = msgspec.field(default=None, name="Exploitation")
    automatable: str | None = msgspec.field(default=None, name="Automatable")
    technical_impact: str | None = msgspec.field(default=None, name="Technical Impact")


class Content(Shape, frozen=True):
    """``other.content`` of the types ``ssvc`` and ``kev``."""

    options: list[Option] = []
    timestamp: str | None = None
    date_added: str | None = None


class Other(Shape, frozen=True):
    """A metric that is not CVSS."""

    type: str = ""
    content: Content = Content()


class Metric(Shape, frozen=True):
    """One entry of ``metrics``."""

    v2: Cvss | None = msgspec.field(default=None, name="cvssV2_0")
    v30: Cvss | None = msgspec.field(default=None, name="cvssV3_0")
    v31: Cvss | None = msgspec.field(default=None, name="cvssV3_1")
    v40: Cvss | None = msgspec.field(default=None, name="cvssV4_0")
    other: Other | None = None


class Origin(Shape, frozen=True):
    """``source``: where the CNA has it from."""

    advisory: str | None = None


class Container(Shape, frozen=True):
    """A CNA or ADP container."""

    provider_metadata: Provider = Provider()
    title: str = ""
    descriptions: list[Prose] = []
    rejected_reasons: list[Prose] = []
    replaced_by: list[str] = []
    tags: list[str] = []
    affected: list[cve5_products.Entry] = []
    cpe_applicability: list[configurations.Configuration] = []
    problem_types: list[ProblemType] = []
    references: list[Reference] = []
    metrics: list[Metric] = []
    source: Origin | None = None


class Containers(Shape, frozen=True):
    """``containers``."""

    cna: Container
    adp: list[Container] = []


class Document(Shape, frozen=True):
    """A whole record."""

    cve_metadata: Metadata
    containers: Containers
    data_version: str = "5"
