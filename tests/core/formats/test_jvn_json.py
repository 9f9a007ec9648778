from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from noroshi.core.errors import (
    BrokenJson,
    FormatError,
    NotAnIdentifier,
    TooDeep,
    WrongShape,
)
from noroshi.core.facets import (
    Affected,
    Product,
    Record,
    Remedy,
    RemedyKind,
    Severity,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import jvn
from tests.core.formats import jvn_samples as samples
from tests.core.formats.feed_samples import NAME, V40, at, raw
from tests.core.formats.jvn_samples import CPE, JVNDB, OTHER, V30

FIRMWARE = Product("cpe", "o:kasumi:sr-200_firmware")
WORDS = Product("name", "霞ネットワークス:sr-200 ファームウェア")
BELOW = (VersionRange(high="2.4"),)
WITHIN = (VersionRange(low="2.0", high="2.4"),)
PUBLISHED = dt.datetime(2024, 7, 9, 10, tzinfo=dt.UTC)
MODIFIED = dt.datetime(2024, 7, 15, 12, tzinfo=dt.UTC)


def read(value):
    return list(jvn.read(raw(value)))


def record(value):
    (only,) = read(value)
    assert isinstance(only, Record), only
    return only


def test_jvn_csaf_says_who_scored_and_since_when():
    found = record(samples.detail())
    assert (found.external_id, found.names) == (JVNDB, (NAME, JVNDB))
    assert (found.advisories, found.published, found.modified) == (
        ("JVN#12345678",),
        PUBLISHED,
        MODIFIED,
    )
    assert found.severities == (
        Severity("nvd@nist.gov", "3.0", V30, 9.8),
        Severity("jvn", "4.0", V40, 9.3),
    )
    assert found.weaknesses == (Weakness("nvd@nist.gov", "CWE-78"),)
    assert found.affected == (
        Affected("jvn", WORDS, "generic", WITHIN),
        Affected("jvn", FIRMWARE, "generic", WITHIN, cpe=CPE),
    )
    assert [text.text for text in found.descriptions] == [
        "SR-200 に脆弱性が存在します。",
        "隣接機器に操作される。",
    ]
    assert found.remedies == (Remedy("jvn", RemedyKind.FIX, "ja", "更新してください。"),)


def test_an_overview_in_json_is_one_too():
    found = record(samples.overview())
    assert (found.external_id, found.names) == (f"{JVNDB}/overview", (NAME, JVNDB))
    cpe, words = found.affected
    assert cpe.product == Product("cpe", r"o:kasumi:sr-200_\(x\)_firmware")
    one = (VersionRange(low="2.0", high="2.0", high_inclusive=True),)
    assert (cpe.ranges, words.ranges) == (one, one)


def test_jvn_csaf_about_several_has_their_own_scores_and_the_weaknesses_of_the_text():
    first, second = read(samples.several())
    assert [first.names, second.names] == [(NAME,), (OTHER,)]
    assert first.advisories == (JVNDB, "JVN#12345678")
    assert first.severities == second.severities != ()
    assert [each.weaknesses for each in (first, second)] == [
        (Weakness("jvn", "CWE-78"),),
        (Weakness("jvn", "CWE-79"),),
    ]


def test_jvn_csaf_without_ranges_leaves_the_versions_unknown():
    value = samples.detail()
    del value["jvn_extension"]
    assert record(value).affected == (
        Affected("jvn", FIRMWARE, "generic", cpe=CPE),
        Affected("jvn", WORDS, "generic"),
    )


def test_jvn_csaf_may_tell_versions_in_words():
    value = samples.detail()
    words = {"version": "", "lessThanOrEqual": "", "status": "affected", "description": "2.4 未満"}
    value["jvn_extension"] = {
        "affected": [value["jvn_extension"]["affected"][0] | {"versions": [words]}]
    }
    assert [(each.product, each.ranges) for each in record(value).affected] == [
        (FIRMWARE, BELOW),
        (WORDS, BELOW),
    ]


def test_a_platform_of_jvn_csaf_is_a_condition():
    value = samples.detail()
    hardware = "cpe:2.3:h:kasumi:sr-200:-:*:*:*:*:*:*:*"
    (configuration,) = value["jvn_extension"]["cpeApplicability"]
    configuration["operator"] = "AND"
    platform = {"vulnerable": False, "criteria": hardware}
    configuration["nodes"].append({"operator": "OR", "cpeMatch": [platform]})
    found = record(value)
    assert found.conditions == ((hardware,),)
    assert [each.condition for each in found.affected] == [None, 0]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b'{"status":{"retCd":1,"errMsg":"no such entry"}}', WrongShape),
        (b'{"x":1}', WrongShape),
        (b'{"feed":7}', WrongShape),
        (b'{"feed":', BrokenJson),
    ],
)
def test_an_answer_that_holds_no_entry_is_told(payload, kind):
    (error,) = jvn.documents(payload)
    assert isinstance(error, FormatError)
    assert type(error) is kind


def test_an_odd_value_is_named_and_the_rest_is_read():
    error, found = read(at(samples.detail(), "jvn_extension.affected.0.vendor", 7))
    assert (type(error), error.where) == (WrongShape, "$.jvn_extension.affected[0].vendor")
    assert found.names == (NAME, JVNDB)
    error, found = read(at(samples.overview(), "products.0.product_ids.cpe", "cpe:x"))
    assert (type(error), error.where) == (NotAnIdentifier, "$.products[0].product_ids.cpe")
    assert msgspec.json.decode(msgspec.json.encode(found), type=Record) == found


def test_a_cpe_name_of_the_extension_that_is_none_is_told():
    value = samples.detail()
    value["jvn_extension"]["cpeApplicability"][0]["nodes"][0]["cpeMatch"][1]["criteria"] = "cpe:x"
    error, found = read(value)
    place = "$.jvn_extension.cpeApplicability[0].nodes[0].cpeMatch[1].criteria"
    assert (type(error), error.where) == (NotAnIdentifier, place)
    assert [each.product for each in found.affected] == [WORDS]


@pytest.mark.parametrize("depth", [400, 5_000])
def test_a_tree_as_deep_as_somebody_likes_raises_nothing(depth):
    deep = b'{"branches":[' * depth + b"]}" * depth
    text = raw(samples.detail())
    text = text.replace(b'"product_tree":{', b'"product_tree":{"branches":[' + deep + b'],"x":{', 1)
    found = list(jvn.read(text.replace(b',"vulnerabilities"', b'},"vulnerabilities"', 1)))
    assert found
    assert all(isinstance(each, Record | WrongShape | TooDeep) for each in found)
