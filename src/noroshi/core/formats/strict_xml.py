"""XML, read strictly: UTF-8, no document type, no entity of its own, no bottomless nesting.

A document type declaration is looked for *before* the parser sees the bytes: it can only stand in
the prolog (XML 1.0 §2.8), so a bomb of entities is refused without one of them being read.
"""

from __future__ import annotations

import re

from lxml import etree

from noroshi.core.errors import (
    BrokenXml,
    ForbiddenXml,
    FormatError,
    NotText,
    TooDeep,
    TooLarge,
)
from noroshi.core.formats import strict_text

LONGEST_TEXT = 10_000_000
"""Bytes that libxml2 accepts in one text or attribute (``XML_MAX_TEXT_LENGTH``)."""

_SPACE = re.compile(rb"[ \t\r\n]*")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})""")
_ENTITY = {etree.ErrorTypes.ERR_UNDECLARED_ENTITY, etree.ErrorTypes.WAR_UNDECLARED_ENTITY}
_ENCODINGS = {etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_UNKNOWN_ENCODING}
_UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}


def parse(raw: bytes) -> etree._Element:
    """Return the root element; comments and processing instructions are left out.

    Nesting ends at 256 levels (libxml2). Raises a `FormatError` whose ``where`` is the line.
    """
    text = strict_text.check(raw)
    _refuse_other_encodings(text)
    _refuse_document_type(text)
    try:
        root = etree.fromstring(text, _parser())
    except etree.XMLSyntaxError as error:
        raise _as_format_error(error) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ForbiddenXml("line 1")
    return root


def _parser() -> etree.XMLParser:
    """Return a fresh parser: one must not be shared between threads."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _refuse_other_encodings(text: bytes) -> None:
    declared = _ENCODING.match(text)
    if declared and declared[1].decode("latin-1").lower() not in _UTF8:
        name = declared[1].decode("latin-1")
        raise NotText("line 1", detail=f"declared as {name!r}; UTF-8 is expected")


def _refuse_document_type(text: bytes) -> None:
    """Walk the prolog — space, comments, instructions — up to the first tag."""
    position = 0
    while position >= 0:
        position = _after_space(text, position)
        if text.startswith(b"<?", position):
            position = _after(text, b"?>", position + 2)
        elif text.startswith(b"<!--", position):
            position = _after(text, b"-->", position + 4)
        elif text.startswith(b"<!", position):
            line = text.count(b"\n", 0, position) + 1
            raise ForbiddenXml(f"line {line}")
        else:
            return


def _after_space(text: bytes, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _after(text: bytes, mark: bytes, position: int) -> int:
    """Return where ``mark`` ends, or -1 when it never comes (the parser will say so better)."""
    found = text.find(mark, position)
    return found + len(mark) if found >= 0 else -1


def _as_format_error(error: etree.XMLSyntaxError) -> FormatError:
    place = f"line {error.lineno}"
    detail = (error.msg or "no root element").strip()
    # libxml2 changed the numbers of its limits between releases; the wording held.
    if "Excessive depth" in detail:
        return TooDeep(place)
    if "XML_PARSE_HUGE" in detail:
        return TooLarge(place, limit=LONGEST_TEXT)
    code = getattr(error, "code", None)  # the type stubs do not know it
    if code in _ENTITY:
        return ForbiddenXml(place)
    if code in _ENCODINGS:
        return NotText(place, detail="not UTF-8")
    return BrokenXml(place, detail=detail)
