from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import FormatError, NotAnIdentifier
from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.formats import configurations, redhat_products
from noroshi.core.versions.ranges import contains, key_ranges
from noroshi.core.versions.registry import key
from tests.core.formats.contract.redhat import release, state

SATELLITE = "cpe:2.3:a:redhat:satellite:6.15:*:el8:*:*:*:*:*"
ON_8 = Product("purl", "rpm/redhat/console?arch=source&distro=redhat-8")
FIX = "0:2.3-4.el8_9"


def read(releases=(), states=()):
    conditions = configurations.Conditions()
    results = list(
        redhat_products.affected(
            msgspec.convert(list(releases), list[redhat_products.Release]),
            msgspec.convert(list(states), list[redhat_products.State]),
            conditions,
        )
    )
    return results, conditions.all()


def claims(releases=(), states=()):
    results, conditions = read(releases, states)
    assert not any(isinstance(result, FormatError) for result in results)
    return [(claim.product.name, claim.ranges, _platforms(claim, conditions)) for claim in results]


def _platforms(claim, conditions):
    return None if claim.condition is None else conditions[claim.condition]


def names(releases=(), states=()):
    return [name for name, _, _ in claims(releases, states)]


# --- packages of RHEL ---


def test_a_fix_says_affected_below_and_fixed_from_there_on():
    (claim,), conditions = read([release(f"console-{FIX}")])
    assert claim == Affected(
        "redhat", ON_8, "rpm", (VersionRange(high=FIX), VersionRange(Status.FIXED, low=FIX))
    )
    assert conditions == ()


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("0:2.3-3.el8", Status.AFFECTED),
        ("2.3-4.el8_9", Status.FIXED),
        ("0:2.3-4.el8_10", Status.FIXED),
        ("1:1.0-1.el8", Status.FIXED),
    ],
)
def test_versions_lie_on_one_side_of_a_fix(version, status):
    (claim,), _ = read([release(f"console-{FIX}")])
    place = key("rpm", version)
    assert [one.status for one in key_ranges(claim) if contains(one, place)] == [status]


def test_several_fixes_of_a_package_are_one_claim_and_the_last_one_counts():
    (claim,), _ = read([release("console-0:2.2-1.el8"), release(f"console-{FIX}")] * 2)
    between = key("rpm", "0:2.2-9.el8")
    assert len(claim.ranges) == 4
    assert [one.status for one in key_ranges(claim) if contains(one, between)] == [Status.AFFECTED]


@pytest.mark.parametrize(
    ("cpe", "distro"),
    [
        ("enterprise_linux:8", "redhat-8"),
        ("enterprise_linux:8::nfv", "redhat-8"),
        ("rhel_eus:8.4", "redhat-8.4"),
        ("rhel_els:7", "redhat-7"),
        ("rhel_software_collections:3::el7", "redhat-7"),
    ],
)
def test_a_package_is_one_of_a_release(cpe, distro):
    assert names([release("console-1:1-1", cpe)]) == [
        f"rpm/redhat/console?arch=source&distro={distro}"
    ]


def test_a_stream_of_one_minor_release_says_nothing_of_the_others():
    assert names([release("console-0:2.3-1.el8_4", "rhel_eus:8.4")]) == [
        "rpm/redhat/console?arch=source&distro=redhat-8.4"
    ]


@pytest.mark.parametrize(
    ("fix_state", "ranges", "reason"),
    [
        ("Affected", (VersionRange(),), ""),
        ("Will not fix", (VersionRange(),), "will-not-fix"),
        ("Fix deferred", (VersionRange(),), "fix-deferred"),
        ("Out of support scope", (VersionRange(),), "out-of-support-scope"),
        ("Not affected", (VersionRange(Status.NOT_AFFECTED),), ""),
        ("Under investigation", (), "under-investigation"),
        ("Something new", (), ""),
    ],
)
def test_a_state_holds_for_every_version(fix_state, ranges, reason):
    (claim,), _ = read(states=[state("console", fix_state, "enterprise_linux:8")])
    assert claim == Affected("redhat", ON_8, "rpm", ranges, reason=reason)


# --- what is no package of RHEL's ---


@pytest.mark.parametrize(
    ("package", "name", "version"),
    [
        (
            "nodejs:14-8040020210708154809.522a0ee4",
            "red hat:nodejs:14",
            "8040020210708154809.522a0ee4",
        ),
        (
            "nodejs:18-9020020230327152102.rhel9",
            "red hat:nodejs:18",
            "9020020230327152102.rhel9",
        ),
        (
            "container-tools:rhel8-8100020240227110532.82888897",
            "red hat:container-tools:rhel8",
            "8100020240227110532.82888897",
        ),
        (
            "openshift4/ose-console:v4.6.0-202010061132.p0",
            "red hat:openshift4/ose-console",
            "v4.6.0-202010061132.p0",
        ),
    ],
)
def test_modules_and_images_are_names_on_their_platform(package, name, version):
    platform = "cpe:2.3:a:redhat:enterprise_linux:8:*:*:*:*:*:*:*"
    assert claims([release(package)]) == [(name, (VersionRange(high=version),), (platform,))]


@pytest.mark.parametrize(
    "package", ["mariadb:10.3/mariadb", "openshift4/ose-console", "Core Server", "a.b:c-jdk18on"]
)
def test_states_of_what_is_no_package_are_names_on_their_platform(package):
    platform = "cpe:2.3:o:redhat:enterprise_linux:7:*:*:*:*:*:*:*"
    assert claims(states=[state(package, "Affected")]) == [
        (f"red hat:{package.lower()}", (VersionRange(),), (platform,))
    ]


@pytest.mark.parametrize(
    "package",
    [
        None,
        "jakarta.el",
        "console-2.3",
        "openshift4/ose-console",
        "registry.example/ose-console:sha256:0a1b2c",
        "x" * 300 + ":1-20240227110532.8",
    ],
)
def test_what_has_no_version_makes_no_claim(package):
    assert claims([release(package)]) == []


@pytest.mark.parametrize("package", ["", " ", "x" * 300])
def test_what_has_no_name_has_no_state(package):
    assert claims(states=[state(package, "Affected")]) == []


# --- products on top of RHEL ---


def test_a_package_of_another_product_is_affected_on_its_platform():
    assert claims([release("console-0:2.5-1.el8sat", "satellite:6.15::el8")]) == [
        (ON_8.name, (VersionRange(high="0:2.5-1.el8sat"),), (SATELLITE,))
    ]


def test_the_build_tells_which_rhel_it_is_for():
    (name,) = names([release("console-0:2.5-1.el9", "openshift:4.14::el8")])
    assert name.endswith("redhat-9")


def test_a_package_of_another_product_without_a_rhel_makes_no_claim():
    assert names([release("console-0:2.5-1", "certificate_system:7.3")]) == []


def test_the_same_build_on_several_platforms_is_one_claim():
    build = "console-0:2.5-1.el8sat"
    ((_, _, platforms),) = claims(
        [release(build, "satellite:6.15::el8"), release(build, "satellite_capsule:6.15::el8")]
    )
    assert platforms == (SATELLITE, SATELLITE.replace("satellite", "satellite_capsule"))


def test_where_rhels_own_package_is_spoken_of_that_is_the_claim():
    other = release("console-0:2.5-1.el8sat", "satellite:6.15::el8")
    assert names([other, release(f"console-{FIX}")]) == [ON_8.name]
    not_affected = state("console", "Not affected", "enterprise_linux:8")
    assert names([other], [not_affected]) == [ON_8.name]


def test_an_advisory_of_all_that_a_product_ships_makes_no_claim():
    shipped = [
        release(f"part{number}-0:1-1.el8sat", "satellite:6.15::el8")
        for number in range(redhat_products.FEW + 1)
    ]
    assert names(shipped) == []
    assert len(names(shipped[1:])) == redhat_products.FEW
    assert len(names([*shipped[1:], {**shipped[0], "advisory": "RHSA-2024:9998"}])) == 5


def test_an_image_may_be_fixed_on_one_platform_and_not_on_another():
    image = "openshift4/ose-console"
    assert (
        names(
            [release(f"{image}:v4.6.0", "openshift:4.6::el8")],
            [state(image, "Affected", "openshift:4")],
        )
        == [f"red hat:{image}"] * 2
    )


def test_a_state_on_another_product_excuses_no_package_of_rhel():
    (claim,), conditions = read(states=[state("console", "Not affected", "openstack:17.1::el9")])
    assert claim.product == Product("name", "red hat:console")
    assert conditions == (("cpe:2.3:o:redhat:openstack:17.1:*:el9:*:*:*:*:*",),)


@pytest.mark.parametrize(
    ("cpe", "package"),
    [
        ("linux:7.0", "console-0:1-1"),
        ("enterprise_linux:7::hypervisor", "console-0:1-1"),
        ("rhel_software_collections:3", "console-0:1-1"),
    ],
)
def test_what_only_looks_like_rhel_is_not(cpe, package):
    assert names([release(package, cpe)]) == []
    assert names(states=[state("console", "Affected", cpe)]) == ["red hat:console"]


def test_a_platform_that_is_no_cpe_name_is_named():
    entry = {**release("console-0:1-1.el8"), "cpe": "unknown"}
    results, conditions = read([entry, entry], [{**state("console", "Affected"), "cpe": "?"}])
    assert [(type(error), error.where) for error in results] == [
        (NotAnIdentifier, "$.affected_release[0].cpe"),
        (NotAnIdentifier, "$.affected_release[1].cpe"),
        (NotAnIdentifier, "$.package_state[0].cpe"),
    ]
    assert conditions == ()
