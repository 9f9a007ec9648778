from __future__ import annotations

import pytest

from noroshi.core.errors import UnsupportedVersion
from noroshi.core.formats import cyclonedx_xml, strict_xml


def read(inside: str, version: str = "1.5"):
    bom = f'<bom xmlns="http://cyclonedx.org/schema/bom/{version}">{inside}</bom>'
    return cyclonedx_xml.read(strict_xml.parse(bom.encode()))


@pytest.mark.parametrize("version", ["0.9", "1.8", "2.0", "", "9" * 1_000])
def test_a_version_that_is_not_read_is_refused_with_those_that_are(version):
    with pytest.raises(UnsupportedVersion) as caught:
        read("", version)
    assert "1.0, 1.1, 1.2" in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_path_is_the_reference_and_else_the_place_of_the_element():
    found = read(
        '<components><component bom-ref="r"><name>a</name></component>'
        "<component><name>b</name><components><component><name>c</name></component></components>"
        "</component></components>"
    )
    assert [component.path for component in found.components] == [
        "r",
        "/bom/components/component[2]",
        "/bom/components/component[2]/components/component[1]",
    ]


def test_a_prefix_and_foreign_elements_make_no_difference():
    bom = b"""<c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.4" xmlns:o="https://other.example">
      <c:components>
        <o:component><o:name>other</o:name></o:component>
        <c:component type="library"><o:name>other</o:name><o:name>other</o:name>
          <!-- ours --><c:name> zlib </c:name><c:version>1.3<?x?>.1</c:version></c:component>
      </c:components></c:bom>"""
    found = cyclonedx_xml.read(strict_xml.parse(bom))
    assert [(component.name, component.version) for component in found.components] == [
        ("zlib", "1.3.1")
    ]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ("<name>kept</name><name>twice</name>", ""),
        ("<name>kept</name><purl><x/></purl>", "/purl"),
        ("<name>kept</name><purl>npm:x</purl>", "/purl"),
        ("<name>kept</name><cpe>cpe</cpe>", "/cpe"),
    ],
)
def test_an_odd_element_costs_only_itself(members, place):
    found = read(
        "<components><component><name>before</name></component>"
        f"<component>{members}</component><component/>"
        "<component><name>after</name></component></components>"
    )
    assert [component.name for component in found.components] == ["before", "kept", "after"]
    assert [problem.where for problem in found.problems] == [
        f"/bom/components/component[2]{place}",
        "/bom/components/component[3]",
    ]
