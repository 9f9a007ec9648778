"""Titles that sources give, for vulnerabilities of which too little is known to make one.

The assessment's own title is made of product and weakness (`narrate`). Where one of them is
missing, the best stated title is told instead, in the words of its author:

1. the assigner's, then that of a source in which the maker of the product speaks (CSAF, a
   distribution's tracker), then NVD's, then anybody else's, and last CISA's catalogue;
2. in Japanese JVN iPedia's goes before all;
3. within a voice the first of the source; a title is one line of characters that can be seen, and
   cut where it is too long.

Catalogues of exploits and checks give none: what they call their entry is the exploit's name.
"""

from __future__ import annotations

from collections.abc import Sequence

from noroshi.core.assess.independence import KEV, NVD, Cast
from noroshi.core.facets import Record, Text

LONGEST = 200
"""Characters of a title that is told."""

LANGUAGES = ("ja", "en")

_MAKERS = frozenset({"csaf", "redhat", "suse", "amazon", "ubuntu", "debian", "alpine"})


def stated(records: Sequence[Record], cast: Cast) -> tuple[Text, ...]:
    """Return the best title in Japanese and in English, as far as there is one.

    ``records`` must be in the order of `fusion`, which decides between equals.
    """
    best: dict[str, tuple[int, Text]] = {}
    for record in records:
        for title in record.titles:
            line = _line(title.text)
            lang = title.lang[:2].lower()
            if not line or lang not in LANGUAGES or line in record.names:
                continue
            place = _place(record, cast.voice(title.by), lang, cast)
            if lang not in best or place < best[lang][0]:
                best[lang] = place, Text(lang, _clipped(line), cast.voice(title.by))
    return tuple(best[lang][1] for lang in LANGUAGES if lang in best)


def _place(record: Record, voice: str, lang: str, cast: Cast) -> int:
    if lang == "ja" and record.source == "jvn":
        return 0
    if voice in cast.cnas:
        return 1
    if record.source in _MAKERS:
        return 2
    if voice == NVD:
        return 3
    return 5 if voice == KEV else 4


def _line(text: str) -> str:
    """Return a text as one line, without characters that steer how it is shown (U+202E)."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(filter(str.isprintable, line)).strip()


def _clipped(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
