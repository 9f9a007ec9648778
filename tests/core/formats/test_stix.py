"""STIX objects of an attack report."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import FormatError
from noroshi.core.formats import stix
from noroshi.core.formats.stix import Report, identity_id, objects_of, pattern, read_pattern
from noroshi.core.indicators import Indicator, IndicatorType, indicator
from noroshi.core.policy.marking import Tlp

MADE = dt.datetime(2026, 6, 1, 3, 4, 5, 678_901, tzinfo=dt.UTC)
US, THEM = identity_id("isac"), identity_id("hikari")
REPORT = Report(
    title="不審な通信",
    text="社内の端末から外部へ。",
    tlp=Tlp.AMBER,
    indicators=(
        indicator(IndicatorType.IPV4, "198.51.100.7"),
        indicator(IndicatorType.URL, "http://bad.example/it's"),
    ),
    vulnerabilities=("CVE-2021-44228",),
    observed=dt.datetime(2026, 5, 31, tzinfo=dt.UTC),
)


def bodies(
    report: Report = REPORT, creator: str = US, made: dt.datetime = MADE
) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in objects_of(report, creator, made)]


def test_a_report_refers_to_all_its_parts_and_nothing_else() -> None:
    *parts, whole = bodies()
    assert [part["type"] for part in parts] == [
        "incident",
        "indicator",
        "indicator",
        "vulnerability",
    ]
    assert whole["type"] == "report"
    assert whole["object_refs"] == [part["id"] for part in parts]


def test_every_object_has_what_stix_requires() -> None:
    for body in bodies():
        assert body["spec_version"] == "2.1"
        assert body["id"].startswith(f"{body['type']}--")
        assert body["created_by_ref"] == US
        assert body["created"] == body["modified"] == "2026-06-01T03:04:05.678Z"
        assert body["object_marking_refs"] == [Tlp.AMBER.stix_id]
    for body in bodies():
        if body["type"] == "indicator":
            assert (body["pattern_type"], body["valid_from"]) == (
                "stix",
                "2026-05-31T00:00:00.000Z",
            )


def test_equal_contents_of_one_creator_are_equal_objects() -> None:
    shuffled = msgspec.structs.replace(REPORT, indicators=REPORT.indicators[::-1])
    assert bodies() == bodies(shuffled)
    later = bodies(made=MADE + dt.timedelta(days=1))
    assert [one["id"] for one in later] == [one["id"] for one in bodies()]


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(REPORT, title="別件"),
        msgspec.structs.replace(REPORT, text="別の文"),
        msgspec.structs.replace(REPORT, tlp=Tlp.RED),
        msgspec.structs.replace(REPORT, indicators=()),
        msgspec.structs.replace(REPORT, vulnerabilities=()),
        msgspec.structs.replace(REPORT, observed=None),
    ],
)
def test_other_contents_share_no_identifier(other: Report) -> None:
    assert not {one["id"] for one in bodies()} & {one["id"] for one in bodies(other)}


def test_nothing_of_one_creator_is_left_with_another() -> None:
    ours = b"".join(one.body for one in objects_of(REPORT, US, MADE)).decode()
    theirs = objects_of(REPORT, THEM, MADE)
    assert not any(one.id.partition("--")[2] in ours for one in theirs)
    assert THEM not in ours


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("ipv4-addr", "198.51.100.7", "[ipv4-addr:value = '198.51.100.7']"),
        ("ipv6-addr", "2001:db8::1", "[ipv6-addr:value = '2001:db8::1']"),
        ("domain-name", "bad.example", "[domain-name:value = 'bad.example']"),
        ("file-sha256", "ab" * 32, f"[file:hashes.'SHA-256' = '{'ab' * 32}']"),
        ("email-addr", "a@bad.example", "[email-addr:value = 'a@bad.example']"),
        (
            "url",
            "http://bad.example/'] OR [url:value = '\\",
            r"[url:value = 'http://bad.example/\'] OR [url:value = \'\\']",
        ),
    ],
)
def test_a_value_never_leaves_its_quotes(kind: str, value: str, expected: str) -> None:
    assert pattern(Indicator(IndicatorType(kind), value)) == expected


@given(st.text(alphabet=st.characters(codec="ascii", min_codepoint=33, max_codepoint=126)))
def test_a_pattern_is_read_back(path: str) -> None:
    item = indicator(IndicatorType.URL, "http://bad.example/x" + path.replace("[", ""))
    assert read_pattern(pattern(item)) == item


@pytest.mark.parametrize(
    "text", ["", "[x:value = 'a']", "[url:value = 'http://a.b/' OR url:value = 'b']", "[[", "'"]
)
def test_a_pattern_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        read_pattern(text)


@pytest.mark.parametrize("observed", [REPORT.observed, None])
def test_a_report_is_read_back_from_its_objects(observed: dt.datetime | None) -> None:
    report = msgspec.structs.replace(REPORT, observed=observed)
    *parts, whole = objects_of(report, US, MADE)
    assert stix.report_of(whole.body, [one.body for one in parts], Tlp.AMBER) == report
    consists_of = [*(one.id for one in parts), stix.english_id(whole.id)]
    assert list(stix.references(whole.body)) == consists_of


BOTH = msgspec.structs.replace(REPORT, title_en="Odd traffic", text_en="Outwards, from a PC.")


def test_a_report_in_two_languages_says_the_second_in_an_object_beside_it() -> None:
    *parts, whole = bodies(BOTH)
    (english,) = [part for part in parts if part["type"] == "language-content"]
    assert english["object_ref"] == whole["id"]
    assert english["contents"] == {
        "en": {"name": "Odd traffic", "description": "Outwards, from a PC."}
    }
    assert (whole["lang"], "lang" in bodies()[-1]) == ("ja", False)
    assert english["id"] == stix.english_id(whole["id"])
    assert english["id"] not in whole["object_refs"]


def test_a_report_in_two_languages_is_read_back() -> None:
    *parts, whole = (one.body for one in objects_of(BOTH, US, MADE))
    assert stix.report_of(whole, parts, Tlp.AMBER) == BOTH
    assert stix.english_title(parts[-1])[1] == "Odd traffic"


def test_identifiers_that_hang_on_a_secret_hang_on_nothing_else() -> None:
    first, again = (objects_of(REPORT, US, MADE, secret="s") for _ in range(2))
    assert [one.id for one in first] == [one.id for one in again]
    known = {one.id for one in (*objects_of(REPORT, US, MADE), *objects_of(BOTH, US, MADE))}
    for other in ("t", "s "):
        known |= {one.id for one in objects_of(REPORT, US, MADE, secret=other)}
    assert not known & {one.id for one in first}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"type":1}', b"\xff"])
def test_a_body_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(FormatError):
        stix.references(body)
