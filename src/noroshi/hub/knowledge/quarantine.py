"""What could not be read: set aside with its place, and let go when it is there no longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from noroshi.core.errors import FormatError
from noroshi.hub.knowledge.models import Quarantine, Source

LONGEST = 500
"""Characters of a file's name and of a place, and half the bytes of each: an index takes both."""

_Trouble = bytes | str
"""The hash of the document that cannot be read, or the place where there is no document."""


class Aside:
    """The quarantine of one source during one import.

    A row goes when its file has been read to the end and its trouble was not met in it again: the
    document changed or is gone, the file is whole now.
    """

    def __init__(self, source: Source, now: dt.datetime) -> None:
        self._source = source
        self._now = now
        self._before: dict[str, dict[_Trouble, list[tuple[int, int | None]]]] = {}
        self._broken: set[str] = set()
        rows = Quarantine.objects.filter(source=source)
        for number, file, where, document, sha256 in rows.values_list(
            "pk", "file", "where", "document_id", "document__sha256"
        ):
            trouble = bytes(sha256) if sha256 else where
            self._before.setdefault(file, {}).setdefault(trouble, []).append((number, document))

    def knows(self, file: str) -> bool:
        """Say whether anything of this file was in quarantine before."""
        return _ending(file) in self._before

    def met(self, file: str, sha256: bytes) -> None:
        """Note that the document still stands in the file."""
        self._before.get(_ending(file), {}).pop(sha256, None)

    def unreadable(self, file: str, problem: FormatError) -> None:
        """Set aside a file, or a part of one, that does not even hold a document."""
        row = self._row(file, problem.where, problem, None)
        if not row.where:
            self._broken.add(row.file)
        known = self._before.get(row.file, {}).pop(row.where, [])
        same = Quarantine.objects.filter(
            pk__in=[number for number, _ in known], code=row.code, facts=row.facts
        )
        if not same.exists():
            self._write([row])

    def add(self, file: str, where: str, problems: Sequence[FormatError], document: int) -> None:
        """Set aside what could not be read in a document."""
        rows = [
            self._row(file, f"{where} {problem.where}".strip(), problem, document)
            for problem in problems
        ]
        self._write(list({row.where: row for row in rows}.values()))

    def finished(self, file: str) -> None:
        """Let go what was not met again in a file that has been read to its end."""
        file = _ending(file)
        if file in self._broken:
            return
        names = [file]
        if file.endswith(".zip"):
            names += [name for name in self._before if name.startswith(f"{file}/")]
        for name in names:
            if name not in self._broken:
                self._release(self._before.pop(name, {}))

    def _release(self, troubles: dict[_Trouble, list[tuple[int, int | None]]]) -> None:
        for rows in troubles.values():
            for number, document in rows:
                # Another document may have failed at the same place since; that row stays.
                Quarantine.objects.filter(pk=number, document=document).delete()

    def _row(self, file: str, where: str, problem: FormatError, document: int | None) -> Quarantine:
        return Quarantine(
            source=self._source,
            document_id=document,
            file=_ending(file),
            where=_beginning(where),
            code=problem.code,
            facts={name: _storable(str(fact)[:300]) for name, fact in problem.facts.items()},
            at=self._now,
        )

    def _write(self, rows: list[Quarantine]) -> None:
        Quarantine.objects.bulk_create(
            rows,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["source", "file", "where"],
            update_fields=["document", "code", "facts", "at"],
        )


def _ending(name: str) -> str:
    return _storable(name[-LONGEST:]).encode()[-2 * LONGEST :].decode(errors="ignore")


def _beginning(place: str) -> str:
    return _storable(place[:LONGEST]).encode()[: 2 * LONGEST].decode(errors="ignore")


def _storable(text: str) -> str:
    """Return the text without what no database takes: NUL and halves of characters."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()
