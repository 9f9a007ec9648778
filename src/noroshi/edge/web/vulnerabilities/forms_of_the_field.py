"""One vulnerability to keep as a CVE record or in OSV: merged views of what sources say."""

from __future__ import annotations

from django.http import StreamingHttpResponse

from noroshi.core.errors import NotFound
from noroshi.core.formats import cve5_writing, osv_writing
from noroshi.edge.web.downloads import attachment
from noroshi.edge.web.pages import CONTENTS, Visit, page
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.exporting import merged


@page(CONTENTS)
def cve_record(request: Visit, name: str) -> StreamingHttpResponse:  # noqa: ARG001 - the door's
    """Give the record in CVE JSON 5; there is none of a vulnerability without a CVE id."""
    row = overview.vulnerability_named(name)
    data = cve5_writing.write(merged(row))
    if data is None:
        raise NotFound(kind="CVE record", name=name)
    return _kept(f"{row.preferred_id}.cve.json", cve5_writing.MEDIA_TYPE, data)


@page(CONTENTS)
def osv_record(request: Visit, name: str) -> StreamingHttpResponse:  # noqa: ARG001 - the door's
    """Give the OSV record."""
    row = overview.vulnerability_named(name)
    data = osv_writing.write(merged(row))
    return _kept(f"{row.preferred_id}.osv.json", osv_writing.MEDIA_TYPE, data)


def _kept(file: str, kind: str, data: bytes) -> StreamingHttpResponse:
    return attachment(file.replace(":", "_"), kind, [data], size=len(data))
