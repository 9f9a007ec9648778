"""RSS 0.9x, 1.0, 2.0 and Atom: what vendors without anything better say in a list of news.

An item comes to a record for each CVE that its words or its addresses name; one that names none
says nothing about a vulnerability. Its title and text are claims only where it names a single CVE:
what is said of twenty at once describes none of them. Then as always its address is a reference.

The voice is the host that the item leads to, ``rss:kasumi.example``: never that of an assigner of
the same name, since whoever writes a feed chooses where it leads.

Sources: https://www.rssboard.org/rss-specification, https://web.resource.org/rss/1.0/spec,
RFC 4287 (Atom)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec
from lxml import etree

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Record
from noroshi.core.formats import claims, mentions, rss_split, strict_xml
from noroshi.core.formats.feed import RawDocument

SOURCE = "rss"

LONGEST_TITLE, LONGEST_TEXT, LONGEST_HOST, LONGEST_LINK = 300, 10_000, 60, 2000

_TITLES = ("title", "dc:title")
_SHORT = ("description", "summary", "dc:description", "dcterms:abstract")
_WHOLE = ("content:encoded", "content")
_KEYS = ("guid", "id", "dc:identifier", "dcterms:identifier", "sec:identifier")
_DATES = ("updated", "dcterms:modified", "pubDate", "published", "dc:date", "dcterms:issued")
_MORE = ("category", "dc:subject", "sec:references")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})"
    r"\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:([+-])(\d{2}):?(\d{2})|([A-Za-z]{1,5}))?",
    re.ASCII,
)
_AMERICA = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_ZONES = {**_AMERICA, "jst": 9}


class _Item(msgspec.Struct, frozen=True):
    """What an item says. ``key``: by what its feed knows it."""

    key: str
    link: str
    title: str
    text: str
    words: tuple[str, ...]
    lang: str
    changed: dt.datetime | None


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split a feed into its items."""
    yield from rss_split.items(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record for each CVE that the item names."""
    try:
        item = _item(document)
    except FormatError as error:
        yield error
        return
    found = mentions.cves(item.words, "line 1")
    yield from found.problems
    host = _host(item.link) or _host(item.key)
    digest = hashlib.sha256(item.key.encode()).hexdigest()[:24]
    if not item.key and found.names:
        yield WrongShape("line 1", detail="an item with neither an id nor an address")
        return
    record = _record(item, f"rss:{host}" if host else SOURCE, alone=len(found.names) == 1)
    for name in found.names:
        external_id = f"{host or SOURCE}:{digest}/{name}"
        yield msgspec.structs.replace(record, external_id=external_id, names=(name,))


def _record(item: _Item, by: str, *, alone: bool) -> Record:
    title = item.title[:LONGEST_TITLE] if alone else ""
    text = item.text[:LONGEST_TEXT] if alone else ""
    return Record(
        source=SOURCE,
        external_id="",
        names=(),
        modified=item.changed,
        titles=claims.texts([(item.lang or mentions.language(title), title)], by),
        descriptions=claims.texts([(item.lang or mentions.language(text), text)], by),
        references=claims.references([(item.link, ())]),
    )


def _item(document: bytes) -> _Item:
    root = strict_xml.parse(rss_split.wrapped(document))
    elements = [*root.iterchildren("*")]
    if len(elements) != 1 or not _is_item(elements[0]):
        raise WrongShape("line 1", detail="not one item of RSS or Atom")
    item = elements[0]
    parts = _parts(item)
    about = next((str(value) for name, value in item.items() if "}about" in str(name)), "")
    link = _address(_link(item, parts) or about)
    title = mentions.plain(_first(parts, _TITLES))
    short, whole = _first(parts, _SHORT), _first(parts, _WHOLE)
    key = _first(parts, _KEYS) or link or about.strip()
    bodies = (mentions.plain(short), mentions.plain(whole))
    more = tuple(text for name in _MORE for text in parts.get(name, ()))
    dates = [text for name in _DATES for text in parts.get(name, ())]
    return _Item(
        key=key,
        link=link or _address(key),
        title=title,
        text=bodies[0] or bodies[1],
        words=(title, *bodies, link, key, *more),
        lang=_language(item),
        changed=next(filter(None, map(_moment, dates)), None),
    )


def _is_item(element: etree._Element) -> bool:
    return _name(element, element.prefix).encode() in rss_split.ITEMS.values()


def _parts(item: etree._Element) -> dict[str, list[str]]:
    """Return the texts right below an item, by name; other vocabularies' with prefix."""
    parts: dict[str, list[str]] = {}
    for part in item.iterchildren("*"):
        parts.setdefault(_name(part, item.prefix), []).append("".join(map(str, part.itertext())))
    return parts


def _name(element: etree._Element, own: str | None) -> str:
    local = str(element.tag).rpartition("}")[2]
    return local if element.prefix in {None, own} else f"{element.prefix}:{local}"


def _first(parts: dict[str, list[str]], names: tuple[str, ...]) -> str:
    texts = (text.strip() for name in names for text in parts.get(name, ()))
    return next(filter(None, texts), "")


def _link(item: etree._Element, parts: dict[str, list[str]]) -> str:
    """Return the address of an item: the text of RSS's ``link``, or of Atom's alternate one."""
    for part in item.iterchildren("*"):
        is_link = _name(part, item.prefix) in {"link", "atom:link"}
        if is_link and part.get("href") and part.get("rel", "alternate") == "alternate":
            return part.get("href", "")
    return _first(parts, ("link",))


def _address(text: str) -> str:
    """Return a web address; empty for anything else."""
    address = text.strip()
    usable = address.startswith(("https://", "http://")) and len(address) <= LONGEST_LINK
    return address if usable and not re.search(r"\s", address) else ""


def _host(address: str) -> str:
    if not _address(address):
        return ""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"[^\w.-]", "", host, flags=re.ASCII).removeprefix("www.")[:LONGEST_HOST]


def _language(item: etree._Element) -> str:
    said = item.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    return said if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", said) else ""


def _moment(text: str) -> dt.datetime | None:
    """Read a time of RFC 822 (RSS 2.0) or of ISO 8601 (Atom, Dublin Core)."""
    written = text.strip()
    found = _RFC822.fullmatch(written) if len(written) <= claims.LONGEST_DATE else None
    if found is None or found[2].lower() not in _MONTHS:
        return claims.moment(written)
    day, month, year, hour, minute, second, sign, hours, minutes, zone = found.groups()
    offset = dt.timedelta(hours=_ZONES.get((zone or "").lower(), 0))
    if sign:
        offset = dt.timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    try:
        time = dt.time(int(hour), int(minute), int(second or 0))
        date = dt.date(int(year), _MONTHS.index(month.lower()) + 1, int(day))
        return dt.datetime.combine(date, time, dt.UTC) - offset
    except (ValueError, OverflowError):
        return None
