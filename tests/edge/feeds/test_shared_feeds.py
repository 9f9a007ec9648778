"""The real feeds, a fixed sample of every file: what cannot be read of it is explained."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from django.db.models import Max

from noroshi.edge.feeds.files import Limits
from noroshi.edge.feeds.importing import import_paths
from noroshi.edge.feeds.registry import FORMATS
from noroshi.hub.knowledge.actions import Ingest, Tally, source_named
from noroshi.hub.knowledge.models import (
    AffectedRange,
    Alias,
    AliasConflict,
    Document,
    Quarantine,
    Record,
    Source,
    Vulnerability,
)
from noroshi.hub.knowledge.preparing import unpack_text
from noroshi.hub.todo.models import Todo
from tests.hub.sector import DAY, NOON

pytestmark = [pytest.mark.shared_data, pytest.mark.usefixtures("database")]

LIMITS = Limits(file=50_000_000, unpacked=200_000_000, payload=20_000_000)
EVERY = 50

HEADING = 2
"""Lines above the scores of a table of EPSS."""

FILES = {
    "nvd": ("nvd-api2-1999-2021.jsonl.zst",),
    "cve5": ("cve5-vulnrichment-to-2024-10.jsonl.zst",),
    "vulnrichment": ("cve5-vulnrichment-to-2024-10.jsonl.zst",),
    "kev": ("kev-to-2024-10.json",),
    "epss": ("epss_scores-2021-04-14.csv.gz", "epss_scores-2021-08-25.csv.gz"),
    "nvd_overrides": ("nvd-overrides-anchore-to-2026-05.jsonl.zst",),
    "redhat": ("redhat-cve-to-2024-08.jsonl.zst",),
    "osv": (
        "osv-bitnami.jsonl.zst",
        "osv-ghsa-maven.jsonl.zst",
        "osv-ghsa-npm.jsonl.zst",
        "osv-golang.jsonl.zst",
        "osv-pypa.jsonl.zst",
        "osv-rustsec.jsonl.zst",
    ),
    "ubuntu": ("ubuntu-cve-tracker-to-2024-08.jsonl.zst",),
    "csaf": ("csaf-cisa.jsonl.zst", "csaf-cisco.jsonl.zst", "csaf-paloalto.jsonl.zst"),
    "exploitdb": ("exploitdb.jsonl.zst",),
    "metasploit": ("metasploit.jsonl.zst",),
    "nuclei": ("nuclei-cves.jsonl.zst",),
}
"""The files of each source."""

NOT_SHARED = {"alpine", "amazon", "debian", "jvn", "misp", "rss", "suse", "taxii"}
"""Sources without a shared file."""

ODD = {
    "cve5-vulnrichment-to-2024-10.jsonl.zst": {17865, 42342},
    "exploitdb.jsonl.zst": {33626, 34101, 35911, 40684},
    "nuclei-cves.jsonl.zst": {1390},
    "osv-pypa.jsonl.zst": {731},
    "ubuntu-cve-tracker-to-2024-08.jsonl.zst": {2418},
}
"""Lines that are among the sample because something is wrong with them, or seems to be."""

EXPLAINED = {
    # IBM's CPE names with a colon inside the product that nothing escapes.
    "cve5": ("not-an-identifier", r"\$\.containers\.cna\.affected\[\d+\]\.cpes\[\d+\]"),
    # "CVE-cve : 2023-…": what is meant would have to be guessed.
    "exploitdb": ("not-an-identifier", r"\$\.codes"),
    # A NUL, which the template describes; the description is not taken anyway.
    "nuclei": ("not-text", r"\$\.description"),
    # A GHSA number with a comma behind it.
    "osv": ("not-an-identifier", r"\$\.aliases\[\d+\]"),
    # "CVE-2006-NNN0": what Ubuntu calls that which never had a number.
    "ubuntu": ("not-an-identifier", r"\$\.candidate"),
    # Product ids that the document's tree does not have: it was published so.
    "csaf": (
        "wrong-shape",
        r"\$\.vulnerabilities\[\d+\]\.product_status\.known_(not_)?affected\[\d+\]",
    ),
}
"""What is wrong in the files themselves: source → code, and its place in the document."""


@pytest.fixture(scope="module")
def samples(shared_data, tmp_path_factory) -> dict[str, list[Path]]:
    """The sample of every file in a folder of its own, by source."""
    folder = tmp_path_factory.mktemp("feeds")
    return {
        source: [sampled(shared_data / "feeds" / name, folder) for name in names]
        for source, names in FILES.items()
    }


def sampled(file: Path, folder: Path) -> Path:
    """Write every so manieth line of a file into the folder; a catalogue is taken whole."""
    path = folder / file.name.removesuffix(".zst").removesuffix(".gz")
    if file.suffix == ".gz":
        table = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
        path.write_bytes(b"".join(table[:HEADING] + table[HEADING::EVERY]))
    elif file.suffix == ".zst":
        odd = ODD.get(file.name, set())
        with path.open("wb") as chosen:
            for number, line in enumerate(lines(file), start=1):
                if number % EVERY == 1 or number in odd:
                    chosen.write(line)
    else:
        path.write_bytes(file.read_bytes())
    return path


def lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        yield from io.BufferedReader(stream, 1 << 20)


def bring_in(samples: dict[str, list[Path]], *, now=NOON) -> dict[str, Tally]:
    """Import all samples as a user's command does; return what each source's import did."""
    done = {}
    for source, paths in samples.items():
        ingest = Ingest(source_named(source), now=now)
        with ingest.noted():
            import_paths(ingest, paths, LIMITS, cores=1)
        done[source] = ingest.tally
    return done


def everything() -> list[object]:
    """All rows of the knowledge base as they are, but when the sources were imported last."""
    tables = (Document, Record, Quarantine, Vulnerability, Alias, AliasConflict, Todo)
    rows = [list(table.objects.order_by("pk").values_list()) for table in tables]
    newest = AffectedRange.objects.aggregate(Max("pk"))
    kept = list(Source.objects.order_by("pk").values_list("name", "kept_documents", "kept_records"))
    return [*rows, AffectedRange.objects.count(), newest, kept]


def expected(paths: list[Path]) -> set[bytes]:
    """The hashes of what stands in the files: of lines, of a table or catalogue as a whole."""
    bodies = (path.read_bytes() for path in paths)
    parts = (
        body.splitlines() if path.suffix == ".jsonl" else [body]
        for path, body in zip(paths, bodies, strict=True)
    )
    return {hashlib.sha256(part).digest() for its in parts for part in its}


def unexplained(rows: list[Quarantine]) -> list[str]:
    return [
        f"{row.source.name} {row.file} {row.where}: {row.code} {row.facts}"
        for row in rows
        if not _is_explained(row)
    ]


def _is_explained(row: Quarantine) -> bool:
    code, place = EXPLAINED.get(row.source.name, ("", ""))
    return row.code == code and re.fullmatch(rf"line \d+ {place}", row.where) is not None


def test_what_is_in_the_files_is_kept_and_what_cannot_be_read_is_explained(samples):
    first = bring_in(samples)
    aside = list(Quarantine.objects.select_related("source").order_by("pk"))
    assert unexplained(aside) == []
    assert {row.source.name for row in aside} == EXPLAINED.keys(), "an explanation of nothing"
    assert all(row.document for row in aside)
    kept = Record.objects.filter(source__name="nuclei", external_id="CVE-2021-32030")
    assert kept.exists()  # the template with the NUL

    for source, paths in samples.items():
        stored = dict(
            Document.objects.filter(source__name=source).values_list("sha256", "body").iterator()
        )
        found = {bytes(sha256): unpack_text(bytes(body)) for sha256, body in stored.items()}
        assert found.keys() == expected(paths), source
        assert all(hashlib.sha256(body).digest() == at for at, body in found.items())
        assert first[source].documents == len(found) > 0
    assert not Document.objects.filter(read_at=None).exists()

    before = everything()
    again = bring_in(samples, now=NOON + DAY)
    assert everything() == before
    for source, tally in again.items():
        assert tally == Tally(unchanged=first[source].documents + first[source].unchanged), source


def test_what_nobody_has_explained_is_told(samples):
    file = samples["kev"][0]
    broken = file.with_name("broken.json")
    broken.write_bytes(file.read_bytes().replace(b'"cveID": "CVE-', b'"cveID": "EVC-', 1))
    bring_in({"kev": [broken]})
    (told,) = unexplained(list(Quarantine.objects.select_related("source")))
    assert told.startswith("kev broken.json $.vulnerabilities[0].cveID: not-an-identifier")


def test_every_source_with_a_shared_file_is_among_them(samples):
    assert FORMATS.keys() - samples.keys() == NOT_SHARED
    assert all(path.stat().st_size for paths in samples.values() for path in paths)
