"""The built-in sample: complete, consistent, readable, and in words of ours."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import zstandard

from noroshi.core.components import InventoryDocument
from noroshi.core.errors import FormatError
from noroshi.core.facets import Record
from noroshi.core.formats import cve5, epss, kev, nvd, sbom
from noroshi.core.formats.feed import FeedFormat
from noroshi.core.policy.marking import Tlp
from noroshi.core.sector import Criticality, District, Exposure, OrganisationKind, Role, Sector
from noroshi.run import sample

FOLDER = Path(sample.__file__).parent
ROOT = Path(__file__).resolve().parents[2]
RESERVED = re.compile(r".+@(?:[\w-]+\.)*example\.(?:com|jp)")
DOCUMENTATION = ("192.0.2.", "198.51.100.", "203.0.113.")
ACTS = {"read", "acknowledge", "responding", "done", "not_affected"}


def table(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def lines(name: str) -> list[bytes]:
    return (FOLDER / "feeds" / name).read_bytes().splitlines()


def cve_names() -> set[str]:
    listed = {json.loads(line)["cveMetadata"]["cveId"] for line in lines("cve5.jsonl")}
    return listed | {json.loads(line)["cve"]["id"] for line in lines("nvd.jsonl")}


def sboms() -> list[Path]:
    return sorted((FOLDER / "sboms").iterdir())


# --- who --------------------------------------------------------------------------------------


def test_there_are_a_hub_a_ministry_eleven_bureaus_and_26_operators():
    kinds = Counter(
        OrganisationKind(one["kind"]) for one in table("organisations.toml")["organisation"]
    )
    operators = kinds[OrganisationKind.OPERATOR] + kinds[OrganisationKind.BROADCASTER]
    assert operators == 26
    assert kinds[OrganisationKind.BUREAU] == 11
    assert kinds[OrganisationKind.HUB] == kinds[OrganisationKind.MINISTRY] == 1
    assert kinds.total() == 39


def test_every_district_has_its_bureau_and_operators():
    districts: dict[str, set[str]] = {district.value: set() for district in District}
    for one in table("organisations.toml")["organisation"]:
        if "district" in one:
            districts[one["district"]].add(one["kind"])
    for district, kinds in districts.items():
        assert "bureau" in kinds, district
        assert kinds & {"operator", "broadcaster"}, district


def test_organisations_have_distinct_slugs_and_names_and_a_known_sector():
    organisations = table("organisations.toml")["organisation"]
    for field in ("slug", "name", "name_en"):
        assert len({one[field] for one in organisations}) == len(organisations), field
    assert all(one["slug"].isascii() and not one["name"].isascii() for one in organisations)
    assert {Sector(one["sector"]) for one in organisations} >= {
        Sector.TELECOM,
        Sector.CABLE,
        Sector.BROADCAST,
    }


def test_every_person_belongs_somewhere_and_has_a_reserved_address():
    known = {one["slug"] for one in table("organisations.toml")["organisation"]}
    people = table("organisations.toml")["person"]
    assert {person["organisation"] for person in people} == known
    assert len({person["email"] for person in people}) == len(people)
    for person in people:
        assert RESERVED.fullmatch(person["email"]), person
        assert Role(person["role"])


def test_each_bureau_has_an_officer_and_each_operator_a_responder():
    kinds = {one["slug"]: one["kind"] for one in table("organisations.toml")["organisation"]}
    roles = Counter(
        (kinds[p["organisation"]], p["role"]) for p in table("organisations.toml")["person"]
    )
    assert roles["bureau", "bureau_officer"] == 11
    assert roles["operator", "responder"] + roles["broadcaster", "responder"] == 26


def test_communities_name_members_and_communities_that_exist():
    tables = table("organisations.toml")
    organisations = {one["slug"] for one in tables["organisation"]}
    communities = {one["slug"] for one in tables["community"]}
    assert any(one["communities"] for one in tables["community"])
    for one in tables["community"]:
        assert set(one["members"]) <= organisations
        assert set(one["communities"]) <= communities - {one["slug"]}
        assert one["members"] or one["communities"] or Sector(one["sector"])


# --- what they run ----------------------------------------------------------------------------


def test_sixty_systems_spread_over_all_operators_each_with_its_own_file():
    systems = table("systems.toml")["system"]
    operators = {
        one["slug"]
        for one in table("organisations.toml")["organisation"]
        if one["kind"] in {"operator", "broadcaster"}
    }
    assert len(systems) == 60
    assert {one["organisation"] for one in systems} == operators
    assert sorted(one["sbom"] for one in systems) == [path.name for path in sboms()]
    assert {Criticality(one["criticality"]) for one in systems} == set(Criticality)
    assert {Exposure(one["exposure"]) for one in systems} == set(Exposure)


@pytest.mark.parametrize("path", sboms(), ids=lambda path: path.name)
def test_every_sbom_is_well_formed_and_read_without_a_problem(path: Path):
    data = path.read_bytes()
    if path.suffix == ".json":
        assert isinstance(json.loads(data), dict)
    elif path.suffix == ".xml":
        assert ET.fromstring(data).tag.endswith("}bom")
    else:
        assert all(": " in line for line in data.decode().splitlines() if line)
    document = sbom.read(data)
    assert document.problems == ()
    assert 10 <= len(document.components) <= 60


def test_the_inventories_come_in_all_the_dialects_that_members_use():
    def dialect(document: InventoryDocument) -> str:
        return document.dialect

    assert {dialect(sbom.read(path.read_bytes())) for path in sboms()} == {
        "CycloneDX 1.4 JSON",
        "CycloneDX 1.5 JSON",
        "CycloneDX 1.6 JSON",
        "CycloneDX 1.4 XML",
        "CycloneDX 1.6 XML",
        "SPDX 2.2 JSON",
        "SPDX 2.3 JSON",
        "SPDX 2.3 tag-value",
    }


# --- what is known ----------------------------------------------------------------------------


def read(feed: FeedFormat, payload: bytes) -> Iterator[Record | FormatError]:
    for document in feed.documents(payload):
        if isinstance(document, FormatError):
            yield document
        else:
            yield from feed.read(document.body)


def test_about_300_vulnerabilities_from_both_lists():
    assert 290 <= len(cve_names()) <= 310
    assert len(lines("cve5.jsonl")) >= 150
    assert len(lines("nvd.jsonl")) >= 120


@pytest.mark.parametrize(
    ("feed", "name"), [(cve5, "cve5.jsonl"), (nvd, "nvd.jsonl")], ids=["cve5", "nvd"]
)
def test_every_line_of_a_list_is_read_as_one_record(feed: FeedFormat, name: str):
    for line in lines(name):
        records = [*read(feed, line)]
        assert len(records) == 1
        assert isinstance(records[0], Record), records


@pytest.mark.parametrize(
    ("feed", "name", "least"), [(kev, "kev.json", 50), (epss, "epss.csv", 120)], ids=["kev", "epss"]
)
def test_every_entry_of_a_table_is_read_and_about_a_known_vulnerability(
    feed: FeedFormat, name: str, least: int
):
    records = [*read(feed, (FOLDER / "feeds" / name).read_bytes())]
    assert len(records) >= least
    assert all(isinstance(record, Record) for record in records)
    assert {record.names[0] for record in records if isinstance(record, Record)} <= cve_names()


def test_no_record_keeps_more_than_three_references():
    for line in lines("cve5.jsonl"):
        containers = json.loads(line)["containers"]
        assert len(containers["cna"].get("references", [])) <= 3
        assert not any("references" in container for container in containers.get("adp", []))
    assert all(len(json.loads(line)["cve"]["references"]) <= 3 for line in lines("nvd.jsonl"))


def test_the_whole_sample_is_small():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 2_500_000


# --- what happens -----------------------------------------------------------------------------


def test_two_members_report_attacks_with_addresses_reserved_for_documentation():
    reports = table("attacks.toml")["report"]
    known = {one["slug"] for one in table("organisations.toml")["organisation"]}
    assert len(reports) == 2
    for report in reports:
        assert report["reporter"] in known
        assert Tlp(report["tlp"])
        assert report["observed"].utcoffset() is not None
        assert set(report["vulnerabilities"]) <= cve_names()
        assert all(report[field] for field in ("title", "title_en", "text", "text_en"))
        for indicator in report["indicators"]:
            assert_reserved(indicator["type"], indicator["value"])


def assert_reserved(kind: str, value: str) -> None:
    match kind:
        case "ipv4-addr":
            assert value.startswith(DOCUMENTATION)
        case "domain-name":
            assert value.endswith(".example.com")
        case "url":
            assert re.match(r"https?://[\w-]+\.example\.com/", value)
        case "file-sha256":
            assert re.fullmatch(r"[0-9a-f]{64}", value)
        case _:
            pytest.fail(f"unknown kind of indicator {kind}")


def test_every_notice_has_an_author_an_audience_and_known_vulnerabilities():
    people = {person["email"] for person in table("organisations.toml")["person"]}
    organisations = {one["slug"] for one in table("organisations.toml")["organisation"]}
    notices = table("story.toml")["notice"]
    assert 3 <= len(notices) <= 5
    for notice in notices:
        assert notice["author"] in people
        assert set(notice["vulnerabilities"]) <= cve_names()
        assert re.fullmatch(r"\+\d+h", notice["published"])
        assert set(notice["audience"]) <= {
            *("districts", "sectors", "kinds", "organisations", "only_affected"),
            "inform_bureaus",
        }
        assert set(notice["audience"].get("organisations", ())) <= organisations
        assert all(District(district) for district in notice["audience"].get("districts", ()))
    assert any(
        Tlp(one["tlp"]) >= Tlp.AMBER and "organisations" in one["audience"] for one in notices
    )


def test_every_response_answers_a_notice_in_the_order_of_time():
    organisations = {one["slug"] for one in table("organisations.toml")["organisation"]}
    story = table("story.toml")
    notices = {notice["slug"] for notice in story["notice"]}
    for response in story["response"]:
        assert response["notice"] in notices
        assert response["organisation"] in organisations
        assert response["act"] in ACTS
    by_notice = itertools.groupby(story["response"], key=lambda response: response["notice"])
    for _, responses in by_notice:
        times = [response["after"] for response in responses]
        assert times == sorted(times)


# --- where it comes from ----------------------------------------------------------------------


def build(script: str, *arguments: str) -> None:
    command = [sys.executable, str(ROOT / "training" / script), *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_inventories_are_what_the_table_of_systems_gives(tmp_path: Path):
    build("build_sample_sboms.py", "--out", str(tmp_path))
    assert contents(tmp_path / "sboms") == contents(FOLDER / "sboms")
    assert (tmp_path / "systems.toml").read_bytes() == (FOLDER / "systems.toml").read_bytes()


@pytest.mark.shared_data
def test_the_feeds_are_what_the_picks_give(tmp_path: Path, shared_data: Path):
    build("build_sample.py", "--feeds", str(shared_data / "feeds"), "--out", str(tmp_path))
    assert contents(tmp_path) == contents(FOLDER / "feeds")


@pytest.mark.shared_data
def test_no_eight_words_in_a_row_are_taken_from_a_source(shared_data: Path):
    ours = descriptions()
    feeds = shared_data / "feeds"
    sources = itertools.chain(
        packed(feeds / "cve5-vulnrichment-to-2024-10.jsonl.zst", b'"cveId":"'),
        packed(feeds / "nvd-api2-1999-2021.jsonl.zst", b'{"cve":{"id":"'),
        catalogue(feeds / "kev-to-2024-10.json"),
    )
    seen = set()
    for name, text in sources:
        if name in ours:
            seen.add(name)
            taken = rows_of_eight(ours[name]) & rows_of_eight(text)
            assert not taken, (name, taken)
    assert seen == set(ours)


def descriptions() -> dict[str, str]:
    """Return all that we say about each vulnerability, in one text."""
    said: Counter[tuple[str, str]] = Counter()
    for line in lines("cve5.jsonl"):
        record = json.loads(line)
        cna = record["containers"]["cna"]
        texts = [one["value"] for one in cna.get("descriptions") or cna["rejectedReasons"]]
        said.update(
            (record["cveMetadata"]["cveId"], text) for text in [*texts, cna.get("title", "")]
        )
    for line in lines("nvd.jsonl"):
        cve = json.loads(line)["cve"]
        said.update((cve["id"], one["value"]) for one in cve["descriptions"])
    for entry in json.loads((FOLDER / "feeds" / "kev.json").read_bytes())["vulnerabilities"]:
        texts = [entry["vulnerabilityName"], entry["shortDescription"], entry["requiredAction"]]
        said.update((entry["cveID"], text) for text in texts)
    together: dict[str, list[str]] = {}
    for name, text in said:
        together.setdefault(name, []).append(text)
    return {name: "\n".join(texts) for name, texts in together.items()}


def packed(path: Path, before_id: bytes) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        for line in io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file)):
            start = line.index(before_id) + len(before_id)
            yield line[start : line.index(b'"', start)].decode(), line.decode()


def catalogue(path: Path) -> Iterator[tuple[str, str]]:
    for entry in json.loads(path.read_bytes())["vulnerabilities"]:
        yield entry["cveID"], json.dumps(entry)


def rows_of_eight(text: str) -> set[tuple[str, ...]]:
    rows: set[tuple[str, ...]] = set()
    for part in text.split("\n"):
        words = re.findall(r"[\w'-]+(?:\.\w+)*", part.lower())
        rows.update(zip(*(words[start:] for start in range(8)), strict=False))
    return rows
