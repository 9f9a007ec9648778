"""Vulnerabilities that a text names: for sources that speak in prose.

A name that is only begun (``CVE-2024-X``) is told; one whose digits are left open on purpose
(``CVE-2024-XXXX``: assigned, and not public yet) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from lxml import etree

from noroshi.core.errors import NotAnIdentifier

MOST = 2000
"""Names that one text is read for; the longest of the monthly lists has about a thousand."""

MOST_PROBLEMS = 20
LONGEST_HTML = 500_000
"""Characters of a text that are read."""

_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
_MENTION = re.compile(
    r"(?<![A-Za-z0-9])CVE-\d{4}-(?:(?P<number>\d{4,19})(?![\dA-Za-z\\])|(?P<open>[XN?]{4,})"
    r"|[\w\\?]{0,60})",
    re.ASCII | re.IGNORECASE,
)
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_UNSEEN = frozenset({"script", "style", "template", "head"})


class Mentions(msgspec.Struct, frozen=True):
    """CVE ids in the order in which they are named, each once, and what only looks like one."""

    names: tuple[str, ...]
    problems: tuple[NotAnIdentifier, ...]


def cves(texts: Iterable[str], where: str) -> Mentions:
    """Return the CVE ids that texts name, in capitals; a place is where their source stands."""
    names: dict[str, None] = {}
    wrong: dict[str, None] = {}
    for text in texts:
        for found in _MENTION.finditer(text.translate(_HYPHENS)):
            if found["number"]:
                names[found[0].upper()] = None
            elif not found["open"]:
                wrong[found[0][:80]] = None
            if len(names) == MOST:
                break
    told = list(wrong)[:MOST_PROBLEMS]
    problems = tuple(NotAnIdentifier(where, value=repr(one), kind="CVE id") for one in told)
    return Mentions(tuple(names), problems)


def plain(html: str) -> str:
    """Return the words of HTML, without what is not meant to be seen; a plain text is its own."""
    text = html[:LONGEST_HTML]
    if "<" not in text and "&" not in text:
        return " ".join(text.split())
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(f"<body>{text}</body>", parser)
    except etree.LxmlError:
        return ""
    return "" if root is None else " ".join(" ".join(_seen(root)).split())


def _seen(root: etree._Element) -> Iterable[str]:
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            hidden += element.tag in _UNSEEN
            if not hidden and element.text:
                yield element.text
        else:
            hidden -= element.tag in _UNSEEN
            if not hidden and element.tail:
                yield element.tail


def language(text: str) -> str:
    """Return ``ja`` for a text with kana, else ``en``: what a source does not say of itself."""
    return "ja" if _KANA.search(text) else "en"
