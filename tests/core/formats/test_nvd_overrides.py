from __future__ import annotations

import pytest

from noroshi.core.errors import BrokenJson, FormatError, NotAnIdentifier, TooDeep, WrongShape
from noroshi.core.facets import Affected, Product, Record, Reference, VersionRange
from noroshi.core.formats import nvd_overrides
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.nvd_overrides import override
from tests.core.formats.feed_samples import FIRMWARE, HARDWARE, NAME, at, match, node, raw


def read(value):
    return list(nvd_overrides.read(raw(value)))


def record(value):
    (found,) = samples.records(nvd_overrides, raw(value))
    return found


def test_an_override_is_read_whole_and_nothing_of_the_assigners_with_it():
    assert record(override()) == Record(
        source="nvd_overrides",
        external_id=NAME,
        names=(NAME,),
        assigner="kasumi",
        affected=(
            Affected(
                by="anchore",
                product=Product("cpe", "o:kasumi:sr-200_firmware"),
                versions="generic",
                ranges=(VersionRange(high="2.4"),),
                cpe=FIRMWARE,
                condition=0,
            ),
        ),
        conditions=((HARDWARE,),),
        references=(
            Reference("https://kasumi.example/fix/1"),
            Reference("https://kasumi.example/sa/1"),
        ),
    )


@pytest.mark.parametrize(
    "cve",
    [
        {},
        {"configurations": []},
        {
            "configurations": [
                {"nodes": [node(match("cpe:2.3:a:null:null:*:*:*:*:*:*:*:*", vulnerable=False))]}
            ]
        },
    ],
)
def test_an_override_that_calls_nothing_affected_is_a_record_without_claims(cve):
    assert record({**override(), "cve": cve}).affected == ()


def test_a_claim_told_twice_is_one():
    twice = override()
    twice["cve"]["configurations"] *= 2
    assert len(record(twice).affected) == 1


def test_a_name_that_is_no_cpe_name_is_named():
    error, found = read(
        at(override(), "cve.configurations.0.nodes.0.cpeMatch.0.criteria", "cpe:2.3:o:a:b")
    )
    assert (type(error), error.where) == (
        NotAnIdentifier,
        "$.cve.configurations[0].nodes[0].cpeMatch[0].criteria",
    )
    assert found.affected == ()


def test_an_override_is_one_document_unchanged():
    body = raw(override())
    (document,) = samples.documents(nvd_overrides, b"\xef\xbb\xbf" + body + b"\n")
    assert (document.where, document.body) == ("", body)


def test_an_array_is_split():
    found = samples.documents(nvd_overrides, raw([override(), {}]))
    assert [(one.where, one.body) for one in found] == [("$[0]", raw(override())), ("$[1]", b"{}")]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [(b"", BrokenJson), (b"<html>", BrokenJson), (b"[{]", BrokenJson), (b"[" * 100_000, TooDeep)],
)
def test_what_cannot_be_split_is_one_error(payload, kind):
    (error,) = nvd_overrides.documents(payload)
    assert isinstance(error, FormatError)
    assert type(error) is kind


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        ("_annotation", 7, WrongShape),
        ("_annotation.cve_id", None, WrongShape),
        ("_annotation.cve_id", "CVE-2024", NotAnIdentifier),
    ],
)
def test_an_override_without_its_name_is_an_error(path, value, kind):
    (error,) = read(at(override(), path, value))
    assert (type(error), error.where) == (kind, f"$.{path}")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("_annotation.references.0", 1),
        ("_annotation.cna", 1),
        ("cve.references", "https://kasumi.example/"),
        ("cve.configurations.0.nodes.1.cpeMatch.0.vulnerable", "no"),
    ],
)
def test_an_odd_value_is_named_and_the_rest_is_read(path, value):
    error, found = read(at(override(), path, value))
    assert type(error) is WrongShape
    assert found.external_id == NAME
