"""What holds for CycloneDX however it is written: each case is written both ways."""

from __future__ import annotations

import json

import pytest

from noroshi.core.components import InventoryDocument
from noroshi.core.formats import cyclonedx_json, cyclonedx_xml, strict_xml


def as_json(members: dict[str, object], xml: str) -> InventoryDocument:
    return cyclonedx_json.read(json.loads(json.dumps({"specVersion": "1.6", **members})))


def as_xml(members: dict[str, object], xml: str) -> InventoryDocument:
    bom = f'<bom xmlns="http://cyclonedx.org/schema/bom/1.6">{xml}</bom>'
    return cyclonedx_xml.read(strict_xml.parse(bom.encode()))


@pytest.fixture(params=[as_json, as_xml], ids=["json", "xml"])
def read(request):
    return request.param


def one(member: dict[str, object]) -> dict[str, object]:
    return {"components": [{"name": "x", **member}]}


def xml_one(members: str) -> str:
    return f"<components><component><name>x</name>{members}</component></components>"


def test_nested_components_come_in_the_order_of_the_document(read):
    found = read(
        {
            "components": [
                {"name": "a", "components": [{"name": "b", "components": [{"name": "c"}]}]},
                {"name": "d"},
            ]
        },
        "<components><component><name>a</name><components><component><name>b</name><components>"
        "<component><name>c</name></component></components></component></components></component>"
        "<component><name>d</name></component></components>",
    )
    assert [component.name for component in found.components] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("member", "counts"),
    [
        ({"version": "1"}, True),
        ({"purl": "pkg:npm/x"}, True),
        ({"cpe": "cpe:/a:b:c"}, True),
        ({}, False),
    ],
)
def test_the_subject_is_a_component_when_it_can_be_looked_up(read, member, counts):
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in member.items())
    found = read(
        {"metadata": {"component": {"type": "firmware", "group": "g", "name": "x", **member}}},
        f'<metadata><component type="firmware"><group>g</group><name>x</name>{inside}'
        "</component></metadata>",
    )
    assert found.subject == "g/x"
    assert [(component.name, component.kind) for component in found.components] == (
        [("g/x", "firmware")] if counts else []
    )


def test_components_inside_the_subject_are_read_even_if_it_does_not_count_itself(read):
    found = read(
        {"metadata": {"component": {"name": "s", "components": [{"name": "inside"}]}}},
        "<metadata><component><name>s</name><components><component><name>inside</name>"
        "</component></components></component></metadata>",
    )
    assert [component.name for component in found.components] == ["inside"]


@pytest.mark.parametrize(
    ("group", "name", "full"), [("@a", "b", "@a/b"), ("@a", "@a/b", "@a/b"), ("", "b", "b")]
)
def test_the_group_comes_before_the_name_once(read, group, name, full):
    found = read(
        {"components": [{"group": group, "name": name}]},
        f"<components><component><group>{group}</group><name>{name}</name></component></components>",
    )
    assert found.components[0].name == full


@pytest.mark.parametrize(
    ("member", "xml"),
    [
        (
            {"supplier": {"name": "S"}, "publisher": "P", "manufacturer": {"name": "M"}},
            (
                "<supplier><name>S</name><url>a</url><url>b</url></supplier>"
                "<publisher>P</publisher><manufacturer><name>M</name></manufacturer>"
            ),
        ),
        ({"supplier": {}, "publisher": "S"}, "<supplier/><publisher>S</publisher>"),
        ({"manufacturer": {"name": "S"}}, "<manufacturer><name>S</name></manufacturer>"),
    ],
)
def test_the_supplier_comes_first_then_publisher_then_manufacturer(read, member, xml):
    found = read(one(member), xml_one(xml))
    assert found.components[0].supplier == "S"
    assert found.problems == ()


def test_identifiers_concluded_from_evidence_stand_in_for_missing_ones(read):
    found = read(
        one(
            {
                "evidence": {
                    "identity": [
                        {"field": "purl", "concludedValue": "pkg:npm/x@1"},
                        {"field": "cpe", "concludedValue": "cpe:/a:b:c:1"},
                        {"field": "name", "concludedValue": "y"},
                        {"field": "purl", "confidence": 1},
                    ]
                }
            }
        ),
        xml_one(
            "<evidence>"
            "<identity><field>purl</field><concludedValue>pkg:npm/x@1</concludedValue></identity>"
            "<identity><field>cpe</field><concludedValue>cpe:/a:b:c:1</concludedValue></identity>"
            "<identity><field>name</field><concludedValue>y</concludedValue></identity>"
            "<identity><field>purl</field><confidence>1</confidence></identity>"
            "</evidence>"
        ),
    )
    (component,) = found.components
    assert (component.name, component.purl) == ("x", "pkg:npm/x@1")
    assert component.cpes == ("cpe:2.3:a:b:c:1:*:*:*:*:*:*:*",)
    assert found.problems == ()


def test_an_identifier_given_outweighs_the_evidence(read):
    found = read(
        one(
            {
                "purl": "pkg:npm/given@1",
                "evidence": {"identity": {"field": "purl", "concludedValue": "pkg:npm/other@1"}},
            }
        ),
        xml_one(
            "<purl>pkg:npm/given@1</purl><evidence><identity><field>purl</field>"
            "<concludedValue>pkg:npm/other@1</concludedValue></identity></evidence>"
        ),
    )
    assert found.components[0].purl == "pkg:npm/given@1"


def test_what_is_not_inventory_is_left_alone(read):
    found = read(
        {
            "services": [{"name": "service", "version": "1"}],
            "vulnerabilities": [{"id": "CVE-2021-44228"}],
            "components": [
                {"name": "x", "pedigree": {"ancestors": [{"name": "ancestor", "version": "0"}]}}
            ],
        },
        "<services><service><name>service</name><version>1</version></service></services>"
        "<vulnerabilities><vulnerability><id>CVE-2021-44228</id></vulnerability></vulnerabilities>"
        "<components><component><name>x</name><pedigree><ancestors><component>"
        "<name>ancestor</name></component></ancestors></pedigree></component></components>",
    )
    assert [component.name for component in found.components] == ["x"]


def test_a_document_without_metadata_has_no_subject_and_no_time(read):
    found = read({}, "")
    assert (found.subject, found.created, found.components, found.problems) == ("", None, (), ())
