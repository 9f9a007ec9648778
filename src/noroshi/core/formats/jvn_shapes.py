"""MyJVN API 4: the shapes of its JSON, as far as `jvn_json` reads them.

Names follow the schemas (``myjvn_vuldef_1.0.csaf``, ``jvnpid_extension_1.0``, ``myjvn_feed_1.0``).
"""

from __future__ import annotations

import msgspec

from noroshi.core.formats import configurations, csaf_shapes, cve5_versions


class Shape(msgspec.Struct, frozen=True):
    """Base of all: immutable, unknown keys passed over."""


class Version(cve5_versions.Entry, frozen=True, rename="camel"):
    """A version entry of CVE JSON 5, with its meaning in words."""

    version: str = ""
    description: str = ""


class Product(Shape, frozen=True):
    """An ``affected`` entry of CVE JSON 5, as far as JVN fills it."""

    vendor: str = ""
    product: str = ""
    versions: list[Version] = []


class Extension(msgspec.Struct, frozen=True, rename="camel"):
    """``jvn_extension``: what CSAF has no place for."""

    affected: list[Product] = []
    cpe_applicability: list[configurations.Configuration] = []


class Document(csaf_shapes.Document, frozen=True):
    """JVN-CSAF: a whole entry."""

    jvn_extension: Extension = Extension()


class Mention(Shape, frozen=True):
    """One of the ``references`` and ``cwes`` of an overview."""

    url: str = ""
    summary: str = ""
    source: str = ""
    id: str = ""


class ProductIds(Shape, frozen=True):
    """``product_ids``: the names of a product."""

    cpe: str | None = None


class OverviewProduct(Shape, frozen=True):
    """One of the ``products`` of an overview."""

    vname: str = ""
    pname: str = ""
    version: str = ""
    product_ids: ProductIds | None = None


class Overview(Shape, frozen=True):
    """One ``entry`` of an overview feed."""

    id: str
    title: str = ""
    summary: str = ""
    link: str = ""
    modified: str | None = None
    created: str | None = None
    references: list[Mention] = []
    cwes: list[Mention] = []
    products: list[OverviewProduct] = []
    metrics: list[csaf_shapes.Metric] = []


class Feed(Shape, frozen=True):
    """``feed`` of an overview; its entries stay raw."""

    entry: list[msgspec.Raw] = []


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """``status``: how the request went."""

    ret_cd: int = 0
    err_msg: str = ""


class Carrier(Shape, frozen=True):
    """A STIX object; JVN's own carries entries, which stay raw."""

    documents: list[msgspec.Raw] = msgspec.field(default_factory=list, name="VULDEF-Document")


class Outer(Shape, frozen=True):
    """Whichever of the layouts it is."""

    document: msgspec.Raw = msgspec.Raw(b"")
    id: msgspec.Raw = msgspec.Raw(b"")
    objects: list[Carrier] | None = None
    feed: Feed | None = None
    status: Status | None = None
