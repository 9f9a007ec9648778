"""MISP events: what they say of vulnerabilities, and that only what is for everybody is read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Credit, Record, Reference, Text
from noroshi.core.formats import misp
from tests.core.formats.contract.misp import OTHER, UUID, attribute, event, vulnerability
from tests.core.formats.feed_samples import NAME, V31, raw

BY = "misp:nagomi-cert"


def read(value: Any) -> list[Record | FormatError]:
    return list(misp.read(raw(value)))


def records(value: Any) -> dict[str, Record]:
    found = [one for one in read(value) if isinstance(one, Record)]
    return {one.names[0]: one for one in found}


def with_attributes(*attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event("tlp:clear", Attribute=list(attributes), Object=[], **more)


def test_an_object_describes_its_vulnerability():
    found = records(event())[NAME]
    assert found.external_id == f"{UUID}/{NAME}"
    assert found.advisories == (f"misp-event-{UUID}",)
    assert found.modified == found.published == dt.datetime(2024, 7, 9, 10, tzinfo=dt.UTC)
    assert found.titles == (Text("en", "SR-200 runs commands of its neighbours", BY),)
    assert found.descriptions == (
        Text("en", "Who stands beside an SR-200 runs commands on it.", BY),
    )
    ((severity,), (affected,)) = found.severities, found.affected
    assert (severity.by, severity.vector, severity.score) == (BY, V31, 9.8)
    assert affected.product.name == "o:kasumi:sr-200_firmware"
    assert affected.ranges[0].high == "2.3"
    assert found.credits == (Credit(BY, "Mori Aoi"),)
    assert found.references == (
        Reference("https://kasumi.example/sa/1"),
        Reference("https://nagomi.example/reports/7"),
    )


def test_an_attribute_names_one_and_says_no_more():
    found = records(event())[OTHER]
    assert found.references == (Reference("https://nagomi.example/reports/7"),)
    assert (found.titles, found.descriptions, found.affected) == ((), (), ())


def test_an_attribute_within_another_object_names_one_as_well():
    other = {"name": "exploit", "Attribute": [attribute("vulnerability", OTHER, "cve-id")]}
    assert set(records(event(Attribute=[], Object=[other]))) == {OTHER}


def test_an_object_about_several_describes_none_of_them():
    both = vulnerability()
    both["Attribute"].append(attribute("vulnerability", OTHER, "id"))
    for found in records(event(Attribute=[], Object=[both])).values():
        assert (found.descriptions, found.severities, found.affected) == ((), (), ())


def test_a_product_without_a_version_is_not_affected_as_a_whole():
    said = attribute("cpe", "cpe:2.3:a:kasumi:x:*:*:*:*:*:*:*:*", "vulnerable-configuration")
    one = {**vulnerability(), "Attribute": [attribute("vulnerability", NAME, "id"), said]}
    ((affected,),) = [
        found.affected for found in records(event(Object=[one])).values() if found.affected
    ]
    assert affected.ranges == ()


def test_what_was_deleted_is_not_said():
    gone = attribute("vulnerability", NAME, deleted=True)
    assert read(with_attributes(gone)) == []
    assert read(event(Attribute=[], Object=[{**vulnerability(), "deleted": True}])) == []


@pytest.mark.parametrize("text", [f" {NAME.lower()} ", NAME])
def test_a_name_is_read_however_it_is_set(text):
    assert set(records(with_attributes(attribute("vulnerability", text)))) == {NAME}


def test_a_name_that_is_none_is_told_and_that_of_others_is_theirs():
    found = read(
        with_attributes(*(attribute("vulnerability", n) for n in ("CVE-X", "MS08-067", NAME)))
    )
    assert [type(one) for one in found] == [NotAnIdentifier, Record]


def test_an_event_that_names_none_says_nothing_whatever_its_marking():
    assert read(event("tlp:red", Attribute=[attribute("ip-dst", "192.0.2.7")], Object=[])) == []


# --- who may see it ---


def _inside(**more: Any) -> dict[str, Any]:
    return event("tlp:clear", Attribute=[attribute("vulnerability", NAME, **more)], Object=[])


@pytest.mark.parametrize(
    "value",
    [
        event("tlp:clear", distribution="0"),
        event("TLP:White", "type:OSINT"),
        event("type:OSINT"),
        event(distribution="3", Attribute=[attribute("vulnerability", NAME, distribution="5")]),
        event(Galaxy=[{"distribution": "0"}]),
    ],
    ids=["clear", "white", "all communities", "as the event", "a galaxy's own"],
)
def test_what_is_for_everybody_is_read(value):
    assert NAME in records(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (event("tlp:green"), "TLP:GREEN"),
        (event("tlp:amber+strict"), "TLP:AMBER+STRICT"),
        (event("tlp:clear", "TLP:RED"), "TLP:RED"),
        (event("tlp:ex:chr"), "tlp:ex:chr"),
        (event("tlp:clear", "tlp:unclear"), "tlp:unclear"),
        (_inside(Tag=[{"name": "tlp:amber"}]), "TLP:AMBER"),
        (
            event(
                "tlp:clear", Object=[{"name": "x", "Attribute": [{"Tag": [{"name": "tlp:red"}]}]}]
            ),
            "RED",
        ),
        (event("tlp:clear", EventReport=[{"Tag": [{"name": "tlp:red"}]}]), "TLP:RED"),
        (event(Tag=[{"name": 7}]), "a tag without a name"),
        (event(Tag={"name": None}), "a tag without a name"),
        (event(distribution="1"), "neither TLP:CLEAR nor for all"),
        (event(distribution=""), "neither TLP:CLEAR nor for all"),
        (event(Attribute=[attribute("vulnerability", NAME, distribution="0")]), "nor for all"),
        (
            event("tlp:clear", Object=[{"Attribute": [attribute("text", "Embargo", "state")]}]),
            "embargo",
        ),
    ],
)
def test_what_is_not_is_refused_whole_and_the_reason_names_nothing_of_it(value, why):
    (refused,) = read(value)
    assert isinstance(refused, WrongShape)
    assert why in str(refused)
    assert NAME not in str(refused)
    assert "only what is for everybody" in str(refused)


def test_a_refusal_tells_nothing_of_what_else_is_wrong():
    value = event("tlp:red", Attribute=[attribute("vulnerability", "CVE-SECRET")])
    assert [type(one) for one in read(value)] == [WrongShape]


@pytest.mark.parametrize(
    "payload",
    [
        raw({UUID: {"info": "x", "Orgc": {"name": "x"}, "timestamp": 1, "date": "2024-07-09"}}),
        f"{'0' * 32},{UUID}\n".encode(),
        b"-----BEGIN PGP SIGNATURE-----",
    ],
    ids=["manifest", "hashes", "signature"],
)
def test_what_lies_beside_events_holds_none(payload):
    assert list(misp.documents(payload)) == []
