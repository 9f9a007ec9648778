from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.components import Component
from noroshi.core.formats import component_claims
from noroshi.core.formats.component_claims import LONGEST_TEXT, MOST_CPES, Claims, Quote, component
from noroshi.core.formats.problems import Problems


def read(**claimed: object) -> tuple[Component | None, list[tuple[str, str]]]:
    problems = Problems()
    claims = Claims(where="$.components[3]", **claimed)  # type: ignore[arg-type]  # each test names its own
    return component(claims, problems), [(told.code, told.where) for told in problems.all()]


def quotes(*texts: str) -> list[Quote]:
    return [Quote(text, f"line {number}") for number, text in enumerate(texts, start=1)]


def test_silence_reads_as_no_version_no_supplier_and_a_library_at_its_place():
    assert read(name="zlib") == (Component(name="zlib", path="$.components[3]"), [])


def test_identifiers_are_stored_in_their_canonical_form():
    found, told = read(
        name="x",
        kind="Firmware",
        path="ref",
        purls=quotes("pkg:PyPI/Django_Rest?b=2&a=1"),
        cpes=quotes("cpe:/o:Fortinet:FortiOS:7.0.12", "cpe:2.3:a:b:c\\+\\+:1.0:*:*:*:*:*:*:*"),
    )
    assert told == []
    assert found == Component(
        name="x",
        kind="firmware",
        path="ref",
        purl="pkg:pypi/django-rest?a=1&b=2",
        cpes=(
            "cpe:2.3:o:fortinet:fortios:7.0.12:*:*:*:*:*:*:*",
            "cpe:2.3:a:b:c\\+\\+:1.0:*:*:*:*:*:*:*",
        ),
    )


@pytest.mark.parametrize(
    "broken",
    ["openssl", "pkg:", "pkg:maven/", "pkg:npm/a%00b@1", "pkg:npm/" + "a" * 3_000, "http://a/b"],
)
def test_a_component_with_a_broken_package_url_keeps_its_name_and_version(broken):
    found, told = read(name="openssl", version="3.0.2", purls=quotes(broken))
    assert found == Component(name="openssl", version="3.0.2", path="$.components[3]")
    assert told == [("not-an-identifier", "line 1")]


@pytest.mark.parametrize(
    "broken",
    ["cpe", "cpe:/x:a:b", "cpe:2.3:a:b:c:1", "cpe:/a:b%00:c", "cpe:/a:" + "b" * 3_000],
)
def test_a_broken_cpe_name_does_not_take_its_neighbours_with_it(broken):
    good = "cpe:2.3:a:f5:nginx:1.25.3:*:*:*:*:*:*:*"
    found, told = read(name="nginx", cpes=quotes(broken, good))
    assert found is not None
    assert found.cpes == (good,)
    assert told == [("not-an-identifier", "line 1")]


def test_a_broken_package_url_gives_way_to_a_good_one_and_a_second_good_one_is_told():
    found, told = read(name="x", purls=quotes("pkg:", "pkg:npm/x@1", "pkg:npm/x@1", "pkg:npm/y@1"))
    assert found is not None
    assert found.purl == "pkg:npm/x@1"
    assert told == [("not-an-identifier", "line 1"), ("wrong-shape", "line 4")]


def test_cpe_names_are_kept_once_each_in_their_order():
    one, two = (f"cpe:2.3:a:{vendor}:x:1:*:*:*:*:*:*:*" for vendor in ("b", "a"))
    found, told = read(name="x", cpes=quotes(one, two, one.replace(":b:", ":B:"), "cpe:/a:a:x:1"))
    assert found is not None
    assert found.cpes == (one, two)
    assert told == []


def test_of_too_many_cpe_names_the_first_ones_are_used():
    names = [f"cpe:2.3:a:v{number}:x:1:*:*:*:*:*:*:*" for number in range(MOST_CPES)]
    at_the_limit, told = read(name="x", cpes=quotes(*names, names[0]))
    assert at_the_limit is not None
    assert told == []
    beyond, told = read(name="x", cpes=quotes(*names, "cpe:/a:one:more", "cpe:/a:and:another"))
    assert beyond is not None
    assert beyond.cpes == at_the_limit.cpes == tuple(names)
    assert told == [("too-large", f"line {MOST_CPES + 1}")]


@pytest.mark.parametrize(
    ("identifiers", "name"),
    [
        ({"purls": quotes("pkg:maven/org.example/thing@1")}, "org.example/thing"),
        ({"cpes": quotes("cpe:2.3:a:example:big\\!thing:1:*:*:*:*:*:*:*")}, "big!thing"),
    ],
)
def test_a_component_without_a_name_is_named_by_its_identifier(identifiers, name):
    found, told = read(**identifiers)
    assert found is not None
    assert found.name == name
    assert told == [("wrong-shape", "$.components[3]")]


@pytest.mark.parametrize("cpes", [[], quotes("cpe:2.3:a:*:*:*:*:*:*:*:*:*:*")])
def test_what_nothing_names_is_no_component(cpes):
    assert read(version="1", cpes=cpes) == (None, [("wrong-shape", "$.components[3]")])


def test_an_endless_name_or_supplier_is_cut_and_an_endless_version_left_out():
    endless = "x" * (LONGEST_TEXT + 1)
    found, told = read(name=endless, version=endless, supplier=endless, path=endless, kind=endless)
    assert found == Component(
        name="x" * LONGEST_TEXT,
        supplier="x" * LONGEST_TEXT,
        path="$.components[3]",
    )
    assert sorted(told) == [("too-large", "$.components[3]")] * 3 + [
        ("wrong-shape", "$.components[3]")
    ]


def test_a_text_of_exactly_the_limit_is_kept():
    longest = "x" * LONGEST_TEXT
    found, told = read(name=longest, version=longest)
    assert found is not None
    assert (found.name, found.version, told) == (longest, longest, [])


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-04-01T09:30:00+09:00", dt.datetime(2026, 4, 1, 0, 30, tzinfo=dt.UTC)),
        ("2026-04-01T00:30:00.1234567Z", dt.datetime(2026, 4, 1, 0, 30, 0, 123456, dt.UTC)),
        ("2026-04-01T00:30:00", dt.datetime(2026, 4, 1, 0, 30, tzinfo=dt.UTC)),
        ("", None),
    ],
)
def test_the_time_of_making_is_read_in_utc(text, time):
    problems = Problems()
    assert component_claims.created(Quote(text, "$.x"), problems) == time
    assert problems.all() == ()


@pytest.mark.parametrize("text", ["yesterday", "0001-01-01T00:00:00+09:00", "9" * 100_000])
def test_what_is_no_time_is_told(text):
    problems = Problems()
    assert component_claims.created(Quote(text, "$.x"), problems) is None
    assert [told.where for told in problems.all()] == ["$.x"]
