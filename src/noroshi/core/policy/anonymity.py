"""Taking a member's name out of what it reports, and making sure that it is out.

Names are looked for as people write them: in any width and case (NFKC), with or without spaces and
invisible characters between Japanese characters, with and without the words for "company".
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable

STAND_INS = ("[member]", "[会員]")
"""What a name is replaced by: the second one within Japanese."""

_JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
_COMPANY = re.compile(
    r"株式会社|有限会社|合同会社|一般社団法人|公益社団法人|一般財団法人|公益財団法人|\(株\)|\(有\)"
    r"|\b(?:co\.?,?\s*ltd|inc|corp|corporation|k\.k|llc|ltd)\b\.?",
    re.IGNORECASE,
)
_INVISIBLE = r"\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_UNSEEN, _GAP = f"[{_INVISIBLE}]*", rf"[\s{_INVISIBLE}]*"


def variants(names: Iterable[str]) -> frozenset[str]:
    """Return the ways a name is written: folded, and without the word for "company".

    A single character that is left names nobody.
    """
    folded = {_fold(name) for name in names}
    short = {_fold(_COMPANY.sub(" ", name)) for name in folded}
    return frozenset(name for name in folded | short if len(name) > 1)


def redact(text: str, names: Iterable[str]) -> str:
    """Return the text with every name replaced; a text without names comes back unchanged."""
    known = variants(names)
    if not _found(text, known):
        return text
    text = unicodedata.normalize("NFKC", text)
    stand_in = STAND_INS[bool(_JAPANESE.search(text))]
    for name in sorted(known, key=len, reverse=True):
        text = _pattern(name).sub(stand_in, text)
    return text


def marked(text: str, names: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """Return the text in pieces, each with whether it is a name that `redact` would take out.

    The pieces of a text without names are the text itself; of any other, its NFKC form.
    """
    known = variants(names)
    if not _found(text, known):
        return ((text, False),)
    text = unicodedata.normalize("NFKC", text)
    taken = bytearray(len(text))
    for name in known:
        for match in _pattern(name).finditer(text):
            taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    pairs = zip(text, taken, strict=True)
    return tuple(
        ("".join(character for character, _ in piece), bool(is_name))
        for is_name, piece in itertools.groupby(pairs, key=lambda pair: pair[1])
    )


def named_in(text: str, names: Iterable[str]) -> bool:
    """Say whether the text names one of them."""
    return _found(text, variants(names))


def _found(text: str, known: Iterable[str]) -> bool:
    normal = unicodedata.normalize("NFKC", text)
    return any(_pattern(name).search(normal) for name in known)


def _fold(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _pattern(name: str) -> re.Pattern[str]:
    # Within Japanese a space means nothing; within Latin letters it is the border of a word.
    gap, space = (_UNSEEN, f"[\\s{_INVISIBLE}]+") if name.isascii() else (_GAP, "")
    words = (gap.join(re.escape(character) for character in word) for word in name.split())
    spread = (space or gap).join(words)
    # "isp" must not be found in "crisp"; Japanese has no such borders.
    left = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", name) else ""
    right = r"(?![0-9a-z])" if re.search(r"[0-9a-z]\Z", name) else ""
    return re.compile(f"{left}{spread}{right}", re.IGNORECASE)
