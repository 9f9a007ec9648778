"""One vulnerability in the forms of the field: merged views, as a CVE record and as OSV."""

from __future__ import annotations

from django.utils.translation import gettext as _
from ninja import Router

from noroshi.core.errors import NotFound
from noroshi.core.formats import cve5_writing, osv_writing
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import Bytes, Promise, reading
from noroshi.edge.exchange.rest.shapes import Shape
from noroshi.edge.exchange.rest.vulnerabilities import READ, Name
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.exporting import merged

router = Router(tags=["vulnerabilities"])


class CveRecord(Shape, frozen=True, rename="camel"):
    """A record in CVE JSON 5 (schema 5.2), in which `noroshi` stands as who provides it.

    `x_noroshi` says whose words are in it; entries of `affected` name who makes them.
    """

    data_type: str
    data_version: str


class OsvRecord(Shape, frozen=True):
    """A record in the OSV format (1.7); `database_specific.noroshi` says whose words are in it."""

    schema_version: str
    id: str
    modified: str


@reading(
    router,
    "/vulnerabilities/{name}/cve",
    Promise(scope=READ, gives=CveRecord, media_type=cve5_writing.MEDIA_TYPE),
)
def get_cve_record(request: Call, name: Name) -> Bytes:  # noqa: ARG001 - the same for everybody
    """Give what all sources say as one record in CVE JSON 5: a merged view, not the CNA's record.

    There is none of a vulnerability without a CVE id.
    """
    data = cve5_writing.write(merged(overview.vulnerability_named(name)))
    if data is None:
        raise NotFound(kind=_("CVE record"), name=name)
    return Bytes(data, cve5_writing.MEDIA_TYPE)


@reading(
    router,
    "/vulnerabilities/{name}/osv",
    Promise(scope=READ, gives=OsvRecord, media_type=osv_writing.MEDIA_TYPE),
)
def get_osv_record(request: Call, name: Name) -> Bytes:  # noqa: ARG001 - the same for everybody
    """Give what all sources say of packages as one OSV record: a merged view.

    Products that are no package of an ecosystem are not in it, and counted.
    """
    data = osv_writing.write(merged(overview.vulnerability_named(name)))
    return Bytes(data, osv_writing.MEDIA_TYPE)
