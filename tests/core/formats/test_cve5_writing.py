"""The CVE form of a merged view: what our own reader finds in it is what the sources said."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from noroshi.core.facets import (
    Affected,
    Credit,
    Exploited,
    Product,
    Record,
    Reference,
    Remedy,
    RemedyKind,
    Severity,
    Ssvc,
    State,
    Status,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import cve5, cve5_writing, nvd
from tests.core.formats.feeds_real import every_fiftieth
from tests.core.formats.round_trips import NOON, read_back, said, view

NAME = "CVE-2024-99990001"
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
GATE = Product("cpe", "a:kasumi:gate")
LINUX = "cpe:2.3:o:kasumi:linux:*:*:*:*:*:*:*:*"

EVERY_BOUND = (
    VersionRange(low="1.0", high="1.4.2"),
    VersionRange(low="2.0", high="2.1", high_inclusive=True),
    VersionRange(low="3.0", low_inclusive=False, high="3.2"),
    VersionRange(low="4.1", high="4.1", high_inclusive=True),
    VersionRange(Status.NOT_AFFECTED, low="5.0"),
)


def record(*affected: Affected, **more: object) -> Record:
    facts = {"source": "osv", "external_id": NAME, "names": (NAME,), "affected": affected}
    return Record(**(facts | more))  # type: ignore[arg-type]  # fields of any kind


def cna(*records: Record, **changed: object) -> dict[str, Any]:
    written = cve5_writing.write(view(*records, **changed))
    assert written is not None
    return dict(json.loads(written)["containers"]["cna"])


@pytest.mark.parametrize(
    ("product", "scheme"),
    [
        (Product("purl", "npm/@angular/core"), "npm"),
        (Product("purl", "maven/org.example/gate"), "maven"),
        (Product("purl", "deb/ubuntu/gate?arch=source&distro=ubuntu-22.04"), "deb"),
        (Product("purl", "rpm/redhat/gate"), "rpm"),
        (GATE, "generic"),
        (Product("cpe", r"a:kasumi\:co:gate\/way"), "generic"),
        (Product("name", "kasumi co.:gate : east"), "generic"),
        (Product("name", "霞:門"), "generic"),
    ],
)
def test_every_kind_of_product_and_bound_is_found_again(product, scheme):
    first = record(Affected("kasumi", product, scheme, EVERY_BOUND))
    whole = record(Affected("sora", product, scheme, (VersionRange(),)))
    fixed = (VersionRange(Status.NOT_AFFECTED, low="2.0"),)
    default = record(Affected("umi", product, scheme, fixed, Status.AFFECTED))
    for one in (first, whole, default):
        written = cve5_writing.write(view(one))
        assert written is not None
        assert said([read_back(cve5, written)]) == said([one])


def test_commits_are_found_again():
    product = Product("purl", "github/kasumi/gate")
    commits = (VersionRange(low="a" * 39 + "1", high="b" * 39 + "2"), VersionRange(high="c3"))
    first = record(Affected("kasumi", product, "git", commits))
    written = cve5_writing.write(view(first))
    assert written is not None
    assert said([read_back(cve5, written)]) == said([first])


def test_what_needs_a_platform_still_needs_it():
    first = record(
        Affected("nvd", GATE, "generic", EVERY_BOUND[:4], condition=0), conditions=((LINUX,),)
    )
    written = cve5_writing.write(view(first))
    assert written is not None
    assert said([read_back(cve5, written)]) == said([first])


def test_contradictions_stand_beside_each_other_under_those_who_say_them():
    one = Affected("kasumi", GATE, "generic", (VersionRange(high="2"),))
    other = Affected("nvd", GATE, "generic", (VersionRange(high="3"),))
    same = Affected("sora", GATE, "generic", (VersionRange(high="2"),))
    entries = cna(record(one), record(other), record(same))["affected"]
    assert [entry["x_noroshiSaidBy"] for entry in entries] == [["kasumi", "sora"], ["nvd"]]


def test_it_says_that_it_is_a_merged_view():
    texts = (Text("en", "It breaks.", "kasumi"), Text("ja", "壊れます。", "jvn"))
    container = cna(record(descriptions=texts))
    assert container["providerMetadata"]["shortName"] == "noroshi"
    assert "merged by Noroshi" in container["x_noroshi"]["note"]
    assert container["x_noroshi"]["voices"] == ["kasumi", "jvn"]
    assert container["x_noroshi"]["descriptionsBy"] == ["kasumi", "jvn"]


def test_what_the_schema_demands_is_there_where_nobody_says_anything():
    container = cna(record())
    assert [one["lang"] for one in container["descriptions"]] == ["en"]
    assert container["affected"] == [
        {"vendor": "n/a", "product": "n/a", "versions": [{"version": "n/a", "status": "unknown"}]}
    ]
    assert container["references"] == [{"url": f"https://www.cve.org/CVERecord?id={NAME}"}]


def test_the_other_facets_are_found_again():
    by = "kasumi"
    first = record(
        titles=(Text("en", "It breaks", by),),
        descriptions=(Text("en", "It breaks.", by),),
        severities=(Severity(by, "3.1", VECTOR, 9.8),),
        weaknesses=(Weakness(by, "CWE-79"),),
        references=(Reference("https://kasumi.example/1", ("patch", "Of ours")),),
        ssvc=(Ssvc(by, "active", "yes", "total", NOON),),
        exploited=Exploited(by, dt.date(2024, 5, 1)),
        remedies=(Remedy(by, RemedyKind.WORKAROUND, "en", "Turn it off."),),
        credits=(Credit(by, "Akira", "finder"),),
    )
    written = cve5_writing.write(view(first, disputed=True))
    assert written is not None
    found = read_back(cve5, written)
    assert [one.text for one in found.titles] == ["It breaks"]
    assert [one.text for one in found.descriptions] == ["It breaks."]
    assert [(one.vector, one.score) for one in found.severities] == [(VECTOR, 9.8)]
    assert [one.cwe for one in found.weaknesses] == ["CWE-79"]
    assert found.references == (Reference("https://kasumi.example/1", ("patch", "x_of-ours")),)
    assert [(one.exploitation, one.automatable, one.at) for one in found.ssvc] == [
        ("active", "yes", NOON)
    ]
    assert found.exploited is not None
    assert found.exploited.since == dt.date(2024, 5, 1)
    assert found.disputed == ("noroshi",)
    container = json.loads(written)["containers"]["cna"]
    assert container["workarounds"] == [{"lang": "en", "value": "Turn it off."}]
    assert container["metrics"][0]["scenarios"][0]["value"] == "said by kasumi"


def test_a_rejected_one_says_why_and_where_to_look_now():
    first = record(
        state=State.REJECTED,
        descriptions=(Text("en", "A duplicate.", "kasumi"),),
        replaced_by=("CVE-2024-99990002",),
    )
    written = cve5_writing.write(view(first, state=State.REJECTED))
    assert written is not None
    found = read_back(cve5, written)
    assert found.state is State.REJECTED
    assert found.replaced_by == ("CVE-2024-99990002",)
    assert [one.text for one in found.descriptions] == ["A duplicate."]


def test_without_a_cve_id_there_is_no_such_record():
    assert cve5_writing.write(view(record(names=("GHSA-aaaa-bbbb-cccc",)))) is None


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "file", ["cve5-vulnrichment-to-2024-10.jsonl.zst", "nvd-api2-1999-2021.jsonl.zst"]
)
def test_real_records_are_found_again(shared_data: Path, file: str):
    format_ = cve5 if file.startswith("cve5") else nvd
    sample = every_fiftieth(format_, shared_data / "feeds" / file)
    for one in sample.records[::5]:
        written = cve5_writing.write(view(one, state=one.state))
        assert written is not None
        assert said([read_back(cve5, written)]) == said([one]), one.external_id
