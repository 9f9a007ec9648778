from __future__ import annotations

import codecs

import pytest

from noroshi.core.errors import NotText
from noroshi.core.formats import strict_text


def test_utf8_is_read_with_and_without_a_byte_order_mark():
    assert strict_text.decode("狼煙".encode()) == "狼煙"
    assert strict_text.decode(codecs.BOM_UTF8 + "狼煙".encode()) == "狼煙"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_wide_encodings_are_refused_with_or_without_a_mark(encoding):
    with pytest.raises(NotText):
        strict_text.check("noroshi".encode(encoding))


def test_the_big_endian_mark_is_known():
    with pytest.raises(NotText, match="UTF-16"):
        strict_text.check(codecs.BOM_UTF16_BE + "noroshi".encode("utf-16-be"))


def test_a_nul_is_refused_with_its_place():
    with pytest.raises(NotText, match="byte 3") as caught:
        strict_text.check(b"abc\0def")
    assert "NUL" in str(caught.value)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_bytes_that_are_not_utf8_are_refused_with_their_place_in_the_file(mark):
    raw = mark + b"ab" + "狼煙".encode("shift_jis")
    with pytest.raises(NotText) as caught:
        strict_text.decode(raw)
    assert caught.value.where == f"byte {len(mark) + 2}"
