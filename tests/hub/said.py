"""The values of a document, as far as they concern one vulnerability, to look claims up in."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Said:
    """The values of a document, as far as they concern one vulnerability."""

    def __init__(self, source: str, name: str, body: bytes) -> None:
        self._values = list(_values(source, name, body))
        self.values = {value.strip() for value in self._values}
        self.all = "\n".join(self._values)

    @cached_property
    def lower(self) -> str:
        return self.all.casefold()

    @cached_property
    def lower_values(self) -> set[str]:
        return {value.casefold() for value in self.values}

    @cached_property
    def tokens(self) -> set[str]:
        return set(self.all.split())

    @cached_property
    def folded(self) -> str:
        return "\n".join(fold(value) for value in self._values)

    @cached_property
    def unset(self) -> str:
        return re.sub(r"\s*[\u2010-\u2015\u2212-]\s*", "-", self.all)

    @cached_property
    def phrases(self) -> str:
        return self.folded.replace("-", " ")

    @cached_property
    def plain(self) -> str:
        return re.sub(r"[-_.]+", "-", unquote(self.lower))

    @cached_property
    def names(self) -> str:
        return unquote(self.lower).replace("\\", "")

    @cached_property
    def numbers(self) -> set[float]:
        return {number for value in self._values if (number := _number(value)) is not None}

    @cached_property
    def moments(self) -> set[dt.datetime]:
        return {moment for value in self._values if (moment := _moment(value))}

    @cached_property
    def days(self) -> set[str]:
        return set(re.findall(r"\d{4}-\d\d-\d\d", self.all))

    def whole(self, text: str) -> bool:
        return text.strip() in self.values

    def within(self, text: str) -> bool:
        """Whether a text stands there between others, and is not merely a part of a word."""
        at = self.all.find(text)
        while at >= 0:
            before, after = self.all[at - 1 : at], self.all[at + len(text) : at + len(text) + 1]
            if not (before.isalnum() or before == "." or after.isalnum()):
                return True
            at = self.all.find(text, at + 1)
        return False

    def moment(self, time: dt.datetime) -> bool:
        return time in self.moments or time.date().isoformat() in self.days

    def day(self, day: dt.date) -> bool:
        return day.isoformat() in self.days


def _values(source: str, name: str, body: bytes) -> Iterator[str]:
    """Yield the values of a document; of a table its heading's day and the row of ``name``."""
    if source == "epss":
        first, _, *rows = body.decode().splitlines()
        yield from first.split(",")
        for row in csv.reader(rows):
            if row[0] == name:
                yield from row
        return
    yield from _leaves(_concerned(source, name, json.loads(body)))


def _concerned(source: str, name: str, document: Any) -> Any:
    """Leave out the other vulnerabilities of a document that speaks of several."""
    if source == "kev":
        return [each for each in document["vulnerabilities"] if each["cveID"] == name]
    if source == "csaf" and name.startswith("CVE-"):
        own = [each for each in document["vulnerabilities"] if each.get("cve") == name]
        return {**document, "vulnerabilities": own}
    return document


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _moment(text: str) -> dt.datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d", text) or len(text) > 40:
        return None
    try:
        time = dt.datetime.fromisoformat(text.replace(" UTC", "+00:00").replace(" +", "+"))
    except ValueError:
        return None
    return time.astimezone(dt.UTC) if time.tzinfo else time.replace(tzinfo=dt.UTC)
