"""Sources that are a folder of records in a Git repository on GitHub.

The first time the archive of the newest commit is fetched; then each record that commits changed
since, by itself. Where there were too many, or history was written anew, it is the archive again.
``nvd_overrides`` and ``vulnrichment`` say which repository theirs is.
Source: https://docs.github.com/en/rest/commits/commits
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from noroshi.core.errors import MissingPart, UnexpectedAnswer
from noroshi.edge.feeds.checking import decoded, is_object, members
from noroshi.edge.feeds.port import Answer, Client, Cursor, File, Step
from noroshi.edge.feeds.sources.cve5 import is_record

API = "https://api.github.com/repos"
ARCHIVES = "https://github.com"
FILES = "https://raw.githubusercontent.com"

HOSTS = frozenset(
    {"api.github.com", "github.com", "codeload.github.com", "raw.githubusercontent.com"}
)

MOST_SINGLE = 300
"""Files that GitHub lists of a comparison at most; as many may be more."""

LEAST_LEFT = 0.5
"""Part of its records that a repository keeps at least from one archive to the next."""

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,9}")


class _Commit(msgspec.Struct, frozen=True):
    sha: str


class _Changed(msgspec.Struct, frozen=True):
    filename: str
    status: str


class _Comparison(msgspec.Struct, frozen=True):
    status: str
    files: list[_Changed] = []


_commit = msgspec.json.Decoder(_Commit)
_comparison = msgspec.json.Decoder(_Comparison)


class Repository(msgspec.Struct, frozen=True):
    """A feed of CVE records that lie in a repository. Its cursor: the commit that is known.

    ``least``: records that the repository has at the very least.
    """

    source: str
    repository: str
    branch: str
    cadence: dt.timedelta
    least: int = 1
    hosts: frozenset[str] = HOSTS
    apart: float = 0.2

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield what was changed since the commit of the cursor; without one, everything."""
        address = f"{API}/{self.repository}/commits/{self.branch}"
        newest = client.get_if_changed(address, "commit.json")
        if newest is None:
            return
        commit = decoded(newest, _commit).sha
        if not _HASH.fullmatch(commit):
            raise UnexpectedAnswer(newest.address, detail="it names no commit")
        changed = self._changed(client, cursor.get("commit", ""), commit)
        step = (
            self._everything(client, cursor, commit)
            if changed is None
            else self._single(client, cursor, commit, changed)
        )
        yield msgspec.structs.replace(step, marks=(newest.mark,), wanted=is_record)

    def _changed(self, client: Client, known: str, commit: str) -> list[str] | None:
        """Return the records that were written since a commit; ``None`` where that is not known."""
        if known == commit:
            return []
        if not known:
            return None
        address = f"{API}/{self.repository}/compare/{known}...{commit}"
        answer = client.find(address, "compare.json")
        if answer is None:
            return None
        comparison = decoded(answer, _comparison)
        if comparison.status != "ahead" or len(comparison.files) >= MOST_SINGLE:
            return None
        written = [one.filename for one in comparison.files if one.status != "removed"]
        return [name for name in written if is_record(name) and _PATH.fullmatch(name)]

    def _everything(self, client: Client, cursor: Cursor, commit: str) -> Step:
        name = f"{self.repository.rpartition('/')[2]}.zip"
        answer = client.get(f"{ARCHIVES}/{self.repository}/archive/{commit}.zip", name)
        count = self._count(answer, int(cursor.get("records", 0)))
        return Step({"commit": commit, "records": count}, (answer.file,))

    def _count(self, answer: Answer, before: int) -> int:
        count = sum(is_record(member.filename) for member in members(answer))
        least = max(self.least, int(before * LEAST_LEFT))
        if count < least:
            detail = f"{count} records, where at least {least} were expected"
            raise UnexpectedAnswer(answer.address, detail=detail)
        return count

    def _single(self, client: Client, cursor: Cursor, commit: str, changed: list[str]) -> Step:
        files: list[File] = []
        missing: list[str] = []
        for name in changed:
            answer = client.find(f"{FILES}/{self.repository}/{commit}/{quote(name)}", name)
            if answer is None:
                missing.append(name)
            elif is_object(answer.path):
                files.append(answer.file)
            else:
                raise UnexpectedAnswer(answer.address, detail="it is not a record")
        problems = tuple((name, MissingPart()) for name in missing)
        return Step({**cursor, "commit": commit}, tuple(files), problems=problems)
