from __future__ import annotations

import tarfile
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.facets import Product
from noroshi.core.identity import (
    VERSION_SCHEMES,
    cve_id,
    fold,
    named,
    parse_cpe,
    parse_purl,
    unescape,
)

HTTPD = "cpe:2.3:a:apache:http_server:2.4.49:*:*:*:*:*:*:*"


@pytest.mark.parametrize("text", ["CVE-2021-44228", "CVE-1999-0001", "CVE-2024-" + "9" * 19])
def test_a_cve_id_is_returned(text):
    assert cve_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CVE-2021-442",
        "cve-2021-44228",
        " CVE-2021-44228",
        "CVE-2021-44228\n",
        "CVE-2021-４４２２８",
        "CVE-21-44228",
        "CVE-2021-44228-1",
        "GHSA-2345-cfgh-jmpq",
        "CVE-2021-" + "9" * 1_000_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_cve_id_is_refused_with_its_place(text):
    with pytest.raises(NotAnIdentifier) as caught:
        cve_id(text, "$.id")
    assert caught.value.where == "$.id"
    assert len(str(caught.value)) < 200


def test_a_cpe_name_is_taken_apart():
    cpe = parse_cpe(r"cpe:2.3:o:Cisco:IOS:12.2\(25\):SEE:*:en:lite:linux:x64:x")
    assert msgspec.structs.astuple(cpe) == (
        "o",
        "cisco",
        "ios",
        r"12.2\(25\)",
        "see",
        "*",
        "en",
        "lite",
        "linux",
        "x64",
        "x",
    )
    assert cpe.identity == Product("cpe", "o:cisco:ios")
    assert unescape(cpe.version) == "12.2(25)"
    assert parse_cpe(cpe.text) == cpe


@pytest.mark.parametrize(
    "vendor", [r"a\:b", r"a\\", r"\:", r"a\\\:b", r"\\\\"], ids=["colon", "slash", "1", "2", "3"]
)
def test_an_escaped_colon_is_part_of_its_attribute(vendor):
    cpe = parse_cpe(f"cpe:2.3:a:{vendor}:x:1.0:*:*:*:*:*:*:*")
    assert (cpe.vendor, cpe.product, cpe.version) == (vendor, "x", "1.0")


@pytest.mark.parametrize(
    ("uri", "formatted"),
    [
        ("cpe:/a:apache:http_server:2.4.49", HTTPD),
        ("cpe:/a:apache:http_server", "cpe:2.3:a:apache:http_server:*:*:*:*:*:*:*:*"),
        ("cpe:/h:kasumi:sr-200:-", "cpe:2.3:h:kasumi:sr-200:-:*:*:*:*:*:*:*"),
        ("cpe:/o:redhat:rhel:8::baseos", "cpe:2.3:o:redhat:rhel:8:*:baseos:*:*:*:*:*"),
        (
            "cpe:/a:kasumi:console:1.0::~pro~lite~android~x64~",
            "cpe:2.3:a:kasumi:console:1.0:*:pro:*:lite:android:x64:*",
        ),
        ("cpe:/a:a%2fb:c%21:1%02", r"cpe:2.3:a:a\/b:c\!:1*:*:*:*:*:*:*:*"),
    ],
)
def test_a_cpe_uri_is_bound_to_the_formatted_string(uri, formatted):
    assert parse_cpe(uri).text == formatted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cpe",
        "cpe:2.3:a:x",
        "cpe:2.2" + HTTPD[7:],
        HTTPD + ":*",
        HTTPD[:-2],
        HTTPD.replace(":a:", ":q:"),
        HTTPD.replace("apache", ""),
        HTTPD.replace("apache", "a\0b"),
        HTTPD + "\\",
        "cpe:/a:b:c:d:e:f:g:h",
        "cpe:/q:b",
        "cpe:/a:b%00:c",
        HTTPD.replace("apache", "a" * 1_000_000),
        "cpe:/a:" + "%" * 1_000_000,
        "cpe:2.3:" + ":" * 1_000_000,
        "pkg:npm/x",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_what_is_no_cpe_name_is_refused(text):
    with pytest.raises(NotAnIdentifier) as caught:
        parse_cpe(text)
    assert len(str(caught.value)) < 800


@pytest.mark.parametrize(
    ("text", "name", "version", "scheme"),
    [
        ("pkg:npm/%40angular/core@1.2", "npm/@angular/core", "1.2", "npm"),
        ("pkg:NPM/Foo", "npm/foo", None, "npm"),
        ("pkg:pypi/Django_X@1", "pypi/django-x", "1", "pypi"),
        ("pkg:maven/org.example/Core@1", "maven/org.example/Core", "1", "maven"),
        ("pkg:golang/example.org/A/b@v1", "golang/example.org/A/b", "v1", "semver"),
        ("pkg:deb/Debian/OpenSSL@1.1-1", "deb/debian/openssl", "1.1-1", "deb"),
        ("pkg:rpm/redhat/samba@4.18", "rpm/redhat/samba", "4.18", "rpm"),
        ("pkg:generic/console@1?checksum=x", "generic/console", "1", "generic"),
    ],
)
def test_a_package_url_names_its_package_without_its_version(text, name, version, scheme):
    purl = parse_purl(text)
    assert purl.identity == Product("purl", name)
    assert (purl.version, purl.versions) == (version, scheme)


def test_a_package_urls_qualifiers_are_in_order():
    purl = parse_purl("pkg:deb/debian/x@1?distro=bookworm&arch=amd64")
    assert purl.qualifiers == (("arch", "amd64"), ("distro", "bookworm"))
    assert purl.text == "pkg:deb/debian/x@1?arch=amd64&distro=bookworm"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "npm/x",
        "pkg:npm",
        "pkg:npm/",
        "pkg:/",
        "pkg:generic/a%00b",
        "pkg:npm/a\nb",
        "pkg:npm/" + "a" * 1_000_000,
        "pkg:npm/" + "/" * 1_000_000,
        "pkg:npm/a?" + "a=b&" * 1_000_000,
        HTTPD,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_what_is_no_package_url_is_refused(text):
    with pytest.raises(NotAnIdentifier):
        parse_purl(text)


def test_names_are_folded():
    assert named("ＫＡＳＵＭＩ　 Networks ", "Straße\t1") == Product(
        "name", "kasumi networks:strasse 1"
    )
    assert fold("") == ""


_near = st.text(alphabet="cpekg23a:/\\%@#?&=~*-. \0é狼0", max_size=40)


@given(st.sampled_from(["", "cpe:2.3:a:", "cpe:/", "pkg:", "pkg:npm/", "pkg:deb/debian/"]), _near)
@settings(max_examples=300, deadline=None)
def test_a_text_is_an_identifier_or_refused_and_its_canonical_form_is_its_own(start, rest):
    with suppress(NotAnIdentifier):
        cpe = parse_cpe(start + rest)
        assert parse_cpe(cpe.text) == cpe
    with suppress(NotAnIdentifier):
        purl = parse_purl(start + rest)
        assert parse_purl(purl.text) == purl


@pytest.mark.shared_data
def test_public_package_urls_name_what_is_published_for_them(shared_data):
    checked = 0
    with tarfile.open(shared_data / "vectors" / "purl-spec.tar.gz") as archive:
        for member in archive.getmembers():
            if "/tests/" not in member.name or not member.name.endswith(".json"):
                continue
            source = archive.extractfile(member)
            assert source is not None
            for case in msgspec.json.decode(source.read())["tests"]:
                expected = case.get("expected_output")
                if (
                    case["test_type"] == "parse"
                    and expected
                    and expected["type"] in VERSION_SCHEMES
                ):
                    purl = parse_purl(case["input"])
                    parts = (expected["type"], expected["namespace"], expected["name"])
                    assert purl.identity.name == "/".join(filter(None, parts))
                    assert purl.version == expected["version"]
                    checked += 1
    assert checked > 30
