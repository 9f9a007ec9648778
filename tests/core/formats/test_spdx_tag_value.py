from __future__ import annotations

import pytest

from noroshi.core.errors import BrokenLine, UnsupportedVersion
from noroshi.core.formats import spdx_tag_value

HEAD = "SPDXVersion: SPDX-2.3\nDocumentName: d\n"


def read(body: str):
    return spdx_tag_value.read(HEAD + body)


def names(body: str) -> list[str]:
    return [component.name for component in read(body).components]


def test_all_that_a_package_says_is_read():
    (component,) = read(
        """
PackageName: nginx
SPDXID: SPDXRef-nginx
PackageVersion: 1.25.3
PackageSupplier: Organization: F5 (security@example.org)
PrimaryPackagePurpose: OPERATING_SYSTEM
ExternalRef: PACKAGE-MANAGER purl pkg:generic/nginx@1.25.3
ExternalRef: SECURITY cpe22Type cpe:/a:f5:nginx:1.25.3
ExternalRefComment: ours
"""
    ).components
    assert (component.name, component.version, component.supplier) == ("nginx", "1.25.3", "F5")
    assert (component.kind, component.path) == ("operating-system", "SPDXRef-nginx")
    assert component.purl == "pkg:generic/nginx@1.25.3"
    assert component.cpes == ("cpe:2.3:a:f5:nginx:1.25.3:*:*:*:*:*:*:*",)


def test_tags_inside_a_text_of_many_lines_are_no_tags():
    body = "PackageName: a\nPackageComment: <text>x\nPackageName: b\n</text>\nPackageName: c\n"
    assert names(body) == ["a", "c"]


def test_a_text_may_be_empty_or_end_on_its_own_line_and_may_hold_a_name():
    assert names("PackageName: <text>a</text>\nPackageComment: <text></text>\n") == ["a"]


@pytest.mark.parametrize(
    "section", ["FileName: x", "SnippetSPDXID: SPDXRef-x", "LicenseID: LicenseRef-x"]
)
def test_another_section_ends_the_package(section):
    found = read(f"PackageName: a\n{section}\nPackageVersion: 9\nPackageName: b\n")
    assert [(component.name, component.version) for component in found.components] == [
        ("a", None),
        ("b", None),
    ]


def test_a_package_without_an_identifier_is_found_by_its_line():
    assert read("\n# ours\nPackageName: a\n").components[0].path == "line 5"


def test_a_relationship_names_the_subject_wherever_it_stands():
    body = "PackageName: a\nSPDXID: SPDXRef-a\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\n"
    assert read(body).subject == "a"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_lines_may_end_in_any_of_three_ways(end):
    text = (HEAD + "PackageName: a\nPackageVersion: 1\n").replace("\n", end)
    assert spdx_tag_value.read(text).components[0].version == "1"


def test_characters_that_only_look_like_line_ends_do_not_end_a_line():
    text = "PackageName: a\u2028PackageName: b\x0bPackageName: c\n"
    assert len(names(text)) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("no tag at all", "broken-line"),
        (": no name", "broken-line"),
        ("x" * 100_000 + ":", "broken-line"),
        ("Relationship: SPDXRef-DOCUMENT DESCRIBES", "broken-line"),
        ("ExternalRef: SECURITY cpe23Type", "broken-line"),
        ("ExternalRef: PACKAGE-MANAGER purl npm/a", "not-an-identifier"),
        ("PackageVersion: 2", "duplicate-key"),
        ("PackageName:", "wrong-shape"),
    ],
)
def test_a_broken_line_costs_only_itself_and_is_named(line, code):
    found = read(f"PackageName: a\nPackageVersion: 1\n{line}\nPackageName: b\n")
    assert [(component.name, component.version) for component in found.components] == [
        ("a", "1"),
        ("b", None),
    ]
    assert [(problem.code, problem.where) for problem in found.problems] == [(code, "line 5")]
    assert len(found.problems[0].text) < 200


def test_unknown_tags_and_comments_are_left_alone():
    found = read("# a comment\nFutureTag: x\nPackageName: a\nFutureTag: y\n")
    assert (len(found.components), found.problems) == (1, ())


def test_a_text_that_never_ends_refuses_the_document_with_the_line_where_it_began():
    with pytest.raises(BrokenLine) as caught:
        read("PackageName: a\nPackageComment: <text>\n" + "x\n" * 1_000)
    assert caught.value.where == "line 4"


@pytest.mark.parametrize("first", ["SPDXVersion: SPDX-2.1", "SPDXVersion:", "PackageName: a"])
def test_a_version_that_is_not_read_is_refused(first):
    with pytest.raises(UnsupportedVersion):
        spdx_tag_value.read(first)
