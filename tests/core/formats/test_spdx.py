from __future__ import annotations

import pytest

from noroshi.core.errors import UnsupportedVersion
from noroshi.core.formats import spdx
from noroshi.core.formats.component_claims import Claims, Quote
from noroshi.core.formats.problems import Problems


@pytest.mark.parametrize(("text", "version"), [("SPDX-2.2", "2.2"), ("SPDX-2.3", "2.3")])
def test_the_versions_that_are_read(text, version):
    assert spdx.version(text, "$", "SPDX JSON") == version


@pytest.mark.parametrize("text", ["SPDX-2.1", "SPDX-3.0", "", "SPDX", "x" * 1_000])
def test_any_other_version_is_refused_with_those_that_are_read(text):
    with pytest.raises(UnsupportedVersion, match=r"2\.2, 2\.3") as caught:
        spdx.version(text, "line 1", "SPDX tag-value")
    assert caught.value.where == "line 1"
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Organization: Example Broadcasting", "Example Broadcasting"),
        ("Organization: Example (security@example.org)", "Example"),
        ("Person: Hanako Example ()", "Hanako Example"),
        ("Organization: Example (Japan)", "Example (Japan)"),
        ("Tool: builder", "builder"),
        ("NOASSERTION", ""),
        ("NONE", ""),
        ("", ""),
        ("Example", "Example"),
        ("Organization:" + " " * 200_000 + "x", "x"),
    ],
)
def test_the_supplier_is_the_name_without_what_surrounds_it(text, name):
    assert spdx.supplier(text) == name


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [("OPERATING_SYSTEM", "operating-system"), ("LIBRARY", "library"), ("NOASSERTION", "")],
)
def test_the_purpose_is_written_as_cyclonedx_writes_its_types(purpose, kind):
    assert spdx.kind(purpose) == kind


@pytest.mark.parametrize(
    ("reference_type", "purls", "cpes"),
    [
        ("purl", 1, 0),
        ("cpe23Type", 0, 1),
        ("cpe22Type", 0, 1),
        ("http://spdx.org/rdf/references/cpe23Type", 0, 1),
        ("advisory", 0, 0),
        ("", 0, 0),
    ],
)
def test_only_references_that_identify_the_package_are_taken(reference_type, purls, cpes):
    claims = Claims(where="$")
    spdx.refer(claims, reference_type, Quote("x", "$"))
    assert (len(claims.purls), len(claims.cpes)) == (purls, cpes)


@pytest.mark.parametrize(
    ("left", "relationship", "right", "described"),
    [
        ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-a", "SPDXRef-a"),
        ("SPDXRef-DOCUMENT", "DESCRIBE", "SPDXRef-a", "SPDXRef-a"),
        ("SPDXRef-a", "DESCRIBED_BY", "SPDXRef-DOCUMENT", "SPDXRef-a"),
        ("SPDXRef-DOCUMENT", "CONTAINS", "SPDXRef-a", ""),
        ("SPDXRef-a", "DESCRIBES", "SPDXRef-b", ""),
        ("SPDXRef-a", "DESCRIBED_BY", "SPDXRef-b", ""),
    ],
)
def test_what_the_document_describes(left, relationship, right, described):
    assert spdx.describes(left, relationship, right) == described


def inventory(packages: list[Claims], *described: str):
    content = spdx.Content(
        name="document", created=Quote("", "$"), packages=packages, described=set(described)
    )
    return spdx.inventory("SPDX", content, Problems())


def test_one_described_package_is_the_subject_and_counts_if_it_can_be_looked_up():
    bare = [Claims(where="1", path="a", name="A"), Claims(where="2", path="b", name="B")]
    found = inventory(bare, "a")
    assert (found.subject, [component.name for component in found.components]) == ("A", ["B"])
    bare[0].version = "1"
    assert [component.name for component in inventory(bare, "a").components] == ["A", "B"]


@pytest.mark.parametrize("described", [(), ("a", "b"), ("SPDXRef-File",)])
def test_a_document_of_none_or_many_is_named_after_itself(described):
    packages = [Claims(where="1", path="a", name="A"), Claims(where="2", path="b", name="B")]
    found = inventory(packages, *described)
    assert (found.subject, len(found.components)) == ("document", 2)
