from __future__ import annotations

import pytest

from noroshi.core.errors import BrokenXml, ForbiddenXml, FormatError, NotText, TooDeep, TooLarge
from noroshi.core.formats import strict_xml

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE a [
  <!ENTITY x "xxxxxxxxxx">
  <!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;">
]>
<a>&y;</a>"""


def test_text_is_read_whole_around_comments_instructions_and_sections():
    root = strict_xml.parse("<a>狼<!-- c -->煙<?p i?>&amp;<![CDATA[<b>]]>&#33;</a>".encode())
    assert root.text == "狼煙&<b>!"
    assert len(root) == 0


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (BOMB, 2),
        (b"<!DOCTYPE a><a/>", 1),
        (b"<!-- a -->\n<?x y?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", 3),
        (b"<!-- <a> -->\n\n<!doctype a><a/>", 3),
        (b"\xef\xbb\xbf<!DOCTYPE a><a/>", 1),
    ],
)
def test_a_document_type_is_refused_wherever_the_prolog_hides_it(document, line):
    with pytest.raises(ForbiddenXml) as caught:
        strict_xml.parse(document)
    assert caught.value.where == f"line {line}"


@pytest.mark.parametrize(
    "document",
    [b"<!-- <!DOCTYPE a> --><a/>", b"<?x <!DOCTYPE a>?><a/>", b"<a><!-- <!DOCTYPE --></a>"],
)
def test_what_only_looks_like_a_document_type_is_no_harm(document):
    assert strict_xml.parse(document).tag == "a"


def test_an_entity_of_its_own_is_refused():
    with pytest.raises(ForbiddenXml) as caught:
        strict_xml.parse(b"<a>\n&b;</a>")
    assert caught.value.where == "line 2"


def test_a_hundred_megabytes_of_nesting_are_refused():
    document = b"<a>" * 33_000_000
    with pytest.raises(TooDeep):
        strict_xml.parse(document)


def test_a_text_without_end_is_too_large():
    with pytest.raises(TooLarge):
        strict_xml.parse(b"<a>" + b"x" * (strict_xml.LONGEST_TEXT + 10_000) + b"</a>")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a b='1' b='2'/>",
        b"<a>&#0;</a>",
        b"<a>&#xD800;</a>",
        b"<x:a/>",
        b"<?xml",
        b"<!--",
        b" <?xml version='1.0'?><a/>",
        b"no xml",
    ],
)
def test_what_is_not_well_formed_is_broken_with_its_line(document):
    with pytest.raises(BrokenXml) as caught:
        strict_xml.parse(document)
    assert caught.value.where == "line 1"


@pytest.mark.parametrize("name", ["Shift_JIS", "iso-2022-jp", "UTF-16", "ISO-8859-1", "utf-7"])
def test_another_declared_encoding_is_refused_by_name(name):
    document = f'<?xml version="1.0" encoding="{name}"?><a/>'.encode()
    with pytest.raises(NotText, match=name):
        strict_xml.parse(document)


@pytest.mark.parametrize("declared", ['encoding="UTF-8"', "encoding='us-ascii'", ""])
def test_utf8_and_its_subset_may_be_declared(declared):
    assert strict_xml.parse(f'<?xml version="1.0" {declared}?><a/>'.encode()).tag == "a"


@pytest.mark.parametrize("document", [b"<a>\xe9</a>", b"<a>\0</a>", "<a/>".encode("utf-16")])
def test_bytes_that_are_not_utf8_text_are_refused(document):
    with pytest.raises(NotText):
        strict_xml.parse(document)


def test_no_file_is_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    document = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{secret.as_uri()}">]><a>&b;</a>'
    with pytest.raises(FormatError) as caught:
        strict_xml.parse(document.encode())
    assert "secret" not in caught.value.text()
