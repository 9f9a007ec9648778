"""JVN iPedia in XML: an entry of VULDEF (2.0 to 3.2), an item of JVNRSS.

Elements are known by their local names: the namespaces changed with the versions, the names
did not.
Source: https://jvndb.jvn.jp/schema/vuldef_3.2.xsd, https://jvndb.jvn.jp/schema/jvnrss_3.2.xsd
"""

from __future__ import annotations

import re

from lxml import etree

from noroshi.core.errors import WrongShape
from noroshi.core.facets import Status
from noroshi.core.formats import jvn_split, strict_xml
from noroshi.core.formats.jvn_entry import Entry, Item, Related, Score

_STATUSES = {"notvulnerable": Status.NOT_AFFECTED, "unknown": Status.UNKNOWN}
_OPERATORS = {"eq": "", "ne": "!=", "gt": ">", "lt": "<", "ge": ">=", "le": "<="}
_DECIMAL = re.compile(r"\d{1,2}(?:\.\d{1,4})?", re.ASCII)


def read(document: bytes) -> Entry:
    """Read one entry. Raises a `FormatError` whose ``where`` is a line of the document."""
    root = strict_xml.parse(jvn_split.wrapped(document))
    elements = [*root.iterchildren("*")]
    if len(elements) != 1:
        raise WrongShape("line 1", detail="not one entry")
    element = elements[0]
    if _name(element) == "Vulinfo":
        return _vuldef(element)
    if _name(element) == "item":
        return _rss(element)
    raise WrongShape(_line(element), detail="neither an entry of VULDEF nor of JVNRSS")


def _vuldef(entry: etree._Element) -> Entry:
    data = _child(entry, "VulinfoData")
    if data is None:
        raise WrongShape(_line(entry), detail="an entry without data")
    told = [*_below(data, "Overview"), *_below(data, "Detail")]
    impacts = [
        text for item in _below(data, "ImpactItem") for text in _children(item, "Description")
    ]
    return Entry(
        id=_text(entry, "VulinfoID"),
        where=_line(entry),
        title=_text(data, "Title"),
        texts=tuple(map(_content, [*told, *impacts])),
        items=tuple(map(_item, _below(data, "AffectedItem"))),
        scores=tuple(
            Score(_text(cvss, "Vector") or None, _number(_text(cvss, "Base")))
            for cvss in _below(data, "Cvss")
        ),
        related=tuple(map(_related, _below(data, "RelatedItem"))),
        solutions=tuple(
            (_content(text), _text(item, "URL") or None)
            for item in _below(data, "SolutionItem")
            for text in _children(item, "Description")
        ),
        thanked=tuple(_text(item, "Name") for item in _below(data, "CreditItem")),
        published=_text(data, "DateFirstPublished") or None,
        modified=_text(data, "DateLastUpdated") or None,
    )


def _item(item: etree._Element) -> Item:
    return Item(
        vendor=_text(item, "Name"),
        product=_text(item, "ProductName"),
        cpes=tuple(map(_content, _children(item, "Cpe"))),
        versions=tuple(map(_version, _children(item, "VersionNumber"))),
        status=_STATUSES.get(item.get("affectedstatus", ""), Status.AFFECTED),
        where=_line(item),
    )


def _version(written: etree._Element) -> str:
    """Return a version text; an operator, and the ends of a range, as the signs they mean."""
    parts = [written, *written.iterchildren("*")]
    texts = ((_OPERATORS.get(part.get("operator", ""), ""), part.text or "") for part in parts)
    return " ".join(f"{sign}{text.strip()}" for sign, text in texts if text.strip())


def _related(item: etree._Element) -> Related:
    return Related(
        id=_text(item, "VulinfoID"),
        url=_text(item, "URL"),
        source=_text(item, "Name"),
        kind=item.get("type", ""),
        where=_line(item),
    )


def _rss(item: etree._Element) -> Entry:
    link = _text(item, "link")
    related = tuple(
        Related(
            (each.get("id") or "").strip(),
            _content(each),
            (each.get("source") or "").strip(),
            where=_line(each),
        )
        for each in _children(item, "references")
    )
    return Entry(
        id=_text(item, "identifier"),
        where=_line(item),
        title=_text(item, "title"),
        texts=(_text(item, "description"),),
        items=tuple(
            Item(
                (each.get("vendor") or "").strip(),
                (each.get("product") or "").strip(),
                (_content(each),),
                where=_line(each),
            )
            for each in _children(item, "cpe")
        ),
        scores=tuple(
            Score(each.get("vector"), _number(each.get("score") or ""))
            for each in _children(item, "cvss")
            if each.get("type", "Base") == "Base"
        ),
        related=(Related("", link), *related),
        published=_text(item, "issued") or None,
        modified=_text(item, "modified") or _text(item, "date") or None,
        overview=True,
    )


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _line(element: etree._Element) -> str:
    return f"line {element.sourceline}"


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element.iterchildren("*") if _name(child) == name]


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(iter(_children(element, name)), None)


def _below(element: etree._Element, name: str) -> list[etree._Element]:
    return [each for each in element.iterdescendants("*") if _name(each) == name]


def _text(element: etree._Element, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else _content(child)


def _content(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())).strip()


def _number(text: str) -> float | None:
    return float(text) if _DECIMAL.fullmatch(text.strip()) else None
