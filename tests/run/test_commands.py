"""The commands of feeds, inventories and findings, as somebody types them."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from rich.console import Console

from noroshi.core.errors import FormatError, NotFound, Refused
from noroshi.core.policy.visibility import System as Everything
from noroshi.hub.inventory.models import System
from noroshi.hub.knowledge.models import Source
from noroshi.run import health
from noroshi.run.demo.sample import FEEDS, FOLDER
from tests.hub import sector

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def typed(monkeypatch):
    """Run a command and return what it printed."""

    def run(*arguments: str) -> str:
        stream = io.StringIO()
        console = Console(file=stream, width=200, highlight=False, emoji=False)
        monkeypatch.setattr("noroshi.run.console._console", lambda _stream: console)
        call_command(*arguments)
        return stream.getvalue()

    return run


@pytest.fixture
def node(typed):
    """A node with a sector, some vulnerabilities and one system."""
    sector.sector()
    typed("feed", "import", "cve5", str(FEEDS[0][1]), "--cores", "1")
    file = FOLDER / "sboms" / "korpokkur-mail.spdx.json"
    typed("sbom", "add", "--organisation", "hikari", "--system", "mail", str(file))
    typed("run", "--until-idle")
    return typed


def test_an_import_says_what_it_brought_and_what_it_knew(typed):
    first = typed("feed", "import", "cve5", str(FEEDS[0][1]), "--cores", "1")
    assert "185 records from 185 documents; 0 documents known already" in first
    again = typed("feed", "import", "cve5", str(FEEDS[0][1]), "--cores", "1")
    assert "0 records from 0 documents; 185 documents known already" in again


def test_what_cannot_be_read_is_listed_with_file_place_and_reason(typed, tmp_path):
    good = FEEDS[0][1].read_bytes().splitlines()[0]
    path = tmp_path / "feed.jsonl"
    path.write_bytes(good + b'\n{"cveMetadata":\n')
    said = typed("feed", "import", "cve5", str(path))
    assert "1 records" in said
    assert "1 in quarantine" in said
    listed = typed("feed", "quarantine")
    assert "feed.jsonl" in listed
    assert "line 2" in listed
    assert "not valid JSON" in listed


def test_the_status_counts_each_source(node):
    row = next(line for line in node("feed", "status").splitlines() if line.startswith("cve5"))
    assert row.split()[3:] == ["185", "185", "0", "–", "–", "–"]


def test_nothing_in_quarantine_is_said(typed):
    assert "Nothing is in quarantine." in typed("feed", "quarantine")


def test_a_path_that_is_not_there_is_named(typed):
    with pytest.raises(NotFound, match="nowhere"):
        typed("feed", "import", "cve5", "/nowhere")


def test_exposure_says_what_where_by_when_and_why(node):
    said = node("exposure", "hikari")
    assert "CVE-2024-37383" in said
    assert "roundcubemail 1.4.4: CISA-ADP says < 1.5.7" in said
    assert "not affected from 1.5.7" in said
    assert "findings shown." in said


def test_an_organisation_without_findings_is_reassured(node):
    assert "Nothing known concerns" in node("exposure", "yama")


def test_a_vulnerability_is_told_to_each_as_each_may_know_it(node):
    whole = node("vulnerability", "show", "CVE-2024-37383")
    assert "架空hikari · mail" in whole
    own = node("vulnerability", "show", "CVE-2024-37383", "--as", "hikari")
    assert "架空hikari · mail" in own
    for other in (("--as", "yama"), ("--public",)):
        told = node("vulnerability", "show", "CVE-2024-37383", *other)
        assert "Roundcube" in told
        assert "hikari" not in told
        assert "No system that you may see is concerned." in told


def test_an_inventory_is_shown_with_what_could_not_be_used(node, tmp_path):
    path = tmp_path / "app.cdx.json"
    broken = {"type": "library", "name": "left", "version": "1", "purl": "not a purl"}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [broken]}
    path.write_text(json.dumps(document), "utf-8")
    added = node("sbom", "add", "--organisation", "hikari", str(path))
    assert "app: 1 components, 1 packages new to the hub; 1 parts could not be used" in added
    shown = node("sbom", "show", "--organisation", "hikari", "--system", "app")
    assert "left" in shown
    assert "$.components[0]" in shown
    assert "not a purl" in shown


def test_an_inventory_of_somebody_else_is_unknown(node):
    with pytest.raises(NotFound):
        node("sbom", "show", "--organisation", "yama", "--system", "mail")


def test_one_system_takes_one_file(node):
    file = str(FOLDER / "sboms" / "korpokkur-mail.spdx.json")
    with pytest.raises(Refused, match="one system"):
        node("sbom", "add", "--organisation", "hikari", "--system", "x", file, file)


def test_inventories_are_listed(node):
    listed = node("sbom", "list")
    assert "hikari" in listed
    assert "SPDX 2.3 JSON" in listed or "SPDX 2.2 JSON" in listed


def test_check_says_what_is_missing_and_what_mends_it():
    remedies = [complaint.remedy for complaint in health.look()]
    assert any("organisation add --kind hub" in remedy for remedy in remedies)
    assert any("feed import" in remedy for remedy in remedies)


def test_check_finds_nothing_wrong_with_a_node_in_order(node):
    assert [complaint.what for complaint in health.look() if complaint.grave] == []


def test_check_asks_for_a_second_import_where_the_first_did_not_finish(node):
    Source.objects.filter(name="cve5").update(last_finished_at=None)
    assert any("did not finish" in complaint.what for complaint in health.look())


@pytest.mark.parametrize(
    "line",
    [
        "feed quarantine --limit -3",
        "audit list --limit 0",
        "exposure hikari --limit 1e3",
        "report figures --year 99999",
        "report figures --year 0",
        "report rows items --year -5",
        "report budget --line sharing --million-yen 1 --year 9999999999999999999999999",
    ],
)
def test_a_number_that_makes_no_sense_is_refused_with_its_limits(line, capsys):
    with pytest.raises((CommandError, SystemExit)) as refused:
        call_command(*line.split())
    assert "is not a number from" in str(refused.value) + capsys.readouterr().err


def test_a_yardstick_that_is_none_is_refused_with_their_names(capsys):
    with pytest.raises((CommandError, SystemExit)) as refused:
        call_command("report", "rows", "nothing")
    said = str(refused.value) + capsys.readouterr().err
    assert "'organisations', 'items'" in said
    assert "FigureId" not in said


def test_an_empty_name_is_not_taken_for_the_node(node):
    with pytest.raises(NotFound):
        node("notice", "list", "--as", "")


def test_an_unreadable_sbom_is_named_and_leaves_no_system_behind(node, tmp_path):
    path = tmp_path / "gate.cdx.json"
    path.write_text("none", "utf-8")
    with pytest.raises(FormatError, match=r"gate\.cdx\.json"):
        node("sbom", "add", "--organisation", "hikari", "--exposure", "small", str(path))
    component = {"type": "library", "name": "left", "version": "1"}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [component]}
    path.write_text(json.dumps(document), "utf-8")
    node("sbom", "add", "--organisation", "hikari", "--exposure", "open", str(path))
    made = System.objects.visible_to(Everything()).get(name="gate")
    assert made.exposure == "open"


def test_an_unreadable_sbom_does_not_keep_out_those_after_it(node, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("none", "utf-8")
    good = FOLDER / "sboms" / "korpokkur-mail.spdx.json"
    with pytest.raises(SystemExit):
        node("sbom", "add", "--organisation", "hikari", str(broken), str(good))
    assert "korpokkur-mail" in node("sbom", "list")


@pytest.mark.parametrize("name", ["", " ", "n" * 201, "a\x1b[2J", "a\u202egpj.exe"])
def test_a_system_has_a_name_that_people_can_read(node, name):
    file = str(FOLDER / "sboms" / "korpokkur-mail.spdx.json")
    with pytest.raises(Refused, match="a name has 1 to 200 characters"):
        node("sbom", "add", "--organisation", "hikari", "--system", name, file)
