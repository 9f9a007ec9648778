"""The commands of the people side, as somebody types them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import msgspec
import pytest
from django.core.management import CommandError, call_command

from noroshi.core.errors import NobodyNamed, NotFound, NotText, PolicyError, Refused
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import System
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import actions as members
from noroshi.hub.members.models import Community, Grant, Organisation, Person
from noroshi.hub.notices import actions
from noroshi.hub.notices.models import Delivery, Notice
from tests.hub import sector as world
from tests.hub.sending import affect, content

pytestmark = pytest.mark.usefixtures("database")

Run = Callable[..., str]


@pytest.fixture
def run(capsys) -> Run:
    def command(line: str, *more: str) -> str:
        capsys.readouterr()
        call_command(*line.split(), *more)
        return str(capsys.readouterr().out)

    return command


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


JA = ("--title-ja", "至急の確認", "--text-ja", "本文です。")
EN = ("--title-en", "Please check", "--text-en", "This is the text.")


class TestMembers:
    def test_organisations_join_grant_change_and_leave(self, run):
        run("organisation add isac --kind hub --name", "業界センター")
        text = run("organisation add hikari --sector telecom --district kanto --name", "ひかり通信")
        assert "isac may see how many" in text
        assert "ひかり通信" in run("organisation list")
        run("organisation grant hikari isac detail")
        assert Grant.objects.get(owner__slug="hikari").level == 2
        run("organisation grant hikari isac none")
        assert not Grant.objects.exists()
        run("organisation change hikari --leave --name", "新ひかり")
        assert "has left" in run("organisation list")
        assert Organisation.objects.get(slug="hikari").district == "kanto"
        run("organisation change hikari --return")
        assert Organisation.objects.get(slug="hikari").name == "新ひかり"

    @pytest.mark.parametrize(
        ("kind", "sector"),
        [("hub", "other"), ("bureau", "government"), ("broadcaster", "broadcast")],
    )
    def test_the_usual_sector_of_a_kind_need_not_be_said(self, run, kind, sector):
        run(f"organisation add one --kind {kind} --district kanto --name x")
        assert Organisation.objects.get().sector == sector

    def test_communities_are_made_by_rule_by_name_and_of_others(self, run, rows):
        assert "minato" in run("community add cable --sector cable --kind operator --name c")
        run("community add all --inside cable --organisation yama --name a")
        assert Community.objects.get(slug="all").inside.get().slug == "cable"
        assert "minato, yama" in run("community list")

    def test_people_are_taken_in(self, run, rows):
        run("person add taro@hikari.example --organisation hikari --name", "太郎")
        assert "太郎" in run("person list --organisation hikari")
        assert "太郎" not in run("person list --organisation yama")
        assert Person.objects.get().role == "responder"

    @pytest.mark.parametrize(
        "line",
        [
            "organisation change nobody --leave",
            "organisation grant nobody isac counts",
            "person add x@y.example --organisation nobody --name x",
            "person list --organisation nobody",
            "community add c --name c --inside nobody",
            "notice list --as nobody",
            "notice list --as nobody@example.org",
            "notice show N-2026-0001",
            "incident show report--x",
        ],
    )
    def test_an_unknown_name_is_said_to_be_unknown(self, run, rows, line):
        with pytest.raises(NotFound):
            run(line)

    @pytest.mark.parametrize(
        "line",
        [
            "organisation",
            "organisation add x",
            "organisation add x --name y --kind pirate",
            "organisation change x --leave --return",
            "notice publish --tlp purple",
            "notice respond N-2026-0001 delivered",
            "incident report --as hikari --title x --text y --indicator ipv4-addr=no",
            "incident report --as hikari --title x --text y --indicator nonsense",
            "incident report --as hikari --title x",
            "report budget --year 2026 --line sharing --million-yen much",
            "report rows nothing",
        ],
    )
    def test_a_line_that_makes_no_sense_is_refused_before_anything_happens(self, run, rows, line):
        with pytest.raises((CommandError, SystemExit)):
            run(line)


class TestNotices:
    def test_a_dry_run_shows_every_text_and_sends_nothing(self, run, rows):
        affect("hikari")
        events = AuditEvent.objects.count()
        text = run(
            "notice publish --district kanto --vulnerability CVE-2021-44228 --dry-run "
            "--respond-within 24 --tlp green",
            *JA,
            *EN,
        )
        assert "=== for bureau-kanto, minato ===" in text
        assert "=== for hikari ===" in text
        assert "- mail-gw: CVE-2021-44228 (log4j-core 2.14.1)" in text
        assert "[TLP:GREEN] 至急の確認" in text
        assert "Nothing was sent." in text
        assert not Notice.objects.visible_to(System()).exists()
        assert AuditEvent.objects.count() == events

    def test_a_notice_goes_its_whole_way(self, run, rows):
        text = run("notice publish --district kanto --respond-within 24", *JA)
        assert re.search(r"N-\d{4}-0001 is published", text)
        number = Notice.objects.visible_to(System()).get().number
        assert "delivered" in run("notice list --organisation hikari")
        assert "本文です。" in run(f"notice show {number} --organisation hikari")
        assert "read" in run(f"notice read {number} --organisation hikari")
        assert "acknowledged" in run(f"notice acknowledge {number} --organisation hikari")
        run(f"notice respond {number} not_affected --organisation hikari --text", "該当なし")
        assert "該当なし" in run(f"notice show {number} --organisation hikari")
        progress = run(f"notice progress {number}")
        assert re.search(r"hikari.*not affected", progress)
        assert re.search(r"minato.*delivered", progress)
        assert "nothing to list" in run("notice late")
        run(f"notice withdraw {number}")
        assert "withdrawn" in run("notice list")
        with pytest.raises(Refused):
            run(f"notice acknowledge {number} --organisation minato")

    def test_what_is_overdue_is_listed(self, run, rows):
        run("notice publish --district kanto --respond-within 1", *JA)
        Delivery.objects.visible_to(System()).update(due_at=world.NOON - world.DAY * 365)
        text = run("notice late --as bureau-kanto")
        assert "hikari" in text
        assert "nobody yet" in text
        assert re.search(
            r"minato.*late",
            run(f"notice progress {Notice.objects.visible_to(System()).get().number}"),
        )

    @pytest.mark.parametrize(
        ("choice", "error"),
        [
            ("", NobodyNamed),
            ("--everyone", PolicyError),
            ("--members --district kanto", Refused),
            ("--everyone --members", Refused),
            ("--community nobody", NotFound),
            ("--only-affected", Refused),
            ("--organisation isac", NobodyNamed),
        ],
    )
    def test_an_audience_that_cannot_be_leaves_nothing_behind(self, run, rows, choice, error):
        with pytest.raises(error):
            run(f"notice publish {choice}", *JA)
        assert not Notice.objects.visible_to(System()).exists()

    def test_a_red_notice_names_people(self, run, rows):
        taro = world.person("hikari")
        text = run(f"notice publish --tlp red --person {taro.email}", *JA)
        assert "Readable by taro@hikari.example alone" in text
        number = Notice.objects.visible_to(System()).get().number
        with pytest.raises(NotFound):
            run(f"notice acknowledge {number} --organisation hikari")
        assert "acknowledged" in run(f"notice acknowledge {number} --as {taro.email}")

    def test_a_member_is_not_shown_what_others_run(self, run, rows):
        affect("hikari")
        hana = world.person("yama", name="hana")
        line = f"notice publish --district kanto --vulnerability CVE-2021-44228 --as {hana.email}"
        open_choice = run(f"{line} --dry-run", *JA)
        assert "not shown to you" in open_choice
        assert "mail-gw" not in open_choice
        affected = run(f"{line} --only-affected --dry-run", *JA)
        assert "hikari" not in affected
        assert "3 more organisations" in affected

    def test_a_draft_is_published_by_its_name(self, run, rows):
        notice = actions.draft(
            world.machine("isac"), content(tlp=Tlp.GREEN), now=world.NOON, actor="system"
        )
        text = run(f"notice publish --draft draft-{notice.pk} --members --dry-run")
        assert "Nothing was sent" in text
        run(f"notice publish --draft draft-{notice.pk} --members")
        assert "0001" in run("notice list --as yama")

    def test_a_text_file_holds_both_languages(self, run, rows, tmp_path):
        path = tmp_path / "text"
        path.write_text("日本語の本文\n---\nEnglish text\n", "utf-8")
        line = "notice publish --members --tlp green --title-ja x --title-en y --text-file"
        text = run(line, str(path), "--dry-run")
        assert "日本語の本文" in text
        assert "English text" in text
        path.write_bytes(b"\xff\xfe")
        with pytest.raises(NotText):
            run(line, str(path))
        with pytest.raises(NotFound):
            run(line, str(tmp_path / "none"))


class TestIncidents:
    def test_a_report_is_made_read_and_shared_without_its_maker(self, run, rows):
        text = run(
            "incident report --as hikari --tlp green --indicator domain-name=bad[.]example "
            "--vulnerability CVE-2021-44228 --observed 2026-05-31T09:00 --title x --text",
            "架空hikariの端末から通信",
        )
        stix_id = text.split()[0]
        assert "bad.example" in run(f"incident show {stix_id} --as hikari")
        with pytest.raises(NotFound):
            run(f"incident show {stix_id} --as yama")
        shared = run(f"incident share {stix_id} --as hikari --members").split()[0]
        seen = run(f"incident show {shared} --as yama")
        assert "[会員]の端末から通信" in seen
        assert "hikari" not in run("incident list --as yama")

    def test_somebody_must_report(self, run, rows):
        with pytest.raises(Refused):
            run("incident report --title x --text y")

    def test_a_report_is_not_addressed_by_findings(self, run, rows, tmp_path):
        path = tmp_path / "text"
        path.write_text("本文", "utf-8")
        stix_id = run("incident report --as hikari --title x --text-file", str(path)).split()[0]
        with pytest.raises(NobodyNamed):
            run(f"incident share {stix_id} --as hikari")


class TestReports:
    def test_the_yardsticks_come_for_people_and_for_programs(self, run, rows):
        year = 2026
        run(f"report budget --year {year} --line districts --million-yen 34")
        assert "million yen" in run(f"report figures --year {year}")
        table = list(csv.DictReader(io.StringIO(run(f"report figures --year {year} --format csv"))))
        assert [row["figure"] for row in table][:2] == ["organisations", "items"]
        found = json.loads(run(f"report figures --year {year} --format json"))
        assert found["year"] == year
        assert len(found["figures"]) == 8

    @pytest.mark.parametrize("form", ["text", "csv", "json"])
    def test_the_rows_behind_a_yardstick_can_be_listed(self, run, rows, form):
        run("notice publish --district kanto", *JA)
        number = Notice.objects.visible_to(System()).get().number
        run(f"notice acknowledge {number} --organisation hikari")
        assert "hikari" in run(f"report rows organisations --format {form}")

    def test_a_cell_in_a_spreadsheet_is_never_a_formula(self, run, rows):
        facts = members.facts_of(rows["hikari"])
        evil = msgspec.structs.replace(facts, name='=HYPERLINK("http://bad.example")')
        members.change_organisation(rows["hikari"], evil, now=world.NOON, actor="system")
        run("notice publish --district kanto", *JA)
        number = Notice.objects.visible_to(System()).get().number
        run(f"notice acknowledge {number} --organisation hikari")
        table = csv.reader(io.StringIO(run("report rows organisations --format csv")))
        assert (
            next(row[1] for row in table if row[0] == "hikari")
            == '\'=HYPERLINK("http://bad.example")'
        )


class TestAudit:
    def test_the_record_is_listed_and_verified(self, run, rows):
        assert "organisation.added" in run("audit list --verb organisation --limit 2")
        assert "nothing to list" in run("audit list --actor somebody")
        assert "intact: 7 events" in run("audit verify")

    def test_a_broken_record_is_an_exit_status(self, run, rows):
        AuditEvent.objects.filter(seq=3).update(actor="forger")
        with pytest.raises(SystemExit) as stopped:
            run("audit verify")
        assert stopped.value.code == 1
