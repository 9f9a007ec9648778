"""Files as they arrive: only from people who are signed in, and only up to the limit.

A file that may not come in is read to its end and thrown away piece by piece, so that the browser
gets an answer; nothing of it is kept. Everything else is Django's: small files stay in memory,
larger ones in a temporary file.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from noroshi.core.errors import TooLarge

_MARK = "dropped_file"


class ReceivingHandler(FileUploadHandler):
    """Stands before Django's handlers, and lets through what may come in."""

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Refuse files of people who have not signed in."""
        super().new_file(*args, **kwargs)
        if self.request is None or not _known(self.request):
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's
        """Pass the data on until all files of the request together are larger than one may be."""
        self.received += len(raw_data)
        if self.received > limit():
            setattr(self.request, _MARK, True)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""


def limit() -> int:
    """Return how many bytes a file may have."""
    most: int = settings.NOROSHI.max_document_bytes
    return most


def too_large(request: HttpRequest) -> TooLarge | None:
    """Return the error of a file that was dropped because of its size, if there was one."""
    return TooLarge(limit=f"{limit():,}") if getattr(request, _MARK, False) else None


def _known(request: HttpRequest) -> bool:
    """Say whether a person has signed in, or a program has shown its key."""
    return request.user.is_authenticated or bool(getattr(request, "auth", None))
