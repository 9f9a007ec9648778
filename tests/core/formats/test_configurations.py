from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import FormatError, NotAnIdentifier
from noroshi.core.facets import Affected, Product, VersionRange
from noroshi.core.formats import configurations
from noroshi.core.identity import parse_cpe
from tests.core.formats.feed_samples import FIRMWARE, HARDWARE, match, node

OTHER = "cpe:2.3:a:kasumi:console:1.0:*:*:*:*:*:*:*"
PLATFORM = "cpe:2.3:o:example:os:-:*:*:*:*:*:*:*"


def read(*written):
    conditions = configurations.Conditions()
    decoded = msgspec.convert(list(written), list[configurations.Configuration])
    results = list(configurations.affected(decoded, "nvd", conditions, "$.c"))
    return results, conditions.all()


def claims(*written):
    """Each claim as its name and the names of which one must be present."""
    results, conditions = read(*written)
    return [
        (claim.cpe, None if claim.condition is None else conditions[claim.condition])
        for claim in results
    ]


def ranges(criteria, **bounds):
    ((claim,), _) = read({"nodes": [node(match(criteria, **bounds))]})
    return claim.ranges


def test_a_vulnerable_match_is_a_claim_on_the_product_named():
    ((claim,), conditions) = read({"nodes": [node(match(OTHER))]})
    assert claim == Affected(
        by="nvd",
        product=Product("cpe", "a:kasumi:console"),
        versions="generic",
        ranges=(VersionRange(low="1.0", high="1.0", high_inclusive=True),),
        cpe=OTHER,
    )
    assert conditions == ()


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"versionEndExcluding": "2.4"}, VersionRange(high="2.4")),
        ({"versionEndIncluding": "2.4"}, VersionRange(high="2.4", high_inclusive=True)),
        ({"versionStartIncluding": "2.0"}, VersionRange(low="2.0")),
        ({"versionStartExcluding": "2.0"}, VersionRange(low="2.0", low_inclusive=False)),
        (
            {"versionStartExcluding": "2.0", "versionEndIncluding": "2.4"},
            VersionRange(low="2.0", low_inclusive=False, high="2.4", high_inclusive=True),
        ),
        ({}, VersionRange()),
    ],
)
def test_bounds_become_the_range(bounds, expected):
    assert ranges(FIRMWARE, **bounds) == (expected,)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.0:*", "1.0"),
        ("1.0:-", "1.0"),
        ("1.0:rc1", "1.0-rc1"),
        (r"12.2\(25\):see", "12.2(25)-see"),
        ("-:*", None),
        ("-:sp1", None),
        ("1.*:*", None),
        ("1.?:*", None),
    ],
)
def test_without_bounds_the_version_is_the_names_own(version, expected):
    found = ranges(f"cpe:2.3:a:kasumi:console:{version}:*:*:*:*:*:*")
    exactly = VersionRange(low=expected, high=expected, high_inclusive=True)
    assert found == ((exactly,) if expected else ())


def test_an_escaped_asterisk_is_a_letter_of_the_version():
    (found,) = ranges(r"cpe:2.3:a:kasumi:console:1\*:*:*:*:*:*:*:*")
    assert found.low == "1*"


def test_in_an_and_a_claim_needs_one_of_the_platforms():
    assert claims(
        {
            "operator": "AND",
            "nodes": [
                node(match(FIRMWARE), match(OTHER)),
                node(match(HARDWARE, vulnerable=False), match(PLATFORM, vulnerable=False)),
            ],
        }
    ) == [(FIRMWARE, (HARDWARE, PLATFORM)), (OTHER, (HARDWARE, PLATFORM))]


def test_platforms_count_before_other_vulnerable_matches_of_a_node():
    assert claims(
        {
            "operator": "AND",
            "nodes": [node(match(FIRMWARE)), node(match(OTHER), match(PLATFORM, vulnerable=False))],
        }
    ) == [(FIRMWARE, (PLATFORM,)), (OTHER, (FIRMWARE,))]


def test_two_vulnerable_nodes_need_each_other():
    written = {"operator": "AND", "nodes": [node(match(FIRMWARE)), node(match(OTHER))]}
    assert claims(written) == [(FIRMWARE, (OTHER,)), (OTHER, (FIRMWARE,))]


def test_an_and_inside_a_node_joins_its_matches():
    written = {"nodes": [node(match(FIRMWARE), match(HARDWARE, vulnerable=False), operator="AND")]}
    assert claims(written) == [(FIRMWARE, (HARDWARE,))]


def test_nodes_joined_by_or_need_nothing():
    written = {"operator": "OR", "nodes": [node(match(FIRMWARE)), node(match(OTHER))]}
    assert claims(written) == [(FIRMWARE, None), (OTHER, None)]


def test_a_lone_node_of_an_and_needs_nothing():
    assert claims({"operator": "AND", "nodes": [node(match(FIRMWARE))]}) == [(FIRMWARE, None)]


def test_platforms_alone_are_no_claim():
    assert claims({"nodes": [node(match(HARDWARE, vulnerable=False))]}) == []


def test_equal_conditions_are_kept_once():
    written = {
        "operator": "AND",
        "nodes": [node(match(FIRMWARE)), node(match(HARDWARE, vulnerable=False))],
    }
    again = {
        "operator": "AND",
        "nodes": [node(match(OTHER)), node(match(HARDWARE, vulnerable=False))],
    }
    results, conditions = read(written, again)
    assert conditions == ((HARDWARE,),)
    assert [claim.condition for claim in results] == [0, 0]


@pytest.mark.parametrize("negated", ["configuration", "node"])
def test_a_negation_is_no_claim_and_leaves_the_others(negated):
    written = {"nodes": [node(match(FIRMWARE), negate=negated == "node")]}
    written["negate"] = negated == "configuration"
    assert claims(written, {"nodes": [node(match(OTHER))]}) == [(OTHER, None)]


@pytest.mark.parametrize("name", ["o:*:*", "a:kasumi:*", "a:kasumi:-", "a:*:console"])
def test_a_name_that_means_no_one_product_is_no_claim(name):
    assert claims({"nodes": [node(match(f"cpe:2.3:{name}:1.0:*:*:*:*:*:*:*"))]}) == []


def test_a_name_that_is_none_is_told_with_its_place_and_its_neighbours_are_claims():
    results, _ = read(
        {"nodes": [node(match(OTHER))]},
        {"nodes": [node(match(OTHER)), node(match(OTHER), match("cpe:2.3:a:x"), match(OTHER))]},
    )
    errors = [result for result in results if isinstance(result, FormatError)]
    assert [(type(error), error.where) for error in errors] == [
        (NotAnIdentifier, "$.c[1].nodes[1].cpeMatch[1].criteria")
    ]
    assert len(results) == 5


def test_a_platform_that_cannot_be_read_costs_the_claims_that_need_it_not_their_condition():
    broken = match("SR-200", vulnerable=False)
    nodes = [node(match(FIRMWARE)), node(broken)]
    (error,), _ = read({"operator": "AND", "nodes": nodes})
    assert error.where == "$.c[0].nodes[1].cpeMatch[0].criteria"
    nodes[1]["cpeMatch"].append(match(HARDWARE, vulnerable=False))
    (error, claim), conditions = read({"operator": "AND", "nodes": nodes})
    assert conditions[claim.condition] == (HARDWARE,)


def test_the_own_version_of_a_name_takes_the_status_it_is_given():
    cpe = parse_cpe(OTHER)
    assert configurations.own_version(cpe)[0].low == "1.0"
    assert configurations.own_version(parse_cpe(FIRMWARE)) == ()
