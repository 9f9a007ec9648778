"""Texts as tokens, the same for what is kept and for what is looked for.

Folded (NFKC, lower case), letters and digits of alphabets stay whole words; of Japanese, Chinese
and Korean each pair of neighbours is a token, and the last character of a run one of its own:
認証の鍵 → 認証 証の の鍵 鍵. So every character begins a token, words of two characters are found,
and a longer word is found as its pairs in a row. Everything else only divides.

A field is a token too: ``vendor=fortinet``. No word holds ``=``, ``:`` or a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.identity import fold

LONGEST_WORD = 60
"""Characters of one word that count."""

LONGEST_VALUE = 200
"""Characters of a field's value that count."""

DIVIDER = "|"
"""Stands between texts, so that no phrase reaches from one into the next."""

_CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_PLAIN = re.compile(r"[a-z0-9]+")
_PAIRED = re.compile(rf"[{_CJK}]")
_UNFIT = re.compile(r"[\s\"'\\\x00-\x1f\x7f-\x9f\ud800-\udfff*|]+")


class Phrase(msgspec.Struct, frozen=True):
    """Tokens in a row; ``open``: the last one may go on."""

    tokens: tuple[str, ...]
    open: bool = False

    @property
    def text(self) -> str:
        """The piece of `joined` tokens that it is found by."""
        return f" {' '.join(self.tokens)}" + ("" if self.open else " ")


def tokens(text: str) -> list[str]:
    """Return the tokens of a text that is kept."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _PLAIN.findall(text.lower())]
    return list(_tokens(fold(text)))


def joined(parts: list[str]) -> str:
    """Return tokens as one text, a space on both sides of each."""
    return f" {' '.join(parts)} "


def phrase(text: str, *, open_: bool = False) -> Phrase | None:
    """Return what finds a text in a longer one; ``None`` if there is nothing to look for.

    ``open_``: the last word may go on. One Japanese character alone always may.
    """
    found = list(_tokens(fold(text)))
    if not found:
        return None
    if _PAIRED.match(found[-1]):
        if len(found) > 1 and len(found[-2]) == 2 and found[-2][1] == found[-1]:
            return Phrase(tuple(found[:-1]))  # the pair before holds it already
        return Phrase(tuple(found), open=True)
    return Phrase(tuple(found), open_)


def value(text: str) -> str:
    """Return a field's value as it stands in a token: folded, in one piece."""
    return _UNFIT.sub("_", fold(text)[:LONGEST_VALUE]).replace("=", "_")


def name_value(text: str) -> str:
    """Return a vendor's or product's name as a value: its words, whatever stands between them."""
    return "_".join(_RUN.findall(fold(text)[:LONGEST_VALUE]))


def _tokens(folded: str) -> Iterator[str]:
    for run in _RUN.findall(folded):
        if _PAIRED.match(run):
            yield from (run[at : at + 2] for at in range(len(run)))
        else:
            yield run[:LONGEST_WORD]
