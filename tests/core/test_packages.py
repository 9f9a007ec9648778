"""From a component to the package it is an instance of: identities, keys, and one text each."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.components import Component
from noroshi.core.errors import NotAnIdentifier, VersionError
from noroshi.core.facets import Product
from noroshi.core.identity import LONGEST_CPE, named, parse_cpe, parse_purl
from noroshi.core.packages import LONGEST_TEXT, Identity, package_of, upstream_version
from noroshi.core.versions.registry import LONGEST_KEY, key

TOMCAT = "cpe:2.3:a:apache:tomcat:9.0.50:*:*:*:*:*:*:*"


def component(**facts: object) -> Component:
    return msgspec.convert({"name": "x", **facts}, Component)


class TestIdentities:
    def test_a_package_url_is_ordered_by_its_own_scheme(self):
        found = package_of(component(purl="pkg:npm/%40angular/core@12.0.0-rc.1"))
        expected = Identity(Product("purl", "npm/@angular/core"), key("npm", "12.0.0-rc.1"))
        assert found.identities == (expected,)
        assert (found.purl_type, found.version) == ("npm", "12.0.0-rc.1")

    def test_a_package_url_without_a_version_takes_the_components(self):
        found = package_of(component(purl="pkg:pypi/django", version="4.2"))
        assert found.identities[0].key == key("pypi", "4.2")

    def test_every_cpe_name_is_an_identity_beside_the_package_url(self):
        found = package_of(
            component(purl="pkg:maven/org.apache.tomcat/tomcat@9.0.50", cpes=(TOMCAT,))
        )
        assert [identity.product.scheme for identity in found.identities] == ["purl", "cpe"]
        expected = Identity(Product("cpe", "a:apache:tomcat"), key("generic", "9.0.50"), TOMCAT)
        assert found.identities[1] == expected

    def test_a_cpe_names_update_belongs_to_its_version(self):
        name = "cpe:2.3:a:apache:tomcat:9.0.0:milestone3:*:*:*:*:*:*"
        (found,) = package_of(component(cpes=(name,))).identities
        assert found.key == key("generic", "9.0.0-milestone3")
        assert found.key != key("generic", "9.0.0")

    @pytest.mark.parametrize("version", ["*", "-"])
    def test_a_cpe_name_without_a_version_takes_the_components(self, version):
        name = TOMCAT.replace("9.0.50", version)
        (found,) = package_of(component(cpes=(name,), version="9.0.51")).identities
        assert found.key == key("generic", "9.0.51")

    def test_an_escaped_cpe_version_is_read_without_its_escapes(self):
        name = r"cpe:2.3:o:cisco:ios:15.1\(4\)m:*:*:*:*:*:*:*"
        (found,) = package_of(component(cpes=(name,))).identities
        assert found.key == key("generic", "15.1(4)m")

    @pytest.mark.parametrize("wild", ["cpe:2.3:a:*:tomcat", "cpe:2.3:a:apache:*"])
    def test_a_cpe_name_that_leaves_the_product_open_is_no_identity(self, wild):
        assert package_of(component(cpes=(f"{wild}:1:*:*:*:*:*:*:*",))).identities == ()

    def test_supplier_and_name_are_the_identity_of_what_has_no_better_one(self):
        (found,) = package_of(
            component(name="SR-200  Firmware", supplier="Kasumi", version="2.4")
        ).identities
        assert found == Identity(named("kasumi", "sr-200 firmware"), key("generic", "2.4"))

    @pytest.mark.parametrize("facts", [{"purl": "pkg:npm/x@1"}, {"cpes": (TOMCAT,)}])
    def test_supplier_and_name_do_not_count_beside_a_better_identity(self, facts):
        found = package_of(component(supplier="Kasumi", **facts))
        assert "name" not in {identity.product.scheme for identity in found.identities}

    def test_a_name_without_a_supplier_identifies_nothing(self):
        assert package_of(component(version="1")).identities == ()

    @pytest.mark.parametrize("version", [None, "", "not.deb:at all", "1" * 600])
    def test_a_version_that_cannot_be_compared_leaves_the_identity_without_a_key(self, version):
        found = package_of(component(purl="pkg:deb/debian/x", version=version))
        assert found.identities == (Identity(Product("purl", "deb/debian/x"), None),)

    def test_rpm_keeps_the_epoch_of_a_package_url_in_a_qualifier(self):
        (found,) = package_of(
            component(purl="pkg:rpm/redhat/openssl@1.1.1k-5.el8?epoch=1", version="1.1.1k-5.el8")
        ).identities
        assert found.key == key("rpm", "1:1.1.1k-5.el8")
        assert found.key is not None
        assert found.key > key("rpm", "3.0.0-1.el8")

    def test_one_identity_twice_is_one_identity(self):
        assert len(package_of(component(cpes=(TOMCAT, TOMCAT))).identities) == 1


UPSTREAM = [
    ("deb", "2.36-8", "2.36"),
    ("deb", "1:2.36-8+deb11u1", "2.36"),
    ("deb", "1.1.1n-0+deb11u5", "1.1.1n"),
    ("deb", "7:4.2.7-0ubuntu0.1", "4.2.7"),
    ("deb", "1.21.1+dfsg-1ubuntu0.20.04.2", "1.21.1"),
    ("deb", "1:1.2.11.dfsg-2+deb11u2", "1.2.11"),
    ("deb", "2.0.2~dfsg1-3", "2.0.2"),
    ("deb", "2:8.2.2434-3+deb11u1", "8.2.2434"),
    ("deb", "5.10.0~rc1-1", "5.10.0~rc1"),
    ("deb", "2.4.0+really2.3.9-1", "2.3.9"),
    ("deb", "1:2.4.0+dfsg+really2.3.9+dfsg-1", "2.3.9"),
    ("deb", "4.0.0+~cs5.1.0-2", "4.0.0"),
    ("deb", "3.1+git20200101.abc-1", "3.1"),
    ("deb", "12.4+deb12u5", "12.4"),
    ("deb", "1.2.ds1-3", "1.2"),
    ("deb", "2.2.40-1.1", "2.2.40"),
    ("deb", "4.13.1-1~bpo11+1", "4.13.1"),
    ("deb", "1.18.0.repack-2", "1.18.0"),
    ("rpm", "1.1.1k-5.el8_4", "1.1.1k"),
    ("rpm", "1:1.1.1k-5.el8_4", "1.1.1k"),
    ("rpm", "4.18.0-305.12.1.el8_4", "4.18.0"),
    ("rpm", "2.4.37-39.module+el8.4.0+12865+a7065a39.1", "2.4.37"),
    ("apk", "1.36.1-r2", "1.36.1"),
    ("apk", "3.1.4_p1-r0", "3.1.4_p1"),
    ("alpm", "1:2.39-4", "2.39"),
    ("deb", "2.36", "2.36"),
    ("deb", "-1", "-1"),
    ("deb", "", ""),
    ("golang", "v1.2.3-0.20210101000000-abcdef123456", "v1.2.3-0.20210101000000-abcdef123456"),
    ("golang", "v2.0.0+incompatible", "v2.0.0+incompatible"),
    ("npm", "1:2-3", "1:2-3"),
    ("", "1.0-beta", "1.0-beta"),
]


class TestUpstreamVersion:
    @pytest.mark.parametrize(("purl_type", "version", "upstream"), UPSTREAM)
    def test_a_distributions_additions_are_taken_off(self, purl_type, version, upstream):
        assert upstream_version(purl_type, version) == upstream

    def test_a_cpe_name_of_a_distributions_package_is_compared_by_its_upstream_version(self):
        name = r"cpe:2.3:a:gnu:bash:5.1-2\+deb11u1:*:*:*:*:*:*:*"
        found = package_of(component(purl="pkg:deb/debian/bash@5.1-2%2Bdeb11u1", cpes=(name,)))
        assert found.identities[0].key == key("deb", "5.1-2+deb11u1")
        assert found.identities[1].key == key("generic", "5.1")

    @pytest.mark.parametrize("version", ["v0.0.0-20221209182832-e0af1cc8ad39", "*"])
    def test_a_commit_before_any_release_is_no_version_of_a_cpe_name(self, version):
        commit = "v0.0.0-20221209182832-e0af1cc8ad39"
        name = f"cpe:2.3:a:kasumi:loki:{version}:*:*:*:*:*:*:*"
        found = package_of(component(purl=f"pkg:golang/kasumi.example/loki@{commit}", cpes=(name,)))
        assert found.identities[0].key == key("semver", commit)
        assert found.identities[1].key is None

    def test_an_update_is_not_mistaken_for_the_distributions_revision(self):
        name = "cpe:2.3:a:gnu:bash:5.1:rc1:*:*:*:*:*:*"
        found = package_of(component(purl="pkg:deb/debian/bash@5.1-1", cpes=(name,)))
        assert found.identities[1].key == key("generic", "5.1-rc1")


class TestOneTextEach:
    def test_a_package_url_with_its_version_is_the_text(self):
        assert package_of(component(purl="pkg:npm/x@1", version="1")).text == "pkg:npm/x@1"

    def test_the_name_a_member_gives_it_does_not_make_another_package(self):
        texts = {package_of(component(name=n, purl="pkg:npm/x@1")).text for n in ("x", "left-x")}
        assert len(texts) == 1

    def test_two_versions_under_a_package_url_without_one_are_two_packages(self):
        texts = {package_of(component(purl="pkg:npm/x", version=v)).text for v in ("1", "2")}
        assert len(texts) == 2

    def test_other_cpe_names_make_another_package(self):
        first = package_of(component(cpes=(TOMCAT,)))
        assert first.text != package_of(component(cpes=(TOMCAT.replace("50", "51"),))).text
        assert first.text != package_of(component()).text

    def test_the_order_of_cpe_names_makes_no_other_package(self):
        names = (TOMCAT, TOMCAT.replace("50", "51"))
        assert package_of(component(cpes=names)) == package_of(component(cpes=names[::-1]))

    def test_no_supplier_can_pass_its_software_off_as_an_ecosystems(self):
        forged = package_of(component(supplier="pkg", name="npm/lodash", version="4.17.20"))
        assert forged.text != package_of(component(purl="pkg:npm/lodash@4.17.20")).text

    def test_a_long_text_is_cut_and_still_tells_packages_apart(self):
        texts = {
            package_of(component(name="名" * 500 + end, supplier="社" * 500, version="1")).text
            for end in "ab"
        }
        assert len(texts) == 2
        assert all(len(text.encode()) <= LONGEST_TEXT for text in texts)

    _word = st.text("a:@ %1名", max_size=3)
    _components = st.builds(
        Component,
        name=_word.filter(bool),
        version=st.none() | _word,
        supplier=_word,
        purl=st.sampled_from([None, "pkg:npm/a", "pkg:npm/a@1", "pkg:npm/a@1%20version:1"]),
        cpes=st.sampled_from([(), (TOMCAT,), (TOMCAT, TOMCAT.replace("50", "51"))]),
    )

    @given(_components, _components)
    def test_equal_texts_are_equal_packages(self, left, right):
        one, other = package_of(left), package_of(right)
        if one.text == other.text:
            assert (one.version, one.identities) == (other.version, other.identities)


class TestWhatDatabasesCanHold:
    """An index row holds some 2,700 bytes; a text beyond that would stop a whole import."""

    @pytest.mark.parametrize(
        "name",
        [TOMCAT.replace("tomcat", "t" * LONGEST_CPE), "cpe:/a:x:" + "!" * 300],
        ids=["as a name", "as an address"],
    )
    def test_a_cpe_name_longer_than_any_real_one_is_none(self, name):
        with pytest.raises(NotAnIdentifier):
            parse_cpe(name)

    def test_a_package_url_that_quoting_makes_too_long_is_none(self):
        with pytest.raises(NotAnIdentifier):
            parse_purl("pkg:generic/" + "名" * 300)

    def test_what_is_accepted_as_a_package_url_is_accepted_again(self):
        text = parse_purl("pkg:generic/" + "名" * 200).text
        assert parse_purl(text).text == text

    def test_a_version_that_normalising_blows_up_has_no_key(self):
        with pytest.raises(VersionError):
            key("generic", "\ufdfa" * 512)

    @given(st.sampled_from(["deb", "generic", "maven", "npm", "pypi", "rpm"]), st.text())
    def test_no_key_is_longer_than_an_index_takes(self, scheme, version):
        with contextlib.suppress(VersionError):
            assert len(key(scheme, version)) <= LONGEST_KEY
