from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import NotAnIdentifier, WrongShape
from noroshi.core.facets import Status
from noroshi.core.formats import csaf_shapes
from noroshi.core.formats.csaf_products import MOST_ALIKE, MOST_PLATFORMS, MOST_STEPS, Catalogue
from noroshi.core.formats.csaf_versions import EVERY
from noroshi.core.versions.ranges import readable
from tests.core.formats.csaf_samples import HARDWARE, branch, related


def catalogue(vendor="", **tree):
    return Catalogue(msgspec.convert(tree, csaf_shapes.ProductTree), vendor)


def only(*path, vendor="Kasumi", helper=None, problems=()):
    """What a leaf below a vendor and the (category, name) pairs of ``path`` stands for."""
    *above, (category, name) = path
    inner = branch(category, name, product="P", helper=helper)
    for category, name in reversed(above):
        inner = branch(category, name, inner)
    found = catalogue(branches=[branch("vendor", vendor, inner)])
    assert [each.where for each in found.problems] == list(problems)
    (item,) = found.items("P")
    return item


def told(identity):
    if identity.spans is None:
        return None
    return [readable(span.as_range(Status.AFFECTED)) for span in identity.spans]


NAMED = ("product_name", "SR-200")
PURL = "pkg:npm/%40kasumi/sr-client@1.0.2"


@pytest.mark.parametrize(
    ("path", "name", "versions"),
    [
        ([NAMED, ("product_version", "2.4")], "kasumi:sr-200", ["= 2.4"]),
        ([NAMED, ("product_version_range", "< 2.4")], "kasumi:sr-200", ["< 2.4"]),
        ([NAMED, ("product_version", "SR-200 All")], "kasumi:sr-200", ["*"]),
        ([NAMED, ("product_version", "the blue one")], "kasumi:sr-200", None),
        ([NAMED], "kasumi:sr-200", ["*"]),
        ([("product_family", "Routers")], "kasumi:routers", ["*"]),
        ([("product_family", "Routers"), NAMED], "kasumi:sr-200", ["*"]),
        ([NAMED, ("architecture", "arm")], "kasumi:sr-200", ["*"]),
        (
            [NAMED, ("product_version", "12.2SX"), ("service_pack", "12.2(18)SX2")],
            "kasumi:sr-200",
            ["= 12.2(18)SX2"],
        ),
        (
            [NAMED, ("product_version", "3.0"), ("service_pack", "SP1"), ("patch_level", "5")],
            "kasumi:sr-200",
            ["= 3.0 SP1 5"],
        ),
        ([NAMED, ("product_version", "9.9"), ("service_pack", "Base")], "kasumi:sr-200", ["= 9.9"]),
        ([NAMED, ("service_pack", "SP1")], "kasumi:sr-200", ["= SP1"]),
        ([("architecture", "arm")], "kasumi:the arm", ["*"]),
    ],
)
def test_a_leaf_is_named_by_the_branches_above_it(path, name, versions):
    (identity,) = only(*path).identities
    assert (identity.product.scheme, identity.product.name) == ("name", name)
    assert told(identity) == versions


def test_a_package_url_is_the_name_and_its_version_the_version():
    path = [NAMED, ("product_version", "sr-client-1.0.2.tgz")]
    (identity,) = only(*path, helper={"purl": PURL}).identities
    assert (identity.product.name, identity.versions) == ("npm/@kasumi/sr-client", "npm")
    assert told(identity) == ["= 1.0.2"]


def test_a_range_counts_more_than_the_version_of_a_package_url():
    path = [NAMED, ("product_version_range", "vers:npm/<2")]
    (identity,) = only(*path, helper={"purls": [PURL, PURL]}).identities
    assert told(identity) == ["< 2"]


def test_the_epoch_of_an_rpm_stands_in_its_version():
    purl = "pkg:rpm/kasumi/sr@1.0-1.el9?arch=src&epoch=2"
    (identity,) = only(NAMED, helper={"purl": purl}).identities
    assert (identity.product.name, told(identity)) == ("rpm/kasumi/sr", ["= 2:1.0-1.el9"])


@pytest.mark.parametrize(
    ("cpe", "path", "general", "versions"),
    [
        (
            "cpe:2.3:o:k:p:1.0:rc1:*:*:*:*:*:*",
            [NAMED],
            "cpe:2.3:o:k:p:*:*:*:*:*:*:*:*",
            "= 1.0-rc1",
        ),
        ("cpe:/o:k:p:1.0", [NAMED], "cpe:2.3:o:k:p:*:*:*:*:*:*:*:*", "= 1.0"),
        (
            "cpe:2.3:o:k:p:1.0:*:*:*:*:*:*:*",
            [NAMED, ("product_version_range", "<2")],
            "cpe:2.3:o:k:p:*:*:*:*:*:*:*:*",
            "< 2",
        ),
        ("cpe:2.3:o:k:p:*:*:*:*:lts:*:*:*", [NAMED], "cpe:2.3:o:k:p:*:*:*:*:lts:*:*:*", "*"),
        (HARDWARE, [NAMED], HARDWARE, "*"),
    ],
)
def test_a_cpe_name_is_the_name_made_general(cpe, path, general, versions):
    (identity,) = only(*path, helper={"cpe": cpe}).identities
    assert (identity.product.scheme, identity.cpe) == ("cpe", general)
    assert told(identity) == [versions]


def test_a_pattern_of_versions_is_none_that_could_be_told():
    (identity,) = only(NAMED, helper={"cpe": "cpe:2.3:o:k:p:1.*:*:*:*:*:*:*:*"}).identities
    assert identity.spans is None


def test_a_product_with_both_names_has_both():
    helper = {"purl": PURL, "cpe": "cpe:2.3:a:kasumi:sr-client:1.0.2:*:*:*:*:*:*:*"}
    item = only(NAMED, helper=helper)
    assert [each.product.scheme for each in item.identities] == ["purl", "cpe"]


def test_what_only_pretends_to_be_a_name_is_told_and_the_words_are_taken():
    path = "$.product_tree.branches[0].branches[0].product.product_identification_helper"
    item = only(
        NAMED,
        helper={"purl": "pkg:", "purls": ["x"], "cpe": "cpe:y", "skus": ["1"]},
        problems=[f"{path}.purl", f"{path}.purls[0]", f"{path}.cpe"],
    )
    assert [each.product.scheme for each in item.identities] == ["name"]


def test_a_cpe_name_that_names_no_product_is_none():
    item = only(NAMED, helper={"cpe": "cpe:2.3:o:*:*:*:*:*:*:*:*:*:*"})
    assert [each.product.name for each in item.identities] == ["kasumi:sr-200"]


def test_a_flat_name_holds_its_version_in_its_words():
    flat = {"product_id": "P", "name": "SR-200 2.4"}
    (item,) = catalogue("Kasumi", full_product_names=[flat]).items("P")
    (identity,) = item.identities
    assert (identity.product.name, identity.spans) == ("kasumi:sr-200 2.4", None)


def test_a_tree_without_vendors_speaks_of_its_publishers_products():
    found = catalogue("Kasumi", branches=[branch("product_name", "SR-200", product="P")])
    assert found.items("P")[0].identities[0].product.name == "kasumi:sr-200"


def test_a_version_without_end_is_none():
    path = [NAMED, ("product_version", "1" * 2000), ("service_pack", "SP1"), ("patch_level", "2")]
    assert only(*path).identities[0].spans is None


def test_a_flat_name_may_be_told_by_machines_names():
    flat = {"product_id": "P", "name": "x", "product_identification_helper": {"purl": PURL}}
    (item,) = catalogue(full_product_names=[flat]).items("P")
    assert [told(each) for each in item.identities] == [["= 1.0.2"]]
    flat["product_identification_helper"] = {"cpe": "cpe:2.3:a:k:p:*:*:*:*:*:*:*:*"}
    (item,) = catalogue(full_product_names=[flat]).items("P")
    assert item.identities[0].spans == EVERY


def test_nothing_is_named_by_nothing():
    assert catalogue(full_product_names=[{"product_id": "P", "name": " "}]).items("P") == []


LEAVES = [
    branch(
        "vendor",
        "Kasumi",
        branch("product_name", "fw", product="F"),
        branch("product_name", "SR-200", product="H", helper={"cpe": HARDWARE}),
        branch("product_name", "rack  unit", product="R"),
    )
]


def test_a_relationship_is_its_first_part_on_the_others():
    found = catalogue(
        branches=LEAVES, relationships=[related("FH", "F", "H"), related("FR", "F", "R")]
    )
    (on_hardware,), (on_rack,) = found.items("FH"), found.items("FR")
    assert on_hardware.identities == found.items("F")[0].identities
    assert (on_hardware.platforms, on_rack.platforms) == ((HARDWARE,), ("the rack unit",))


def test_a_relationship_may_rest_on_another_in_any_order():
    relations = [related("FHR", "FH", "R"), related("FH", "F", "H")]
    found = catalogue(branches=LEAVES, relationships=relations)
    (item,) = found.items("FHR")
    assert item.platforms == (HARDWARE, "the rack unit")


def test_a_related_product_may_have_names_of_its_own():
    relation = related("FH", "F", "H")
    relation["full_product_name"]["product_identification_helper"] = {"purl": PURL}
    (item,) = catalogue(branches=LEAVES, relationships=[relation]).items("FH")
    assert [each.product.scheme for each in item.identities] == ["purl"]


def test_a_path_names_all_that_must_be_there():
    path = {
        "beginning_product_reference": "F",
        "full_product_name": {"product_id": "FHR", "name": "x"},
        "subpaths": [
            {"category": "installed_on", "next_product_reference": "H"},
            {"category": "installed_on", "next_product_reference": "R"},
        ],
    }
    (item,) = catalogue(branches=LEAVES, product_paths=[path]).items("FHR")
    assert item.platforms == (HARDWARE, "the rack unit")


def test_what_rests_on_nothing_is_told():
    relations = [related("A", "B", "H"), related("B", "A", "H"), related("C", "F", "nothing")]
    found = catalogue(branches=LEAVES, relationships=relations)
    (error,) = found.problems
    assert (type(error), error.where) == (WrongShape, "$.product_tree.relationships[0]")
    assert "3" in error.text()


def test_a_chain_without_end_is_left_off():
    chain = [related(f"P{at + 1}", f"P{at}", "H") for at in range(50)][::-1]
    found = catalogue(branches=LEAVES, relationships=[*chain, related("P0", "F", "H")])
    assert found.items(f"P{MOST_STEPS - 1}")
    assert not found.items("P50")
    assert [type(error) for error in found.problems] == [WrongShape]


def test_an_identifier_that_is_none_is_an_error_with_its_place():
    flat = {"product_id": "P", "name": "x", "product_identification_helper": {"cpe": "cpe:z"}}
    (error,) = catalogue(full_product_names=[flat]).problems
    place = "$.product_tree.full_product_names[0].product_identification_helper.cpe"
    assert (type(error), error.where) == (NotAnIdentifier, place)


def test_a_product_that_rests_on_itself_is_no_endless_one():
    found = catalogue(branches=LEAVES, relationships=[related("F", "F", "H")])
    assert [item.platforms for item in found.items("F")] == [(), (HARDWARE,)]


def test_an_id_stands_for_few_things_and_one_has_few_names():
    many = [branch("product_name", f"p{at}", product="P") for at in range(MOST_ALIKE * 3)]
    found = catalogue(branches=many)
    assert len(found.items("P")) == MOST_ALIKE
    assert [error.where for error in found.problems] == [
        f"$.product_tree.branches[{MOST_ALIKE}].product"
    ]
    purls = [f"pkg:npm/p{at}@1" for at in range(MOST_ALIKE * 3)]
    assert len(only(NAMED, helper={"purls": purls}).identities) == MOST_ALIKE


def test_a_product_needs_few_platforms():
    boxes = [branch("product_name", f"box{at}", product=f"B{at}") for at in range(400)]
    path = {
        "beginning_product_reference": "F",
        "full_product_name": {"product_id": "P", "name": "x"},
        "subpaths": [{"category": "x", "next_product_reference": f"B{at}"} for at in range(400)],
    }
    (item,) = catalogue(branches=[*LEAVES, *boxes], product_paths=[path]).items("P")
    assert len(item.platforms) == MOST_PLATFORMS


def test_groups_are_their_products():
    found = catalogue(
        branches=LEAVES,
        product_groups=[
            {"group_id": "G", "product_ids": ["F", "R", "F"]},
            {"group_id": "H", "product_ids": ["H", "nothing"]},
        ],
    )
    concerned = csaf_shapes.Concerned(product_ids=["R", "R"], group_ids=["G", "H", "G", "nothing"])
    assert [product.name for product in found.products(concerned)] == [
        "kasumi:rack unit",
        "kasumi:fw",
        "h:kasumi:sr-200",
    ]
