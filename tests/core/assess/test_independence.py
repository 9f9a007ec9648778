"""Voices: one organisation whatever its spelling, and copies that are no confirmations."""

from __future__ import annotations

import pytest

from noroshi.core.assess.independence import FOLLOWS, Cast, canonical, cast
from tests.core.assess.records import cve5, nvd, other


@pytest.mark.parametrize(
    ("spelling", "voice"),
    [
        ("nvd@nist.gov", "nvd"),
        ("CISA-ADP", "cisa-adp"),
        ("134c704f-9b21-4f2e-91b3-4a467353bcc0", "cisa-adp"),
        ("psirt@cisco.com", "cisco"),
        ("cisco", "cisco"),
        ("vultures@jpcert.or.jp", "jpcert"),
        ("psirt@hq.example.co.jp", "example"),
        ("security@huntr.dev", "huntr"),
        ("@huntr_ai", "huntr"),
        ("GitHub_M", "github"),
        ("security-advisories@github.com", "github"),
        ("", ""),
        ("@", "@"),
        ("a@.", "a@."),
        ("someone@localhost", "someone@localhost"),
    ],
)
def test_spellings_lead_to_one_voice(spelling: str, voice: str) -> None:
    assert canonical(spelling) == voice


def test_nvd_and_cve_name_the_same_assigner_in_their_own_ways() -> None:
    who = cast([cve5(assigner="Chrome"), nvd(assigner="chrome@chromium.example")])
    assert who.voice("chrome@chromium.example") == who.voice("Chrome") == "chrome"
    assert who.cnas == {"chrome"}


def test_the_join_holds_for_the_same_cve_only() -> None:
    who = cast([cve5(assigner="Chrome"), nvd(external_id="CVE-2030-0002", assigner="a@other.org")])
    assert who.voice("a@other.org") == "other"
    assert who.cnas == {"chrome", "other"}


def test_nvd_as_an_assigner_stays_nvd() -> None:
    who = cast([cve5(assigner="mitre"), nvd(assigner="nvd@nist.gov")])
    assert who.voice("nvd@nist.gov") == "nvd"


APACHE = Cast(frozenset({"apache"}), {})


@pytest.mark.parametrize(
    ("said", "independent"),
    [
        ({"nvd", "apache"}, {"nvd", "apache"}),
        ({"nvd", "ghsa"}, {"nvd"}),
        ({"apache", "ghsa"}, {"apache"}),
        ({"apache", "cisa"}, {"apache"}),
        ({"apache", "nvd", "jvn"}, {"apache", "nvd"}),
        ({"apache", "ipa"}, {"apache", "ipa"}),
        ({"nvd", "bitnami", "nuclei", "ghsa", "osv"}, {"nvd"}),
        ({"oracle", "redhat"}, {"oracle"}),
        ({"redhat", "nvd"}, {"redhat", "nvd"}),
        ({"cisa-adp", "cisa-kev"}, {"cisa-kev"}),
        ({"apache", "misp:circl", "taxii:x"}, {"apache"}),
        ({"nvd", "ghsa", "rss:kasumi.example"}, {"nvd"}),
        ({"misp:circl", "rss:kasumi.example", "taxii"}, {"misp:circl"}),
        ({"rss:kasumi.example"}, {"rss:kasumi.example"}),
        ({"ghsa"}, {"ghsa"}),
        (set(), set()),
    ],
)
def test_a_voice_that_repeats_another_is_not_counted(said: set[str], independent: set[str]) -> None:
    assert APACHE.independent(said) == independent


def test_an_assigner_that_also_copies_does_not_silence_itself() -> None:
    assert Cast(frozenset({"ghsa"}), {}).independent({"ghsa", "somebody"}) == {"ghsa", "somebody"}


def test_somebody_always_remains() -> None:
    """The table has no circle: of any voices that agree at least one is counted."""
    everybody = frozenset(FOLLOWS) | {one for followed in FOLLOWS.values() for one in followed}
    for one in everybody:
        for other_one in everybody:
            assert APACHE.independent({one, other_one})
    assert APACHE.independent(everybody)


def test_a_record_without_an_assigner_names_nobody() -> None:
    assert cast([other("ghsa")]).cnas == frozenset()
