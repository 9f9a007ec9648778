"""CSAF 2.0 and 2.1: the shapes of the document, as far as `csaf` reads them.

Names follow the schemas of both versions; only what is used is declared. What only JVN iPedia
writes is marked so; a CSAF document of anybody else never has it.
Sources: CSAF 2.0 §3.2, CSAF 2.1 §3.2, and for JVN ``myjvn_vuldef_1.0.csaf.json``.
"""

from __future__ import annotations

import msgspec


class Shape(msgspec.Struct, frozen=True):
    """Base of all: immutable, unknown keys passed over."""


class Tlp(Shape, frozen=True):
    """``distribution.tlp``."""

    label: str = ""


class Distribution(Shape, frozen=True):
    """``document.distribution``."""

    tlp: Tlp | None = None


class Publisher(Shape, frozen=True):
    """``document.publisher``."""

    name: str = ""
    namespace: str = ""
    category: str = ""


class Tracking(Shape, frozen=True):
    """``document.tracking``."""

    id: str
    initial_release_date: str | None = None
    current_release_date: str | None = None
    status: str = ""


class Note(Shape, frozen=True):
    """One entry of ``notes``."""

    category: str = ""
    text: str = ""


class Reference(Shape, frozen=True):
    """One entry of ``references``. ``type`` is JVN's own."""

    url: str
    category: str = ""
    summary: str = ""
    type: str = ""


class Acknowledgment(Shape, frozen=True):
    """One entry of ``acknowledgments``."""

    names: list[str] = []
    organization: str | None = None


class AggregateSeverity(Shape, frozen=True):
    """``document.aggregate_severity``."""

    text: str = ""


class Head(Shape, frozen=True):
    """``document``: what holds for the whole."""

    csaf_version: str
    tracking: Tracking
    category: str = ""
    title: str = ""
    lang: str | None = None
    publisher: Publisher = Publisher()
    distribution: Distribution | None = None
    notes: list[Note] = []
    references: list[Reference] = []
    acknowledgments: list[Acknowledgment] = []
    aggregate_severity: AggregateSeverity | None = None


class Identification(Shape, frozen=True):
    """``product_identification_helper``; ``purl`` is CSAF 2.0, ``purls`` 2.1."""

    cpe: str | None = None
    purl: str | None = None
    purls: list[str] = []


class FullName(Shape, frozen=True):
    """A full product name with its id."""

    product_id: str
    name: str = ""
    product_identification_helper: Identification | None = None


class Branch(Shape, frozen=True):
    """One branch of the product tree."""

    category: str = ""
    name: str = ""
    product: FullName | None = None
    branches: list[Branch] = []


class Relationship(Shape, frozen=True):
    """One entry of ``relationships`` (CSAF 2.0)."""

    full_product_name: FullName
    product_reference: str
    relates_to_product_reference: str


class Subpath(Shape, frozen=True):
    """One step of a product path."""

    next_product_reference: str


class ProductPath(Shape, frozen=True):
    """One entry of ``product_paths`` (CSAF 2.1)."""

    full_product_name: FullName
    beginning_product_reference: str
    subpaths: list[Subpath] = []


class ProductGroup(Shape, frozen=True):
    """One entry of ``product_groups``."""

    group_id: str
    product_ids: list[str] = []


class ProductTree(Shape, frozen=True):
    """``product_tree``."""

    branches: list[Branch] = []
    full_product_names: list[FullName] = []
    relationships: list[Relationship] = []
    product_paths: list[ProductPath] = []
    product_groups: list[ProductGroup] = []


class ProductStatus(Shape, frozen=True):
    """``product_status``: lists of product ids."""

    known_affected: list[str] = []
    first_affected: list[str] = []
    last_affected: list[str] = []
    known_not_affected: list[str] = []
    fixed: list[str] = []
    first_fixed: list[str] = []
    recommended: list[str] = []
    under_investigation: list[str] = []
    unknown: list[str] = []


class Concerned(Shape, frozen=True):
    """Base of what is said of some products only."""

    product_ids: list[str] = []
    group_ids: list[str] = []


class Flag(Concerned, frozen=True):
    """One entry of ``flags``: why products are not affected."""

    label: str = ""


class Remediation(Concerned, frozen=True):
    """One entry of ``remediations``."""

    category: str = ""
    details: str = ""
    url: str | None = None


class Threat(Concerned, frozen=True):
    """One entry of ``threats``."""

    category: str = ""
    details: str = ""
    date: str | None = None


class FirstExploitation(Concerned, frozen=True):
    """One entry of ``first_known_exploitation_dates`` (CSAF 2.1)."""

    exploitation_date: str | None = None


class Cvss(Shape, frozen=True, rename="camel"):
    """A CVSS object of any version."""

    vector_string: str | None = None
    base_score: float | None = None


class SelectedValue(Shape, frozen=True):
    """A value chosen at a decision point."""

    key: str = ""


class Selection(Shape, frozen=True):
    """One decision point of an SSVC selection list."""

    namespace: str = ""
    key: str = ""
    values: list[SelectedValue] = []


class Selections(Shape, frozen=True):
    """``ssvc_v2``: a selection list of SSVC 2.0.0."""

    timestamp: str | None = None
    selections: list[Selection] = []


class Metrics(Shape, frozen=True):
    """A ``scores`` entry of CSAF 2.0, ``metrics[].content`` of 2.1. ``source`` here is JVN's."""

    cvss_v2: Cvss | None = None
    cvss_v3: Cvss | None = None
    cvss_v4: Cvss | None = None
    qualitative_severity_rating: str | None = None
    ssvc_v2: Selections | None = None
    source: str | None = None


class Metric(Shape, frozen=True):
    """One entry of ``metrics`` (CSAF 2.1)."""

    content: Metrics = Metrics()
    source: str | None = None


class Cwe(Shape, frozen=True):
    """A weakness. ``source`` is JVN's."""

    id: str = ""
    source: str | None = None


class SystemId(Shape, frozen=True):
    """One entry of ``ids``."""

    system_name: str = ""
    text: str = ""


class Vulnerability(Shape, frozen=True):
    """One entry of ``vulnerabilities``."""

    cve: str | None = None
    ids: list[SystemId] = []
    title: str = ""
    cwe: Cwe | None = None
    cwes: list[Cwe] = []
    notes: list[Note] = []
    references: list[Reference] = []
    acknowledgments: list[Acknowledgment] = []
    product_status: ProductStatus = ProductStatus()
    flags: list[Flag] = []
    remediations: list[Remediation] = []
    threats: list[Threat] = []
    first_known_exploitation_dates: list[FirstExploitation] = []
    scores: list[Metrics] = []
    metrics: list[Metric] = []


class Document(Shape, frozen=True):
    """A whole document."""

    document: Head
    product_tree: ProductTree = ProductTree()
    vulnerabilities: list[Vulnerability] = []
