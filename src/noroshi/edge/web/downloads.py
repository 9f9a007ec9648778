"""Files that the reader keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from noroshi.edge.tables import Cell, csv_file, xlsx_file

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(
    name: str, kind: str, parts: Iterable[bytes], *, size: int | None = None
) -> StreamingHttpResponse:
    """Return a file to keep, never to show: piece by piece, however large it is."""
    response = StreamingHttpResponse(parts, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    if size is not None:
        response["Content-Length"] = str(size)
    return response


def csv_attachment(
    name: str, columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]
) -> StreamingHttpResponse:
    """Return rows as a CSV file to keep."""
    return attachment(f"{name}.csv", "text/csv; charset=utf-8", csv_file(columns, rows))


def xlsx_attachment(
    name: str, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]
) -> StreamingHttpResponse:
    """Return rows as an Excel workbook to keep."""
    data = xlsx_file(name, columns, rows)
    return attachment(f"{name}.xlsx", _XLSX, [data], size=len(data))
