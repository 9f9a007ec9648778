"""Version texts of JVN iPedia: what their words mean as intervals.

``1.5.62 未満`` and ``7.3.7 より前のバージョン`` end below a version, ``v6 R4 およびそれ以前`` and
``6.1 以前`` with it (以前 includes it, より前 does not); ``2.0 以降`` and ``2.0 以上`` begin so;
``2.13.0 から 2.15.0 より前のバージョン`` has both ends. The English edition says ``prior to``. A
list in brackets names the CVE ids that a text is about, where an entry has several. What is left is
read as CSAF's texts are (`csaf_versions`); what means nothing there either is no interval.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from noroshi.core.formats import csaf_versions
from noroshi.core.formats.csaf_versions import EVERY, Span
from noroshi.core.formats.cve5_versions import LONGEST_LIST


class Told(NamedTuple):
    """What a text says: the intervals, ``None`` if it cannot be told, and for which CVE ids.

    ``of`` is empty for all.
    """

    spans: tuple[Span, ...] | None
    of: frozenset[str]


_SIGNS = {
    "より前": "<",
    "未満": "<",
    "およびそれ以前": "<=",
    "及びそれ以前": "<=",
    "以前": "<=",
    "以下": "<=",
    "まで": "<=",
    "およびそれ以降": ">=",
    "及びそれ以降": ">=",
    "以降": ">=",
    "以上": ">=",
    "から": ">=",
    "より後": ">",
}
_BOUND = re.compile(
    rf"\s*(?P<version>[^、,|]+?)\s*(?P<word>{'|'.join(_SIGNS)})"
    r"(?:の(?:全て|すべて)?の?)?(?:バージョン|ファームウェア)*\s*[、,|]?"
)
_OF = re.compile(
    r"\s*\(\s*(CVE-\d{4}-\d{4,19}(?:\s*[、,]\s*CVE-\d{4}-\d{4,19})*)\s*\)\s*$", re.ASCII
)
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
_ALL = re.compile(r"(?:全て|すべて|全)の?バージョン|バージョン(?:全て|すべて)")
_LEADING = re.compile(
    r"(?:(?:ソフトウェア|ファームウェア|システム|アプリ)?の?\s*バージョン|ファームウェア|バージョン|version|ver\.?)\s*",
    re.IGNORECASE,
)


def read(text: str) -> Told:
    """Return what a version text says."""
    if len(text) > LONGEST_LIST:
        return Told(None, frozenset())
    written = unicodedata.normalize("NFKC", text).strip()
    named = _OF.search(written)
    of = frozenset(_CVE.findall(named[1])) if named else frozenset()
    if named:
        written = written[: named.start()]
    if _ALL.fullmatch(written):
        return Told(EVERY, of)
    return Told(csaf_versions.read(_signed(written)).spans, of)


def _signed(text: str) -> str:
    """Return a text with signs for its words, as far as words that mean bounds make all of it."""
    pieces = []
    position = 0
    while position < len(text):
        bound = _BOUND.match(text, position)
        if bound is None:
            break
        pieces.append(f"{_SIGNS[bound['word']]}{_plain(bound['version'])}")
        position = bound.end()
    if pieces and not text[position:].strip():
        return " ".join(pieces)
    return _plain(text).replace("、", ",")


def _plain(version: str) -> str:
    return (
        _LEADING.sub("", version.strip(), count=1) if _LEADING.match(version) else version.strip()
    )
