"""Who speaks for itself and who repeats: copies are not confirmations.

A *voice* is one organisation, however a document spells it: NVD writes ``security@apache.org`` (or
a UUID) where CVE 5 writes ``apache``. Three rules turn spellings into voices:

1. The assigner that NVD names for a CVE and the assigner that CVE 5 names for the same CVE are the
   same organisation, whatever the two spellings are.
2. Well-known addresses and UUIDs stand in a table.
3. Any other mail address is named after its domain (``psirt@cisco.com`` → ``cisco``).

A metric that NVD shows under another's name is therefore that other's own voice, counted once. A
voice that is known to copy (`FOLLOWS`) and says the same as the one it follows is not counted;
where it says something else, it speaks for itself. Voices that pass on what they found elsewhere
(`PASSED_ON`) confirm nobody, and together count as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from noroshi.core.facets import Record

NVD = "nvd"
KEV = "cisa-kev"
ADP = "cisa-adp"
EPSS = "epss"

CNA = "(cna)"
"""Stands in `FOLLOWS` for whoever assigned the identifier."""

FOLLOWS: dict[str, frozenset[str]] = {
    # GHSA imports NVD's entries and RustSec's, and is fed by GitHub's own CNA.
    "ghsa": frozenset({CNA, NVD, "rustsec"}),
    "pysec": frozenset({CNA, NVD, "ghsa"}),  # made from CVE records and GHSA's entries
    "go": frozenset({CNA, NVD, "ghsa"}),  # mostly reviews of GHSA's entries and CVE records
    "osv": frozenset({CNA, NVD, "ghsa"}),  # collects the databases of others
    "nuclei": frozenset({CNA, NVD}),  # templates carry NVD's vector and CWE
    "bitnami": frozenset({CNA, NVD}),  # generated from NVD
    # Anchore rewrites the CNA's and NVD's configurations; where it differs, it has looked itself.
    "anchore": frozenset({CNA, NVD}),
    # JVN iPedia translates NVD's entries; what IPA scores itself is IPA's own (`ipa`).
    "jvn": frozenset({CNA, NVD, "ipa"}),
    "ipa": frozenset({"jpcert"}),  # they coordinate together: one judgement, published twice
    "redhat": frozenset({"oracle"}),  # 99.4 % identical vectors on Oracle's CVEs
    "almalinux": frozenset({"redhat"}),  # rebuilds of RHEL, and of its advisories
    "rocky": frozenset({"redhat"}),
    # 97.7 % identical vectors: its advisories are the makers' in CSAF; its ICS team is a CNA.
    "cisa": frozenset({CNA, "icscert"}),
    "bsi": frozenset({CNA, NVD}),  # CERT-Bund sums up what vendors published
    KEV: frozenset({CNA, NVD}),  # its products and CWE are those of the CVE entry it lists
    ADP: frozenset({KEV}),  # the same agency: its SSVC "active" is its catalogue's entry
}
"""Voice → the voices it is known to repeat (shares measured on CVEs scored by both)."""

PASSED_ON = ("misp", "rss", "taxii")
"""Sources whose voices (``misp:circl``) pass on what they found elsewhere, and never say where."""

_KNOWN = {
    "nvd@nist.gov": NVD,
    "nvd": NVD,
    "cisa-adp": ADP,
    "cisa adp vulnrichment": ADP,
    "134c704f-9b21-4f2e-91b3-4a467353bcc0": ADP,
    "kev": KEV,
    "cisa-kev": KEV,
    "github_m": "github",
    "github_p": "github",
    "security-advisories@github.com": "github",
    "ics-cert@hq.dhs.gov": "icscert",
    "chrome-cve-admin@google.com": "chrome",
    "security@android.com": "google_android",
    "416baaa9-dc9f-4396-8d5f-8c081fb06d67": "linux",
    "canonical": "ubuntu",  # the CNA's short name of who calls itself Ubuntu in its tracker
    "security@huntr.dev": "huntr",
    "@huntrdev": "huntr",
    "@huntr_ai": "huntr",
}

# Second-level labels that belong to a registry, not to an organisation (example.co.jp).
_REGISTRY_LABELS = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})


class Cast(msgspec.Struct, frozen=True):
    """Who speaks in a set of records: the assigners, and the other spellings they go by."""

    cnas: frozenset[str]
    spellings: dict[str, str]

    def voice(self, by: str) -> str:
        """Return the voice behind a spelling."""
        name = canonical(by)
        return self.spellings.get(name, name)

    def independent(self, voices: Iterable[str]) -> frozenset[str]:
        """Return those of the voices, all saying the same, that speak for themselves."""
        said = frozenset(voices)
        if len(said) < 2:
            return said
        own = frozenset(voice for voice in said if not passes_on(voice))
        if own != said:  # among themselves, all of those may have it from one place
            return self.independent(own) if own else frozenset({min(said)})
        if said.isdisjoint(FOLLOWS):
            return said
        return frozenset(voice for voice in said if not self._copies(voice, said))

    def _copies(self, voice: str, said: frozenset[str]) -> bool:
        followed = FOLLOWS.get(voice)
        if followed is None:
            return False
        sources = followed | self.cnas if CNA in followed else followed
        return not said.isdisjoint(sources - {voice})


def cast(records: Sequence[Record]) -> Cast:
    """Find out who speaks in these records (of one vulnerability)."""
    assigned: dict[str, str] = {}
    by_nvd: dict[str, str] = {}
    for record in records:
        if not record.assigner:
            continue
        table = by_nvd if record.source == NVD else assigned
        table.setdefault(record.external_id, canonical(record.assigner))
    spellings = {
        name: assigned[cve]
        for cve, name in by_nvd.items()
        if cve in assigned and name != assigned[cve] and name not in {NVD, ADP, KEV}
    }
    cnas = {spellings.get(name, name) for name in (*assigned.values(), *by_nvd.values())}
    return Cast(frozenset(cnas), spellings)


def repeats(voice: str) -> bool:
    """Say whether a voice is known to repeat whoever assigned the identifier."""
    return CNA in FOLLOWS.get(voice, ()) or passes_on(voice)


def passes_on(voice: str) -> bool:
    """Say whether a voice is one of those that pass on what others found."""
    return voice.partition(":")[0] in PASSED_ON


@lru_cache(maxsize=16_384)
def canonical(by: str) -> str:
    """Return the voice a spelling stands for by itself, lower case."""
    name = by.strip().lower()
    known = _KNOWN.get(name)
    if known is not None:
        return known
    local, at, domain = name.partition("@")
    if not at or not local or "." not in domain:
        return name
    return _organisation(domain) or name


def _organisation(domain: str) -> str:
    """``hq.example.co.jp`` → ``example``."""
    labels = [label for label in domain.split(".") if label][:-1]
    while len(labels) > 1 and labels[-1] in _REGISTRY_LABELS:
        labels.pop()
    return labels[-1] if labels else ""
