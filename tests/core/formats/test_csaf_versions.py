from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.facets import Affected, Product, Status
from noroshi.core.formats import csaf_versions
from noroshi.core.formats.csaf_versions import EVERY, Span
from noroshi.core.formats.cve5_versions import END_OF_BRANCH
from noroshi.core.versions.ranges import readable, salvage


def said(text, product=""):
    spans = csaf_versions.read(text, product).spans
    return None if spans is None else [readable(span.as_range(Status.AFFECTED)) for span in spans]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2.4", ["= 2.4"]),
        ("12.2(33)SXI12", ["= 12.2(33)SXI12"]),
        ("7.4 SP1 Update 14", ["= 7.4 SP1 Update 14"]),
        ("<2.4", ["< 2.4"]),
        (" <1.000.HW01", ["< 1.000.HW01"]),
        ("All versions < V2.4", ["< V2.4"]),
        ("All versions prior to V2.4", ["< V2.4"]),
        ("<= Version 4.02C", ["≤ Version 4.02C"]),
        ("=< 4", ["≤ 4"]),
        ("≤4", ["≤ 4"]),
        ("4.0 and prior", ["≤ 4.0"]),
        ("version 1.87 and prior versions", ["≤ 1.87"]),
        ("3.1 or later", ["≥ 3.1"]),
        (">= 1.0 | <= 1.32", ["≥ 1.0, ≤ 1.32"]),
        (">1|<2", ["> 1, < 2"]),
        (">= V2.0 and < V2.6", ["≥ V2.0, < V2.6"]),
        (">= V7.80 < V9.30", ["≥ V7.80, < V9.30"]),
        ("16 <= 20", ["≥ 16, ≤ 20"]),
        ("0 < 8.0.1", ["< 8.0.1"]),
        ("5.011  | < 8.011", ["= 5.011", "< 8.011"]),
        ("1.1 | 1.2 | 1.3", ["= 1.1", "= 1.2", "= 1.3"]),
        ("7.2, 7.3", ["= 7.2", "= 7.3"]),
        ("<=8.1 | >= 8.1.10", ["≤ 8.1", "≥ 8.1.10"]),
        (">=1|>=2|<3", ["≥ 1", "≥ 2, < 3"]),
        ("< 2.15 (Firmware versions prior to 8.26.4)", ["< 2.15"]),
        ("9.x", [f"≥ 9, ≤ 9.{END_OF_BRANCH}"]),
        ("<= 12.2.x.x", [f"≤ 12.2.{END_OF_BRANCH}"]),
        ("<6.6.*", [f"≤ 6.6.{END_OF_BRANCH}"]),
        (">= 6.6.*", ["≥ 6.6"]),
        ("> 6.6.*", [f"> 6.6.{END_OF_BRANCH}"]),
        ("*", ["*"]),
        ("All versions", ["*"]),
        ("vers:all/*", ["*"]),
        ("vers:all/<V4.3.8", ["< V4.3.8"]),
        ("vers:generic/%3E%3D1.0%7C%3C2", ["≥ 1.0, < 2"]),
    ],
)
def test_what_clearly_means_something_is_taken_at_its_word(text, meant):
    assert said(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("vers:generic/PAN-OS<9.0.17", ["< 9.0.17"]),
        ("vers:generic/PAN-OS >=10.2.8|>=11.0.3", ["≥ 10.2.8", "≥ 11.0.3"]),
        ("vers:generic/PAN-OS<All", ["*"]),
        ("PAN-OS 11.0 All", [f"≥ 11.0, ≤ 11.0.{END_OF_BRANCH}"]),
        ("PAN-OS All", ["*"]),
        ("PAN-OS 8.3 None", []),
        ("PAN-OS None", []),
        ("PAN-OSX 8.3", None),
    ],
)
def test_a_text_may_repeat_its_product(text, meant):
    assert said(text, "PAN-OS") == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Base",
        "N/A",
        "<May 2018",
        "<= FB",
        ">= <= 2.2",
        "< V3.X.16",
        "<9.x",
        "All BIOS versions < V1.0.212N",
        "<=the_first_5_digits_of_serial_number_24031",
        "All versions with option 7 installed",
        "see https://kasumi.example/1",
        "cpe:2.3:a:b:c:1",
        "1" * 200,
        "|",
        "<" * 900,
        "1|" * 900,
    ],
)
def test_anything_else_is_no_interval(text):
    assert said(text) is None


def test_a_version_may_be_left_out():
    spans = csaf_versions.read("vers:npm/>=1.0.0|!=1.5.0|<2").spans or ()
    ranges = [span.as_range(Status.AFFECTED) for span in spans]
    assert [(each.status, readable(each)) for each in ranges] == [
        (Status.AFFECTED, "≥ 1.0.0, < 2"),
        (Status.NOT_AFFECTED, "= 1.5.0"),
    ]
    assert spans[1].as_range(Status.FIXED).status is Status.UNKNOWN
    assert (csaf_versions.read("vers:npm/!=1.5.0").spans or ())[:1] == EVERY


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("vers:npm/<1", "npm"),
        ("vers:golang/<1", "semver"),
        ("vers:deb/<1", "deb"),
        ("vers:semver/<1", "semver"),
        ("vers:all/<1", "generic"),
        ("vers:git/<1", "generic"),
        ("<1", "generic"),
    ],
)
def test_the_scheme_is_the_one_a_uri_names(text, scheme):
    assert csaf_versions.read(text) == (scheme, (Span(high="1"),))


@given(st.text(alphabet="0123456789.<>=!|, *xXvVall-_()andprior", max_size=40))
def test_whatever_stands_there_raises_nothing(text):
    spans = csaf_versions.read(text, "all").spans or ()
    ranges = tuple(span.as_range(Status.AFFECTED) for span in spans)
    salvage(Affected("k", Product("name", "k:p"), "generic", ranges))
