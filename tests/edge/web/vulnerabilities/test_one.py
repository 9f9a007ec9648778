"""The page of one vulnerability: whose word is whose, and who may see what of it."""

from __future__ import annotations

import re

import msgspec
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from noroshi.core.assess import encode
from noroshi.core.assess.assessment import (
    EstimatedSeverity,
    MetricEstimate,
    RatedSeverity,
    SeverityClass,
)
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, System
from noroshi.core.sector import Role
from noroshi.edge.web.vulnerabilities import portrait
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Assessment, Record, Vulnerability
from noroshi.hub.knowledge.preparing import pack_bytes
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as who
from noroshi.hub.notices import actions as notices
from tests.edge.web.site import sign_in
from tests.hub import sector
from tests.hub.feeds import bring, cve, cve5, epss, kev, npm, npm_component, nvd, work
from tests.hub.running import runs, system
from tests.hub.sector import DAY, NOON
from tests.hub.sending import content

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO = cve(1), cve(2)
PAGE = f"/vulnerabilities/{ONE}"
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
MEDIUM = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N"


def scored(vector: str, score: float) -> dict[str, object]:
    """What a CNA says of the severity."""
    return {"cvssV3_1": {"version": "3.1", "vectorString": vector, "baseScore": score}}


def by_nvd(vector: str, score: float) -> dict[str, object]:
    """What NVD says of it."""
    data = {"version": "3.1", "vectorString": vector, "baseScore": score}
    return {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": data}]}


@pytest.fixture
def rows(database):
    return sector.sector()


@pytest.fixture
def taro(rows, client):
    person = sector.person("hikari")
    sign_in(client, person)
    return person


@pytest.fixture
def known(rows):
    """One vulnerability on which two sources contradict each other."""
    bring(
        "cve5",
        cve5(ONE, npm("kasumi", ("1.0.0", "1.4.2")), metrics=[scored(CRITICAL, 9.8)]),
    )
    bring("nvd", nvd(ONE, metrics=by_nvd(MEDIUM, 5.1)))
    bring("kev", kev(ONE))
    bring("epss", epss("2024-05-11", {ONE: 0.25}))
    work()
    return Vulnerability.objects.get(preferred_id=ONE)


def text(answer: HttpResponse) -> str:
    return str(answer.content.decode())


def part(page: str, name: str) -> str:
    """The words of one section of the page."""
    found = re.search(rf'<section class="card[^"]*" id="{name}".*?</section>', page, re.DOTALL)
    assert found, f"no section {name}"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def without_marks(answer: HttpResponse) -> str:
    """The page without what is different each time."""
    return re.sub(r'name="(csrfmiddlewaretoken|attempt|sender)" value="[^"]*"', "", text(answer))


class TestNames:
    def test_every_other_name_leads_to_the_one_it_is_called_by(self, client, taro):
        sector.vulnerability(ONE).aliases.create(name="GHSA-2345-cfgh-jmpq")
        for name in ("GHSA-2345-cfgh-jmpq", "ghsa-2345-CFGH-jmpq", ONE.lower()):
            answer = client.get(f"/vulnerabilities/{name}")
            assert (answer.status_code, answer.url) == (302, PAGE)
        assert client.get(PAGE).status_code == 200

    def test_what_became_part_of_another_leads_there(self, client, taro):
        survivor = sector.vulnerability(ONE)
        absorbed = sector.vulnerability("JVNDB-2024-1")
        absorbed.aliases.update(vulnerability=survivor)
        Vulnerability.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
        assert client.get("/vulnerabilities/JVNDB-2024-1").url == PAGE
        answer = client.get("/vulnerabilities/JVNDB-2024-1/affected")
        assert answer.url == f"{PAGE}/affected"

    @pytest.mark.parametrize("name", [TWO, "CVE-2024-1'--", "x" * 200, "<b>"])
    def test_an_unknown_one_is_not_there(self, client, taro, name):
        assert client.get(f"/vulnerabilities/{name}").status_code == 404
        assert client.get(f"/vulnerabilities/{name}/affected").status_code == 404


class TestSources:
    def test_each_says_its_own_and_a_contradiction_is_marked_in_words(self, client, taro, known):
        page = text(client.get(PAGE))
        sources = part(page, "sources")
        assert "kasumi: critical 9.8 – CVSS 3.1" in sources
        assert "medium 5.1 – CVSS 3.1" in sources
        assert "they contradict each other" in sources
        assert page.count('<li class="against">') == 2
        assert "The sources rate the severity differently" in sources
        assert "used in attacks, listed on 2024-05-10" in sources
        assert "25.0% within 30 days, estimated on 2024-05-11" in sources

    def test_agreement_is_marked_in_words(self, client, taro, known):
        bring("nvd", nvd(ONE, modified="2024-06-01T00:00:00.000", metrics=by_nvd(CRITICAL, 9.8)))
        work()
        page = text(client.get(PAGE))
        assert "2 independent voices agree" in part(page, "sources")
        assert "they contradict" not in part(page, "sources")
        assert '<li class="against">' not in page

    def test_what_was_taken_back_is_said_and_no_longer_counts(self, client, taro, known):
        Record.objects.filter(source__name="cve5").update(withdrawn_at=NOON)
        page = text(client.get(PAGE))
        assert "taken back on 2026-06-01" in part(page, "sources")
        assert "No source has named the affected versions" in part(page, "versions")

    def test_markup_and_steering_characters_are_shown_not_followed(self, client, taro):
        bad = '<script>alert(1)</script><img src=x onerror="x">\u202egpj.exe'
        bring(
            "cve5",
            cve5(
                ONE,
                npm(f"pro{bad}duct", ("1.0.0", f"2.0.0{bad}")),
                title=bad,
                descriptions=[{"lang": "en", "value": bad}],
                references=[{"url": f"https://example.org/{bad}", "tags": [bad]}],
            ),
        )
        work()
        for page in (text(client.get(PAGE)), text(client.get(f"{PAGE}/affected"))):
            assert "<script>alert" not in page
            assert "<img" not in page
            assert "\u202e" not in page

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "ftp://example.org/x",
            "data:text/html,x",
            "file:///etc/passwd",
            "//elsewhere.example/x",
            "https://",
            "http://[bad",
            "https://elsewhere.example/\u202egpj",
        ],
    )
    def test_only_addresses_of_the_web_become_links(self, client, taro, url):
        bring("cve5", cve5(ONE, references=[{"url": url}, {"url": "https://example.org/good"}]))
        page = text(client.get(PAGE))
        links = re.findall(r'<a href="([^"]*)" rel="noreferrer noopener nofollow">', page)
        assert links == ["https://example.org/good"]

    def test_a_long_description_is_cut_and_can_be_read(self, client, taro):
        bring("cve5", cve5(ONE, descriptions=[{"lang": "en", "value": "word " * 300 + "end."}]))
        assert "end." not in text(client.get(PAGE))
        assert "end." in text(client.get(f"{PAGE}?show=all"))


class TestAssessment:
    def test_each_metric_is_told_in_words_with_who_says_so(self, client, taro, known):
        words = part(text(client.get(PAGE)), "assessment")
        assert "Attack vector AV:L locally, or through a file that somebody opens ≠ NVD" in words
        assert "but kasumi: over any network" in words
        assert "Attack complexity AC:L low: works every time ✓ NVD, kasumi" in words

    def test_it_is_told_in_japanese_as_well(self, client, taro, known):
        page = text(client.get(PAGE, headers={"accept-language": "ja"}))
        assert "攻撃元区分" in page
        assert "深刻度が情報源によって異なります" in page

    def test_reliability_comes_with_its_reasons(self, client, taro, known):
        words = part(text(client.get(PAGE)), "assessment")
        assert re.search(r"Reliability A2 – completely reliable; probably true", words)
        assert "The sources contradict each other on severity." in words
        assert "CISA&#x27;s KEV catalogue lists it as known to be exploited" in words

    def test_an_estimate_is_never_shown_as_a_fact(self, client, taro, known):
        now = overview.assessment_of(known)
        assert now is not None
        guessed = EstimatedSeverity(
            model="guess-1",
            version="3.1",
            vector=CRITICAL,
            score=9.8,
            severity_class=SeverityClass.CRITICAL,
            low=8.1,
            high=10.0,
            metrics=(MetricEstimate("AV", "N", 0.83),),
        )
        body = pack_bytes(encode(msgspec.structs.replace(now, severity=guessed)))
        Assessment.objects.create(
            vulnerability=known, made_at=NOON + DAY, model="guess-1", body=body
        )
        page = text(client.get(PAGE))
        for badge in re.finditer(r'class="badge severity-critical">critical 9.8', page):
            before = page[: badge.start()]
            assert before.rfind('class="machine') > before.rfind("<dt>", 0, badge.start() - 60)
        assert "estimated by the model guess-1; no source states it" in page
        words = part(page, "assessment")
        assert "Estimate critical 9.8 between 8.1 and 10.0" in words
        assert "Attack vector AV:N over any network 83 %" in words
        assert "severity estimated as critical 9.8" in part(page, "timeline")

    def test_a_severity_in_words_is_shown_without_a_score(self, client, taro, known):
        now = overview.assessment_of(known)
        assert now is not None
        said = RatedSeverity("redhat", "important", SeverityClass.HIGH, 6.5, 9.8, ("redhat",))
        body = pack_bytes(encode(msgspec.structs.replace(now, severity=said)))
        Assessment.objects.create(
            vulnerability=known, made_at=NOON + DAY, model=now.model, body=body
        )
        page = text(client.get(PAGE))
        assert page.count("rates it in words, “important”; no source gives a CVSS vector") == 2
        words = part(page, "assessment")
        assert re.search(r"Severity high as [Rr]ed ?[Hh]at rates it in words", words)
        assert "0.0" not in words

    def test_without_one_the_page_says_so(self, client, taro):
        bring("cve5", cve5(ONE))
        page = text(client.get(PAGE))
        assert "not assessed yet" in page
        assert 'id="assessment"' not in page

    def test_rejected_and_disputed_are_said_first(self, client, taro):
        sector.vulnerability(ONE, state="rejected", disputed=True)
        page = text(client.get(PAGE))
        assert "has taken this identifier back" in page
        assert "Somebody says that this is no vulnerability" in page


class TestLongLists:
    @pytest.fixture
    def many(self, rows):
        packages = [npm(f"uzu-{n}", ("1.0.0", "2.0.0")) for n in range(450)]
        links = [{"url": f"https://example.org/{n}"} for n in range(40)]
        bring("cve5", cve5(ONE, *packages, references=links))
        work()

    def test_they_are_cut_and_lead_to_all_of_it(self, client, taro, many):
        page = text(client.get(PAGE))
        assert "15 of 450 are shown." in part(page, "versions")
        assert f'href="{PAGE}/affected"' in page
        assert "and 444 more" in part(page, "sources")
        assert "10 of 40 are shown." in part(page, "references")
        everything = text(client.get(f"{PAGE}?show=all"))
        assert "https://example.org/39" in everything

    def test_affected_versions_come_page_by_page(self, client, taro, many):
        pages = [text(client.get(f"{PAGE}/affected?page={n}")) for n in (1, 2, 3)]
        products = [re.findall(r'<th scope="row">(uzu-\d+)', page) for page in pages]
        assert [len(found) for found in products] == [200, 200, 50]
        assert len({name for found in products for name in found}) == 450
        assert 'rel="next"' not in pages[2]

    @pytest.mark.parametrize("asked", ["4", "99999", "0", "-1", "x", "９", "1" * 50])
    def test_a_page_that_is_not_there_is_answered_with_one_that_is(self, client, taro, many, asked):
        assert client.get(f"{PAGE}/affected", {"page": asked}).status_code == 200


class TestOurSystems:
    @pytest.fixture
    def affected(self, known):
        runs(npm_component("kasumi", "1.4.1"), owned=system("hikari", "mail-gw"))
        runs(npm_component("kasumi", "1.4.0"), owned=system("minato", "portal"))
        work()

    def test_our_own_stand_there_with_the_reason(self, client, taro, affected):
        words = part(text(client.get(PAGE)), "systems")
        assert "It concerns 1 of our systems." in words
        assert "mail-gw" in words
        assert "kasumi 1.4.1: kasumi says ≥ 1.0.0, &lt; 1.4.2" in words
        assert "portal" not in words

    def test_others_who_let_us_see_theirs_stand_apart(self, client, taro, rows, affected):
        members.set_grant(
            rows["minato"], rows["hikari"], GrantLevel.DETAIL, now=NOON, actor="minato"
        )
        words = part(text(client.get(PAGE)), "systems")
        assert "It concerns 1 of our systems." in words
        assert words.index("Systems that others let you see") < words.index("portal")

    def test_what_concerns_others_changes_nothing(self, client, taro, rows, known):
        before = without_marks(client.get(PAGE))
        runs(npm_component("kasumi", "1.4.0"), owned=system("minato", "portal"))
        members.set_grant(
            rows["minato"], rows["hikari"], GrantLevel.COUNTS, now=NOON, actor="minato"
        )
        work()
        assert without_marks(client.get(PAGE)) == before

    def test_more_than_fit_are_counted(self, client, taro, known, monkeypatch):
        for number in range(3):
            runs(npm_component("kasumi", "1.4.1"), owned=system("hikari", f"system-{number}"))
        work()
        few = msgspec.structs.replace(portrait.FEW, systems=2)
        monkeypatch.setattr(portrait, "FEW", few)
        words = part(text(client.get(PAGE)), "systems")
        assert "It concerns 3 of our systems." in words
        assert "2 of 3 are shown." in words
        assert "system-2" not in words
        assert "system-2" in part(text(client.get(f"{PAGE}?show=all")), "systems")

    def test_nothing_of_ours_reassures(self, client, taro, known):
        assert "None of our systems" in part(text(client.get(PAGE)), "systems")


class TestNotices:
    def told(self, slug: str) -> str:
        written = content(
            tlp=Tlp.AMBER, title_en=f"For {slug}", title_ja=f"{slug}宛", vulnerabilities=(ONE,)
        )
        draft = notices.draft(System(), written, now=NOON, actor="system")
        choice = Selection(organisations=frozenset({who.named(slug).pk}))
        return str(notices.publish(System(), str(draft), choice, now=NOON, actor="system"))

    def test_those_for_us_are_listed_and_stand_in_the_timeline(self, client, taro, known):
        name = self.told("hikari")
        page = text(client.get(PAGE))
        assert f"{name} For hikari" in part(page, "notices")
        assert "TLP:AMBER" in part(page, "notices")
        assert f"notice {name}: For hikari" in part(page, "timeline")

    def test_those_for_others_change_nothing(self, client, taro, known):
        before = without_marks(client.get(PAGE))
        self.told("minato")
        assert without_marks(client.get(PAGE)) == before


class TestTimeline:
    def test_each_entry_says_whose_word_it_is(self, client, taro, known):
        words = part(text(client.get(PAGE)), "timeline")
        assert "Source CISA&#x27;s KEV catalogue listed it as used in attacks" in words
        assert "Source NVD published it" in words
        assert "Computed assessed: published; severity medium 5.1; used in attacks" in words

    def test_a_later_assessment_says_what_changed(self, client, taro, known):
        bring("nvd", nvd(ONE, modified="2024-06-01T00:00:00.000", metrics=by_nvd(CRITICAL, 9.8)))
        work(NOON + DAY)
        words = part(text(client.get(PAGE)), "timeline")
        assert "assessed anew: now severity critical 9.8; reliability A1" in words


class TestTheDoor:
    def test_nobody_without_signing_in(self, client, known):
        assert client.get(PAGE).status_code == client.get(f"{PAGE}/affected").status_code == 302

    def test_not_those_outside_the_contents(self, client, known):
        sign_in(client, sector.person("isac", Role.AUDITOR))
        for page in (PAGE, f"{PAGE}/affected", "/vulnerabilities/CVE-2024-1"):
            assert client.get(page).status_code == 403

    def test_it_asks_the_database_a_bounded_number_of_times(self, client, taro, known):
        for number in range(5):
            runs(npm_component("kasumi", "1.4.1"), owned=system("hikari", f"system-{number}"))
        work()
        client.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        assert len(asked) <= 18

    def test_nothing_of_it_is_kept_by_the_browser(self, client, taro, known):
        assert client.get(PAGE).headers["Cache-Control"] == "private, no-store"
