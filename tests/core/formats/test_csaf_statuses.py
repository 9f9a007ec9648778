from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import FormatError
from noroshi.core.facets import Affected
from noroshi.core.formats import csaf_shapes, csaf_statuses
from noroshi.core.formats.configurations import Conditions
from noroshi.core.formats.csaf_products import Catalogue
from noroshi.core.versions.ranges import readable
from tests.core.formats.csaf_samples import branch, related


def tree(*leaves, **more):
    """A product ``fw`` with a leaf for each (id, version), two boxes ``X`` and ``Y``."""
    versions = [branch("product_version_range", text, product=name) for name, text in leaves]
    below = [
        branch("product_name", "fw", *versions),
        branch("product_name", "X", product="X"),
        branch("product_name", "Y", product="Y"),
    ]
    value = {"branches": [branch("vendor", "K", *below)], **more}
    return Catalogue(msgspec.convert(value, csaf_shapes.ProductTree), "")


def claims(catalogue, flags=(), **status):
    """The claims in short: product, ranges with their statuses, platforms, reason."""
    said = msgspec.convert({"product_status": status, "flags": flags}, csaf_shapes.Vulnerability)
    conditions = Conditions()
    found = list(csaf_statuses.affected(said, catalogue, conditions, "k", "$.v"))
    assert not any(isinstance(each, FormatError) for each in found), found
    return [
        (
            each.product.name,
            [f"{one.status.value} {readable(one)}" for one in each.ranges],
            () if each.condition is None else conditions.all()[each.condition],
            each.reason,
        )
        for each in found
        if isinstance(each, Affected)
    ]


def test_versions_of_one_product_are_one_claim():
    found = claims(
        tree(("A", "<1"), ("B", "2"), ("C", "3")), known_affected=["A", "B"], fixed=["C"]
    )
    assert found == [("k:fw", ["affected < 1", "affected = 2", "fixed = 3"], (), "")]


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("known_affected", "affected"),
        ("known_not_affected", "not_affected"),
        ("fixed", "fixed"),
        ("recommended", "fixed"),
        ("under_investigation", "unknown"),
        ("unknown", "unknown"),
    ],
)
def test_each_list_is_a_status(field, status):
    why = field if field == "under_investigation" else ""  # a status of its own there
    assert claims(tree(("A", "1")), **{field: ["A"]}) == [("k:fw", [f"{status} = 1"], (), why)]


def test_a_product_without_version_is_affected_in_all_but_not_fixed_in_all():
    assert claims(tree(), known_affected=["X"]) == [("k:x", ["affected *"], (), "")]
    assert claims(tree(), known_not_affected=["X"]) == [("k:x", ["not_affected *"], (), "")]
    assert claims(tree(), fixed=["X"]) == [("k:x", [], (), "")]


def test_a_version_nobody_can_tell_leaves_the_product_named():
    assert claims(tree(("A", "the blue one")), known_affected=["A"]) == [("k:fw", [], (), "")]
    both = tree(("A", "the blue one"), ("B", "2"))
    assert claims(both, known_affected=["A", "B"]) == [("k:fw", ["affected = 2"], (), "")]


def test_no_version_at_all_is_no_claim_on_any():
    assert claims(tree(("A", "None")), known_affected=["A"]) == [("k:fw", [], (), "")]


def test_versions_that_need_the_same_platforms_share_a_condition():
    relations = [
        related("AX", "A", "X"),
        related("AY", "A", "Y"),
        related("BY", "B", "Y"),
        related("BX", "B", "X"),
        related("CX", "C", "X"),
    ]
    found = claims(
        tree(("A", "1"), ("B", "2"), ("C", "3"), ("D", "4"), relationships=relations),
        known_affected=["AX", "AY", "BY", "BX", "CX", "D"],
    )
    assert found == [
        ("k:fw", ["affected = 1", "affected = 2"], ("the X", "the Y"), ""),
        ("k:fw", ["affected = 3"], ("the X",), ""),
        ("k:fw", ["affected = 4"], (), ""),
    ]


def test_what_holds_anywhere_needs_no_platform():
    catalogue = tree(("A", "1"), relationships=[related("AX", "A", "X")])
    assert claims(catalogue, known_affected=["AX", "A"]) == [("k:fw", ["affected = 1"], (), "")]


def test_a_reason_is_of_those_it_is_given_for():
    catalogue = tree(
        ("A", "1"), ("B", "2"), product_groups=[{"group_id": "G", "product_ids": ["A"]}]
    )
    flags = [{"label": "vulnerable_code_not_present", "group_ids": ["G"]}]
    found = claims(catalogue, flags, known_not_affected=["A", "B"])
    assert found == [
        ("k:fw", ["not_affected = 1"], (), "vulnerable_code_not_present"),
        ("k:fw", ["not_affected = 2"], (), ""),
    ]


@pytest.mark.parametrize(
    ("status", "ranges"),
    [
        ({"first_affected": ["A"]}, ["affected ≥ 1"]),
        ({"last_affected": ["B"]}, ["affected ≤ 2"]),
        ({"first_affected": ["A"], "last_affected": ["B"]}, ["affected ≥ 1, ≤ 2"]),
        ({"first_affected": ["A"], "first_fixed": ["C"]}, ["affected ≥ 1, < 3", "fixed ≥ 3"]),
        ({"first_fixed": ["C"]}, ["fixed ≥ 3"]),
        ({"first_affected": ["A", "B"]}, ["affected = 1", "affected = 2"]),
        ({"first_fixed": ["B", "C"]}, ["fixed = 2", "fixed = 3"]),
        ({"first_affected": ["R"]}, ["affected < 9"]),
    ],
)
def test_ends_of_intervals_are_joined_where_it_is_clear_how(status, ranges):
    catalogue = tree(("A", "1"), ("B", "2"), ("C", "3"), ("R", "<9"))
    assert claims(catalogue, **status) == [("k:fw", ranges, (), "")]


def test_of_an_id_with_two_halves_the_fixed_one_is_the_one_without_end():
    catalogue = tree(("A", "<9.1"), ("A", ">=9.1"), ("B", "<8"))
    assert claims(catalogue, known_affected=["A", "B"], fixed=["A"]) == [
        ("k:fw", ["affected < 9.1", "affected < 8", "fixed ≥ 9.1"], (), "")
    ]


def test_an_id_called_both_without_halves_is_told_as_it_stands():
    catalogue = tree(("A", "1"), ("B", "1"), ("B", "2"))
    assert claims(catalogue, known_affected=["A", "B"], fixed=["A", "B"]) == [
        ("k:fw", ["affected = 1", "affected = 2", "fixed = 1", "fixed = 2"], (), "")
    ]


def test_a_product_that_is_not_in_the_tree_is_told_once():
    status = {"known_affected": ["A", "?"], "fixed": ["!", "?"]}
    said = msgspec.convert({"product_status": status}, csaf_shapes.Vulnerability)
    found = csaf_statuses.affected(said, tree(("A", "1")), Conditions(), "k", "$.v")
    error, claim = found
    assert isinstance(error, FormatError)
    assert isinstance(claim, Affected)
    assert error.where == "$.v.product_status.known_affected[1]"
    assert "3" in error.text()
    assert len(claim.ranges) == 1
