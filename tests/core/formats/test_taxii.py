"""STIX 2.1: what objects say of vulnerabilities, and that only what is for everybody is read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Record, Reference, Text
from noroshi.core.formats import taxii
from noroshi.core.formats.feed import RawDocument
from noroshi.core.policy.marking import Tlp
from tests.core.formats.contract.taxii import (
    MAKER,
    OTHER,
    envelope,
    indicator,
    report,
    stix,
    vulnerability,
)
from tests.core.formats.feed_samples import NAME, raw

BY = f"taxii:{MAKER}"
JULY_9 = dt.datetime(2024, 7, 9, 10, tzinfo=dt.UTC)
OLD_WHITE = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
OLD_RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
STATEMENT = "marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168"


def read(value: Any) -> list[Record | FormatError]:
    return list(taxii.read(raw(value)))


def one(value: Any) -> Record:
    (found,) = read(value)
    assert isinstance(found, Record)
    return found


def test_a_vulnerability_describes_one():
    found = one(vulnerability())
    assert found.names == (NAME,)
    assert found.external_id == f"vulnerability--1f0e6a52-6a1f-4c55-9c1a-000000000001/{NAME}"
    assert (found.published, found.modified) == (JULY_9, JULY_9 + dt.timedelta(days=1))
    assert found.titles == ()  # its name is that of the vulnerability
    assert found.descriptions == (
        Text("en", "Who stands beside an SR-200 runs commands on it.", BY),
    )
    assert found.references == (Reference("https://kasumi.example/sa/1"),)
    assert found.withdrawn is None


def test_one_with_a_name_of_its_own_has_a_title():
    found = one({**vulnerability(), "name": "隣からの命令を受け付ける", "lang": "ja"})
    assert found.titles == (Text("ja", "隣からの命令を受け付ける", BY),)


def test_a_name_may_begin_with_the_number():
    assert one(stix("vulnerability", name=f"{NAME}: a router obeys")).names == (NAME,)


def test_what_was_revoked_is_withdrawn():
    assert one({**vulnerability(), "revoked": True}).withdrawn == JULY_9 + dt.timedelta(days=1)


def test_a_report_is_an_advisory_and_describes_one_that_it_mentions_alone():
    found = one(report())
    assert found.advisories == ("report--1f0e6a52-6a1f-4c55-9c1a-000000000007",)
    assert found.titles == (Text("en", f"Routers taken over through {NAME}", BY),)
    assert found.published is None
    both = read({**report(), "description": f"Also {OTHER}."})
    for each in both:
        assert isinstance(each, Record)
        assert (each.titles, each.descriptions) == ((), ())
        assert each.references == (Reference("https://nagomi.example/7"),)


def test_an_indicator_is_an_advisory_and_describes_none():
    found = one(indicator())
    assert found.advisories
    assert (found.titles, found.descriptions) == ((), ())


@pytest.mark.parametrize("kind", ["vulnerability", "report", "indicator"])
def test_what_names_none_says_nothing_whatever_its_marking(kind):
    assert read(stix(kind, name="A hole", object_marking_refs=[Tlp.RED.stix_id])) == []


def test_a_number_that_is_none_is_told():
    (problem,) = read(
        stix("vulnerability", external_references=[{"source_name": "CVE", "external_id": "7"}])
    )
    assert isinstance(problem, NotAnIdentifier)
    assert problem.where == "$.external_references[0].external_id"


def test_other_types_are_no_documents():
    found = taxii.documents(raw(envelope(stix("malware"), vulnerability(), stix("identity"))))
    assert [one.where for one in found] == ["$.objects[1]"]


def test_an_envelope_of_nothing_has_no_documents():
    assert list(taxii.documents(raw({"more": False, "objects": []}))) == []


def test_documents_are_the_objects_byte_for_byte():
    text = raw(vulnerability()).replace(b",", b" ,\n")
    (document,) = taxii.documents(b'{"objects": [%s]}' % text)
    assert isinstance(document, RawDocument)
    assert document.body == text


# --- who may see it ---


@pytest.mark.parametrize(
    "refs",
    [[Tlp.CLEAR.stix_id], [OLD_WHITE], [Tlp.CLEAR.stix_id, STATEMENT]],
    ids=["clear", "white", "beside a statement"],
)
@pytest.mark.parametrize("make", [vulnerability, report, indicator])
def test_what_is_for_everybody_is_read(make, refs):
    assert one({**make(), "object_marking_refs": refs}).names == (NAME,)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"object_marking_refs": [Tlp.GREEN.stix_id]}, "TLP:GREEN"),
        ({"object_marking_refs": [Tlp.AMBER.stix_id]}, "TLP:AMBER"),
        ({"object_marking_refs": [Tlp.AMBER_STRICT.stix_id]}, "TLP:AMBER+STRICT"),
        ({"object_marking_refs": [Tlp.CLEAR.stix_id, OLD_RED]}, "TLP:RED"),
        ({"object_marking_refs": []}, "no TLP marking"),
        ({"object_marking_refs": [STATEMENT]}, "no TLP marking"),
        ({"object_marking_refs": [Tlp.CLEAR.stix_id, 7]}, "cannot be read"),
        ({"object_marking_refs": "x"}, "cannot be read"),
        ({"granular_markings": [{"marking_ref": Tlp.RED.stix_id, "selectors": ["name"]}]}, "RED"),
        ({"granular_markings": [{"marking_ref": 7}]}, "cannot be read"),
        (
            {
                "object_marking_refs": [],
                "granular_markings": [{"marking_ref": Tlp.CLEAR.stix_id, "selectors": ["name"]}],
            },
            "TLP:CLEAR; only",
        ),
    ],
    ids=[
        *("green", "amber", "amber+strict", "clear and red", "none", "a statement"),
        *("a number", "a text", "a part is red", "a part is odd", "a part alone is clear"),
    ],
)
@pytest.mark.parametrize("make", [vulnerability, report, indicator])
def test_what_is_not_is_refused_and_the_reason_names_nothing_of_it(make, more, why):
    (refused,) = read({**make(), **more})
    assert isinstance(refused, WrongShape)
    assert why in str(refused)
    assert NAME not in str(refused)


def test_a_refusal_tells_nothing_of_what_else_is_wrong():
    found = read({**vulnerability("CVE-SECRET"), "object_marking_refs": [Tlp.RED.stix_id]})
    assert [type(one) for one in found] == [WrongShape]
