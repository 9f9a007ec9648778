from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import (
    BrokenXml,
    ForbiddenXml,
    NotAnIdentifier,
    NotText,
    TooDeep,
    WrongShape,
)
from noroshi.core.facets import (
    Affected,
    Credit,
    Product,
    Record,
    Reference,
    Remedy,
    RemedyKind,
    Severity,
    Status,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import jvn
from noroshi.core.formats.jvn_entry import MOST_CVES
from tests.core.formats import jvn_samples as samples
from tests.core.formats.feed_samples import NAME, at, documents, raw
from tests.core.formats.jvn_samples import CPE, JVNDB, OTHER, V30

FIRMWARE = Product("cpe", "o:kasumi:sr-200_firmware")
WORDS = Product("name", "霞ネットワークス:sr-200 ファームウェア")
BELOW = (VersionRange(high="2.4"),)
WITHIN = (VersionRange(low="2.0", high="2.4"),)
PUBLISHED = dt.datetime(2024, 7, 9, 10, tzinfo=dt.UTC)
MODIFIED = dt.datetime(2024, 7, 15, 12, tzinfo=dt.UTC)


def read(document):
    return list(jvn.read(document if isinstance(document, bytes) else raw(document)))


def record(document):
    (only,) = read(document)
    assert isinstance(only, Record), only
    return only


def vulinfo(**more):
    return samples.vulinfo(**more).encode()


def test_an_entry_of_vuldef_is_read_whole():
    assert record(vulinfo()) == Record(
        source="jvn",
        external_id=JVNDB,
        names=(NAME, JVNDB),
        advisories=("JVN#12345678",),
        published=PUBLISHED,
        modified=MODIFIED,
        titles=(Text("ja", "SR-200 における OS コマンドインジェクション", "jvn"),),
        descriptions=(
            Text("ja", "SR-200 には、命令を実行される脆弱性が存在します。", "jvn"),
            Text("ja", "隣接機器に操作される。", "jvn"),
        ),
        severities=(Severity("ipa", "3.0", V30, 9.8),),
        weaknesses=(Weakness("jvn", "CWE-78"),),
        affected=(
            Affected("jvn", FIRMWARE, "generic", BELOW, cpe=CPE),
            Affected("jvn", WORDS, "generic", BELOW),
        ),
        references=(
            Reference("https://kasumi.example/sa/1", ("vendor-advisory",)),
            Reference("https://jvn.example/12345678"),
            Reference("https://notes.example/1"),
            Reference(f"https://cve.example/{NAME}"),
        ),
        remedies=(
            Remedy("jvn", RemedyKind.FIX, "ja", "[アップデートする]\n2.4 に更新してください。"),
        ),
        credits=(Credit("jvn", "森 葵"),),
    )


def test_an_item_of_jvnrss_is_an_overview_of_the_entry():
    found = record(samples.item().encode())
    assert (found.external_id, found.names) == (f"{JVNDB}/overview", (NAME, JVNDB))
    assert (found.published, found.modified) == (PUBLISHED, MODIFIED)
    assert found.severities == (Severity("ipa", "3.0", V30, 9.8),)
    assert found.weaknesses == (Weakness("jvn", "CWE-78"),)
    assert found.affected == (
        Affected("jvn", FIRMWARE, "generic", cpe=CPE),
        Affected("jvn", WORDS, "generic"),
    )
    assert [each.url for each in found.references] == [
        f"https://jvndb.example/{JVNDB}.html",
        f"https://cve.example/{NAME}",
    ]


def test_an_entry_about_several_cve_ids_is_a_record_each():
    text = f"クロスサイト (CWE-79) - {OTHER}, OS コマンド（CWE-78） - {NAME}"
    versions = (
        f"<VersionNumber>2.4 より前のバージョン（{NAME}）</VersionNumber>"
        f"<VersionNumber>2.2 以前（{OTHER}）</VersionNumber>"
    )
    cves = samples.cve(NAME) + samples.cve(OTHER)
    first, second = read(vulinfo(overview=text, versions=versions, cves=cves))
    assert (first.external_id, first.names) == (f"{JVNDB}/{NAME}", (NAME,))
    assert (second.external_id, second.names) == (f"{JVNDB}/{OTHER}", (OTHER,))
    assert first.advisories == second.advisories == (JVNDB, "JVN#12345678")
    assert first.severities == second.severities == ()
    assert [each.weaknesses for each in (first, second)] == [
        (Weakness("jvn", "CWE-78"),),
        (Weakness("jvn", "CWE-79"),),
    ]
    assert first.affected[0].ranges == BELOW
    assert second.affected[0].ranges == (VersionRange(high="2.2", high_inclusive=True),)


def test_a_product_told_for_another_cve_id_alone_is_not_affected_by_this_one():
    versions = f"<VersionNumber>2.4 より前（{OTHER}）</VersionNumber>"
    first, second = read(vulinfo(versions=versions, cves=samples.cve(NAME) + samples.cve(OTHER)))
    assert (len(first.affected), len(second.affected)) == (0, 2)


def test_an_entry_without_a_cve_id_is_called_by_its_own():
    assert record(vulinfo(cves="")).names == (JVNDB,)
    value = samples.several()
    value["vulnerabilities"] = [{"cwes": [{"id": "CWE-78"}]}, {"cwes": [{"id": "CWE-79"}]}]
    found = record(value)
    assert (found.external_id, found.names) == (JVNDB, (JVNDB,))
    assert [each.cwe for each in found.weaknesses] == ["CWE-78", "CWE-79"]
    assert record(samples.detail() | {"vulnerabilities": []}).names == (JVNDB,)


def test_where_the_cve_list_is_not_named_nvd_is():
    nvd = samples.related("advisory", "National Vulnerability Database (NVD)", NAME, "https://n")
    assert record(vulinfo(cves=nvd)).names == (NAME, JVNDB)


def test_of_cve_ids_the_good_ones_are_read():
    error, found = read(vulinfo(cves=samples.cve("CVE-2024-X") + samples.cve(NAME)))
    assert type(error) is NotAnIdentifier
    assert found.names == (NAME, JVNDB)
    (error,) = read(vulinfo(cves=samples.cve("CVE-2024-X")))
    assert type(error) is NotAnIdentifier


@pytest.mark.parametrize(("number", "who"), [("000999", "ipa"), ("001000", "jvn")])
def test_what_was_reported_in_japan_is_scored_by_ipa(number, who):
    found = record(vulinfo(jvndb=f"JVNDB-2024-{number}"))
    assert [each.by for each in found.severities] == [who]


@pytest.mark.parametrize(
    ("attributes", "versions", "ranges"),
    [
        ("", "<VersionNumber/>", ()),
        ("", "<VersionNumber>資料を参照</VersionNumber>", ()),
        ("", '<VersionNumber operator="lt">2.4</VersionNumber>', BELOW),
        (
            "",
            """<VersionNumber><RangeBegin operator="ge">2.0</RangeBegin>
            <RangeEnd operator="lt">2.4</RangeEnd></VersionNumber>""",
            WITHIN,
        ),
        (
            ' affectedstatus="notvulnerable"',
            "<VersionNumber>2.4 以降</VersionNumber>",
            (VersionRange(Status.NOT_AFFECTED, low="2.4"),),
        ),
    ],
)
def test_versions_are_told_in_words_and_operators(attributes, versions, ranges):
    found = record(vulinfo(attributes=attributes, versions=versions))
    assert [claim.ranges for claim in found.affected] == [ranges, ranges]


def test_a_cpe_name_may_carry_the_version_and_a_bad_one_is_told():
    versioned = '<Cpe version="2.2">cpe:/o:kasumi:sr-200_firmware:2.0</Cpe>'
    claim, _ = record(vulinfo(cpe=versioned, versions="")).affected
    assert (claim.cpe, [each.low for each in claim.ranges]) == (CPE, ["2.0"])
    error, found = read(vulinfo(cpe="<Cpe>cpe:/</Cpe><Cpe>kasumi</Cpe>"))
    assert type(error) is NotAnIdentifier
    assert [claim.product.scheme for claim in found.affected] == ["name"]


def test_many_products_at_once_are_none():
    document = vulinfo(cpe="").replace("SR-200 ファームウェア".encode(), "(複数の製品)".encode())
    assert record(document).affected == ()


@pytest.mark.parametrize(
    ("solution", "kind"),
    [
        ("ベンダより正式な対策が公開されています。", RemedyKind.FIX),
        ("[現行製品の使用を停止する]", RemedyKind.NO_FIX_PLANNED),
        ("参考情報を参照して適切な対策を実施してください。", RemedyKind.MITIGATION),
        ("Apply the update.", RemedyKind.FIX),
    ],
)
def test_a_remedy_is_what_its_words_say(solution, kind):
    (remedy,) = record(vulinfo(solution=solution)).remedies
    assert remedy.kind is kind


def test_html_in_texts_is_read_and_the_english_edition_is_english():
    text = (
        "Two things.&lt;ul&gt;&lt;li&gt;one&lt;/li&gt;&lt;li&gt;1 &amp;lt; 2&lt;/li&gt;&lt;/ul&gt;"
    )
    first, _ = record(vulinfo(overview=text)).descriptions
    assert first == Text("en", "Two things.\none\n1 &lt; 2", "jvn")


@pytest.mark.parametrize(
    ("payload", "places"),
    [
        (raw(samples.detail()), [""]),
        (raw(samples.detail()).replace(b'{"$schema"', b'{"x":1,"$schema"', 1), [""]),
        (raw(samples.overview()), [""]),
        (
            raw(samples.stix(samples.detail(), samples.several())),
            ["$.objects[1].VULDEF-Document[0]", "$.objects[1].VULDEF-Document[1]"],
        ),
        (raw(samples.feed(samples.overview())), ["$.feed.entry[0]"]),
        (samples.vuldef(samples.vulinfo()), ["line 3"]),
        (raw({"feed": {"entry": []}}), []),
    ],
)
def test_each_layout_is_split_into_its_entries(payload, places):
    found = documents(jvn, b"\xef\xbb\xbf" + payload + b"\n")
    assert [each.where for each in found] == places
    assert all(isinstance(each, Record) for one in found for each in jvn.read(one.body))


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (b"<Vulinfo><VulinfoID>JVNDB-2024-1</VulinfoID></Vulinfo>", WrongShape),
        (vulinfo(jvndb="JVNDB-24"), NotAnIdentifier),
        (vulinfo() + vulinfo(), WrongShape),
        (b"<other/>", WrongShape),
        (b"<Vulinfo>", BrokenXml),
        (b"<Vulinfo>&x;</Vulinfo>", ForbiddenXml),
        (b"<Vulinfo>\xff</Vulinfo>", NotText),
        (raw(at(samples.detail(), "document.tracking.id", "ICSA-24-1")), NotAnIdentifier),
        (raw(at(samples.detail(), "document.tracking.id", 7)), WrongShape),
        (raw(at(samples.overview(), "id", 7)), WrongShape),
        (raw(at(samples.overview(), "id", "x")), NotAnIdentifier),
        (b'{"document":' * 300_000, TooDeep),
    ],
)
def test_an_entry_without_what_it_is_about_is_an_error(document, kind):
    (error,) = read(document)
    assert type(error) is kind


def test_an_entry_about_far_too_many_cve_ids_is_refused():
    names = [f"CVE-2024-{99_990_000 + number}" for number in range(MOST_CVES + 1)]
    (error,) = read(vulinfo(cves="".join(map(samples.cve, names))))
    assert type(error) is WrongShape
    value = samples.several()
    value["vulnerabilities"] = [{"cve": name} for name in names]
    (error,) = read(value)
    assert (type(error), error.where) == (WrongShape, "$.vulnerabilities")


def test_a_solution_may_hold_several_remedies():
    solution = (
        "[アップデートする]\n2.4 に更新してください。\n"
        "[ワークアラウンドを実施する]\n探索を止めてください。[参考]も見てください。"
    )
    found = record(vulinfo(solution=solution)).remedies
    assert [(each.kind, each.text.partition("\n")[0]) for each in found] == [
        (RemedyKind.FIX, "[アップデートする]"),
        (RemedyKind.WORKAROUND, "[ワークアラウンドを実施する]"),
    ]
