"""The contract of every SBOM dialect, on one inventory written in each of them."""

from __future__ import annotations

import bz2
import codecs
import datetime as dt
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from dataclasses import replace

import pytest
import zstandard

from noroshi.core.components import Component, InventoryDocument
from noroshi.core.errors import (
    BrokenJson,
    DuplicateKey,
    ForbiddenXml,
    FormatError,
    NotText,
    TooDeep,
    UnknownFormat,
    UnsupportedVersion,
)
from noroshi.core.formats import sbom
from tests.core.formats import sbom_samples as samples

DIALECTS = list(samples.WRITERS)
EVERY_VERSION = [
    *(("CycloneDX JSON", version) for version in samples.CYCLONEDX_JSON),
    *(("CycloneDX XML", version) for version in samples.CYCLONEDX_XML),
    *(("SPDX JSON", version) for version in samples.SPDX),
    *(("SPDX tag-value", version) for version in samples.SPDX),
]
SUBJECT = Component(
    name="mail-gateway", version="2026.04", kind="application", supplier="架空ケーブル"
)
COMPONENTS = (
    Component(
        name="postfix",
        version="3.7.11-0+deb12u1",
        purl="pkg:deb/debian/postfix@3.7.11-0%2Bdeb12u1?arch=amd64&distro=debian-12",
        cpes=("cpe:2.3:a:postfix:postfix:3.7.11:*:*:*:*:*:*:*",),
    ),
    Component(
        name="org.apache.logging.log4j/log4j-core",
        version="2.17.1",
        purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1",
        supplier="The Apache Software Foundation",
    ),
    Component(name="@angular/core", version="17.3.0", purl="pkg:npm/%40angular/core@17.3.0"),
    Component(
        name="FortiOS",
        version="7.0.12",
        cpes=("cpe:2.3:o:fortinet:fortios:7.0.12:*:*:*:*:*:*:*",),
        kind="firmware",
        supplier="Fortinet",
    ),
    Component(name="配信管理 <甲>", version="4.2", kind="application"),
    Component(name="zlib"),
)


def without_paths(document: InventoryDocument) -> list[Component]:
    return [
        Component(
            name=component.name,
            version=component.version,
            purl=component.purl,
            cpes=component.cpes,
            kind=component.kind,
            supplier=component.supplier,
        )
        for component in document.components
    ]


def kindless(components: list[Component]) -> list[tuple[object, ...]]:
    return [(one.name, one.version, one.purl, one.cpes, one.supplier) for one in components]


@pytest.fixture(params=DIALECTS)
def write(request):
    """Write the sample inventory, or other items, in one dialect."""
    return samples.WRITERS[request.param]


# --- what is read


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_inventory_reads_the_same_in_every_dialect(dialect):
    found = sbom.read(samples.WRITERS[dialect]())
    assert without_paths(found) == [SUBJECT, *COMPONENTS]
    assert (found.subject, found.problems) == ("mail-gateway", ())
    assert found.created == dt.datetime(2026, 4, 1, 0, 30, tzinfo=dt.UTC)
    paths = [component.path for component in found.components]
    assert len(set(paths)) == len(paths)
    assert all(paths)


@pytest.mark.parametrize(("dialect", "version"), EVERY_VERSION)
def test_every_version_is_read(dialect, version):
    found = sbom.read(samples.WRITERS[dialect](version))
    family, syntax = dialect.split()
    assert found.dialect == f"{family} {version} {syntax}"
    subject = (
        []
        if (dialect, version) in {("CycloneDX XML", "1.0"), ("CycloneDX XML", "1.1")}
        else [SUBJECT]
    )
    assert kindless(without_paths(found)) == kindless([*subject, *COMPONENTS])
    assert found.problems == ()


def test_a_byte_order_mark_and_other_line_ends_make_no_difference(write):
    plain = sbom.read(write())
    assert sbom.read(codecs.BOM_UTF8 + write()) == plain
    assert sbom.read(write().replace(b"\n", b"\r\n")) == plain


def test_an_inventory_of_nothing_is_one(write):
    assert without_paths(sbom.read(write(items=()))) == [SUBJECT]


def test_json_of_cyclonedx_may_be_known_by_its_schema_alone():
    document = json.loads(samples.cyclonedx_json("1.5"))
    del document["bomFormat"]
    document["$schema"] = "http://cyclonedx.org/schema/bom-1.5.schema.json"
    assert sbom.read(json.dumps(document).encode()).dialect == "CycloneDX 1.5 JSON"


# --- what is odd inside and costs only itself


def test_a_broken_identifier_costs_only_itself(write):
    broken = replace(samples.ITEMS[0], purl="pkg:deb", cpe="cpe:2.3:a:postfix")
    found = sbom.read(write(items=(broken, *samples.ITEMS[1:])))
    assert without_paths(found) == [
        SUBJECT,
        Component(name="postfix", version="3.7.11-0+deb12u1"),
        *COMPONENTS[1:],
    ]
    assert [problem.code for problem in found.problems] == ["not-an-identifier"] * 2
    assert all(problem.where for problem in found.problems)


def test_an_endless_name_is_cut_and_told(write):
    found = sbom.read(write(items=(replace(samples.ITEMS[-1], name="z" * 100_000),)))
    assert found.components[-1].name == "z" * 512
    assert [problem.code for problem in found.problems] == ["too-large"]


def test_an_endless_version_is_left_out_and_told(write):
    found = sbom.read(write(items=(replace(samples.ITEMS[-1], version="9" * 1_000_000),)))
    assert found.components[-1] == replace_path(Component(name="zlib"), found)
    assert [problem.code for problem in found.problems] == ["too-large"]


def replace_path(component: Component, found: InventoryDocument) -> Component:
    return Component(name=component.name, path=found.components[-1].path)


# --- what cannot be read as a whole


@pytest.mark.parametrize(
    "dialect", [dialect for dialect in DIALECTS if dialect != "SPDX tag-value"]
)
def test_a_truncated_document_is_refused_wherever_it_was_cut(dialect):
    whole = samples.WRITERS[dialect]().rstrip()
    for length in range(0, len(whole), 7):
        with pytest.raises(FormatError):
            sbom.read(whole[:length])


def test_truncated_tags_are_refused_inside_a_text_and_else_read_to_where_they_end():
    whole = samples.spdx_tag_value()
    for length in range(0, len(whole), 7):
        try:
            found = sbom.read(whole[:length])
        except FormatError:
            continue
        assert len(found.components) <= len(COMPONENTS) + 1
    with pytest.raises(FormatError, match="line 6"):
        sbom.read(whole[: whole.index(b"Last line")])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_refused(write, encoding):
    with pytest.raises(NotText):
        sbom.read(write().decode().encode(encoding))


def test_a_nul_anywhere_refuses_the_document(write):
    for name in (b"postfix", b"zlib"):
        with pytest.raises(NotText, match="NUL"):
            sbom.read(write().replace(name, name + b"\0"))


@pytest.mark.parametrize("dialect", ["CycloneDX JSON", "SPDX JSON"])
def test_a_nul_written_as_an_escape_refuses_the_document(dialect):
    with pytest.raises(NotText, match="NUL") as caught:
        sbom.read(samples.WRITERS[dialect]().replace(b"zlib", b"zlib\\u0000", 1))
    assert caught.value.where.startswith("$.")


def test_text_that_is_not_utf8_is_refused(write):
    with pytest.raises(NotText):
        sbom.read(write().decode().encode("shift_jis", "replace"))


@pytest.mark.parametrize("dialect", ["CycloneDX JSON", "SPDX JSON"])
def test_a_key_said_twice_refuses_the_document(dialect):
    with pytest.raises(DuplicateKey):
        sbom.read(samples.WRITERS[dialect]().replace(b'"name":', b'"name": "x", "name":', 1))


@pytest.mark.parametrize(
    ("dialect", "old", "new"),
    [
        ("CycloneDX JSON", b'"1.6"', b'"2.0"'),
        ("CycloneDX XML", b"bom/1.6", b"bom/2.0"),
        ("SPDX JSON", b"SPDX-2.3", b"SPDX-3.0"),
        ("SPDX tag-value", b"SPDX-2.3", b"SPDX-2.1"),
    ],
)
def test_a_version_that_is_not_read_is_refused_by_name(dialect, old, new):
    with pytest.raises(UnsupportedVersion) as caught:
        sbom.read(samples.WRITERS[dialect]().replace(old, new, 1))
    assert dialect in str(caught.value)


def test_a_bomb_of_entities_is_refused():
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    prolog = f'<!DOCTYPE bom [<!ENTITY e0 "boom">{entities}]>\n<bom '
    bomb = samples.cyclonedx_xml().replace(b"<bom ", prolog.encode(), 1)
    with pytest.raises(ForbiddenXml):
        sbom.read(bomb.replace(b"zlib", b"&e9;"))
    with pytest.raises(ForbiddenXml):
        sbom.read(samples.cyclonedx_xml().replace(b"zlib", b"&e9;"))


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(b"[" * 100_000_000, id="json"),
        pytest.param(b'{"bomFormat":"CycloneDX","components":' + b"[" * 99_000_000, id="array"),
        pytest.param(b'{"components":[' * 6_000_000, id="components"),
        pytest.param(b"<bom>" * 20_000_000, id="xml"),
        pytest.param(
            b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6">'
            + b"<components><component>" * 4_000_000,
            id="components as xml",
        ),
    ],
)
def test_a_hundred_megabytes_of_nesting_are_refused(bomb):
    with pytest.raises(TooDeep):
        sbom.read(bomb)


def test_a_hundred_thousand_texts_that_never_end_are_refused():
    with pytest.raises(FormatError):
        sbom.read(b"SPDXVersion: SPDX-2.3\n" + b"PackageComment: <text>\n" * 1_000_000)


def test_a_number_of_a_million_digits_is_refused():
    with pytest.raises(FormatError):
        sbom.read(
            b'{"bomFormat":"CycloneDX","specVersion":"1.5","version":' + b"9" * 1_000_000 + b"}"
        )


# --- what is something else


def archives() -> dict[str, bytes]:
    inside = samples.cyclonedx_json()
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("bom.json", inside)
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        entry = tarfile.TarInfo("bom.json")
        entry.size = len(inside)
        archive.addfile(entry, io.BytesIO(inside))
    return {
        "zip": zipped.getvalue(),
        "tar": tarred.getvalue(),
        "gzip": gzip.compress(inside),
        "bzip2": bz2.compress(inside),
        "xz": lzma.compress(inside),
        "zstd": zstandard.compress(inside),
    }


@pytest.mark.parametrize("kind", ["zip", "tar", "gzip", "bzip2", "xz", "zstd"])
def test_an_archive_is_refused_with_the_advice_to_unpack_it(kind):
    with pytest.raises(UnknownFormat, match="unpack it") as caught:
        sbom.read(archives()[kind])
    assert kind in str(caught.value)


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML"),
        (b"\n<HTML><head>", "HTML"),
        (b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "RDF/XML"),
        (b"<Document><spdxVersion>SPDX-2.3</spdxVersion></Document>", "XML of another kind"),
        (b"<bom/>", "XML of another kind"),
        (b'{"packages": []}', "JSON of another kind"),
        (b'{"@context": "https://schema.org", "@graph": []}', "JSON of another kind"),
        (b'[{"bomFormat": "CycloneDX"}]', "a JSON list"),
        (b"spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n", "YAML"),
        (b"name,version\nzlib,1.3\n", "expected"),
        (b"", "expected"),
        (b" \n\t", "expected"),
        (b"7", "expected"),
        (b"\x7fELF\x02\x01\x01", "expected"),
    ],
)
def test_anything_else_is_refused_with_what_is_expected(document, found):
    with pytest.raises(UnknownFormat, match=found) as caught:
        sbom.read(document)
    assert "CycloneDX" in str(caught.value)
    assert "SPDX" in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        b'{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}',
        b'{"@context": ["https://spdx.org/rdf/3.0.1/spdx-context.jsonld"], "type": "SpdxDocument"}',
    ],
)
def test_spdx_3_is_refused_as_a_version(document):
    with pytest.raises(UnsupportedVersion, match=r"SPDX version 3 .* supported: 2\.2, 2\.3"):
        sbom.read(document)


def test_what_says_that_it_is_json_must_be_json():
    with pytest.raises(BrokenJson):
        sbom.read(b"{'bomFormat': 'CycloneDX'}")
