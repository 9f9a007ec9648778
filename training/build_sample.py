"""Build the vulnerability part of the built-in sample from the public feeds.

    python training/build_sample.py --feeds FOLDER --out src/noroshi/run/sample/feeds

``FOLDER`` holds the feeds as JSON lines, JSON and CSV (also ``.zst`` and ``.gz``). Facts are taken
over for the identifiers in ``sample_picks.toml``; every sentence is ours (`sample_prose`). The same
feeds and the same picks give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import zstandard
from sample_facts import facts_of
from sample_layouts import (
    CveContainer,
    CveMetric,
    CveRecord,
    KevCatalogue,
    KevEntry,
    NvdItem,
    NvdReference,
    ProblemType,
    Words,
)
from sample_prose import Facts, description, title, withdrawn

PICKS = Path(__file__).with_name("sample_picks.toml")
REFERENCES = 3
"""Addresses kept of each record: enough to show what a reference is."""

DISPUTED = "** DISPUTED ** "
"""How the NVD marked a disputed vulnerability before it had tags."""


class Head(msgspec.Struct, rename="camel"):
    """The identity of a line of either feed, read before anything else of it."""

    cve_metadata: Identity | None = None
    cve: Identity | None = None

    def name(self) -> str:
        """Return the CVE id."""
        found = self.cve_metadata or self.cve
        return (found.cve_id or found.id) if found else ""


class Identity(msgspec.Struct, rename="camel"):
    """Where the two feeds keep the id."""

    cve_id: str = ""
    id: str = ""


class Chosen(msgspec.Struct):
    """One vulnerability of the sample with what the feeds say about it."""

    name: str
    product: str
    cve: CveRecord | None = None
    nvd: NvdItem | None = None
    kev: KevEntry | None = None


def main() -> None:
    """Read the feeds, write the four files of the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    feeds: Path = arguments.feeds
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)

    chosen = _picks()
    for name, line in _picked(_newest(feeds, "cve5-*"), chosen):
        chosen[name].cve = msgspec.json.decode(line, type=CveRecord)
    for name, line in _picked(_newest(feeds, "nvd-api2-*"), chosen):
        chosen[name].nvd = msgspec.json.decode(line, type=NvdItem)
    catalogue = msgspec.json.decode(b"".join(_lines(_newest(feeds, "kev-*"))), type=KevCatalogue)
    for entry in catalogue.vulnerabilities:
        if entry.cve_id in chosen:
            chosen[entry.cve_id].kev = entry
    scores = [*_lines(_newest(feeds, "epss_scores-*"))]

    ordered = sorted(chosen.values(), key=lambda one: _number(one.name))
    for one in ordered:
        _retell(one)
    _write_lines(out / "cve5.jsonl", [one.cve for one in ordered if one.cve])
    _write_lines(out / "nvd.jsonl", [one.nvd for one in ordered if one.nvd])
    _write_kev(out / "kev.json", catalogue, [one.kev for one in ordered if one.kev])
    (out / "epss.csv").write_bytes(b"".join(_scored(scores, chosen)))
    print(f"{len(ordered)} vulnerabilities, {sum(one.kev is not None for one in ordered)} in KEV")


# --- reading ----------------------------------------------------------------------------------


def _picks() -> dict[str, Chosen]:
    listed = tomllib.loads(PICKS.read_text(encoding="utf-8"))["product"]
    return {
        name: Chosen(name, product["name"])
        for product in listed
        for name in product["vulnerabilities"]
    }


def _newest(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        message = f"no file {pattern} in {folder}"
        raise SystemExit(message)
    return found[-1]


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        if path.suffix == ".zst":
            yield from io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))
        elif path.suffix == ".gz":
            with gzip.open(file) as text:
                yield from text
        else:
            yield from file


def _picked(path: Path, chosen: dict[str, Chosen]) -> Iterator[tuple[str, bytes]]:
    head = msgspec.json.Decoder(Head)
    for line in _lines(path):
        if (name := head.decode(line).name()) in chosen:
            yield name, line


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("-")[1:])


# --- our words for theirs ---------------------------------------------------------------------


def _retell(one: Chosen) -> None:
    facts = facts_of(one.name, one.product, one.cve, one.nvd, one.kev)
    if one.cve:
        _retell_cve(one.cve, facts)
    if one.nvd:
        _retell_nvd(one.nvd, facts)
    if one.kev:
        _retell_kev(one.kev, facts)


def _retell_cve(record: CveRecord, facts: Facts) -> None:
    cna = record.containers.cna
    if record.cve_metadata.state == "REJECTED":
        said = " ".join(reason.value for reason in cna.rejected_reasons or [])
        named = sorted({*re.findall(r"CVE-\d{4}-\d{4,}", said)} - {facts.name})
        cna.replaced_by = named or None
        cna.rejected_reasons = [Words(lang="en", value=withdrawn(named))]
    else:
        cna.title = title(facts) if cna.title else None
        cna.descriptions = [Words(lang="en", value=description(facts))]
    _keep_facts(cna)
    cna.references = (cna.references or [])[:REFERENCES] or None
    # The "CVE" container holds nothing but copies of references.
    publishers = [
        one for one in record.containers.adp or [] if one.provider_metadata.short_name != "CVE"
    ]
    for publisher in publishers:
        publisher.references = None
        publisher.descriptions = None
        _keep_facts(publisher)
    record.containers.adp = publishers or None


def _keep_facts(container: CveContainer) -> None:
    container.problem_types = [
        kept for problem in container.problem_types or [] if (kept := _coded(problem)) is not None
    ] or None
    container.metrics = [
        metric for metric in container.metrics or [] if metric.scores() or _is_coded(metric)
    ] or None


def _coded(problem: ProblemType) -> ProblemType | None:
    """Keep the CWE ids of a problem type; words of the source are dropped."""
    coded = [one for one in problem.descriptions if one.cwe_id]
    for one in coded:
        one.description = one.cwe_id or ""
    return ProblemType(descriptions=coded) if coded else None


def _is_coded(metric: CveMetric) -> bool:
    return metric.other is not None and metric.other.type in {"ssvc", "kev"}


def _retell_nvd(item: NvdItem, facts: Facts) -> None:
    cve = item.cve
    mark = DISPUTED if cve.descriptions[0].value.startswith(DISPUTED.strip()) else ""
    cve.descriptions = [Words(lang="en", value=mark + description(facts))]
    cve.references = _telling(cve.references)[:REFERENCES]


def _telling(references: list[NvdReference]) -> list[NvdReference]:
    """Order references: the vendor's own word first."""
    return sorted(references, key=lambda one: "Vendor Advisory" not in (one.tags or []))


def _retell_kev(entry: KevEntry, facts: Facts) -> None:
    entry.vulnerability_name = title(facts)
    entry.short_description = description(facts)
    entry.required_action = "Install the vendor's fix or apply its workaround, or take it offline."
    entry.notes = f"https://nvd.nist.gov/vuln/detail/{entry.cve_id}"


# --- writing ----------------------------------------------------------------------------------


def _write_lines(path: Path, documents: list[CveRecord] | list[NvdItem]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in documents))


def _write_kev(path: Path, catalogue: KevCatalogue, entries: list[KevEntry]) -> None:
    catalogue.vulnerabilities = entries
    catalogue.count = len(entries)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(catalogue), indent=1) + b"\n")


def _scored(lines: list[bytes], chosen: dict[str, Chosen]) -> Iterator[bytes]:
    """Keep the two head lines of an EPSS file and the rows of chosen vulnerabilities."""
    yield from lines[:2]
    rows = ((line.partition(b",")[0].decode(), line) for line in lines[2:])
    yield from (line for name, line in sorted(rows) if name in chosen)


if __name__ == "__main__":
    main()
