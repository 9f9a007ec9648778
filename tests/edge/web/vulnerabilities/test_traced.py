"""Two hundred real vulnerabilities: every claim of theirs stands in the document it was read from.

Which ones is decided by a seed: some of those that each source speaks of, so that all formats are
met, and the rest among all. All documents of all sources that name one of them are brought in.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zstandard
from django.urls import reverse

from noroshi.core.facets import Affected, Product, Record, State, VersionRange
from noroshi.edge.feeds.files import Limits
from noroshi.edge.feeds.importing import import_paths
from noroshi.edge.web.vulnerabilities.plain import plain
from noroshi.edge.web.vulnerabilities.sides import FEW_CHARACTERS
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.actions import Ingest, source_named
from noroshi.hub.knowledge.models import Record as RecordRow
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.knowledge.preparing import unpack_record, unpack_text
from tests.edge.web.site import sign_in
from tests.hub import sector
from tests.hub.feeds import work
from tests.hub.said import Said
from tests.hub.sector import NOON
from tests.hub.tracing import CLAIMS, untraced

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

SEED, NUMBER, OF_EACH = 20261123, 200, 8
LIMITS = Limits(file=200_000_000, unpacked=400_000_000, payload=20_000_000)
SOURCES = {
    "cve5-": "cve5",
    "nvd-api2": "nvd",
    "nvd-overrides": "nvd_overrides",
    "redhat": "redhat",
    "osv-": "osv",
    "ubuntu": "ubuntu",
    "csaf-": "csaf",
    "exploitdb": "exploitdb",
    "metasploit": "metasploit",
    "nuclei": "nuclei",
}
"""Beginning of a file's name → the source of its lines."""

_CVE = re.compile(rb"CVE-\d{4}-\d{4,19}")
_OTHER_FIELDS = {"source", "external_id"}


class Chosen(msgspec.Struct):
    """The vulnerabilities, and for each source a file with what it says of them."""

    names: list[str]
    files: dict[str, Path]


@pytest.fixture(scope="module")
def chosen(shared_data, tmp_path_factory) -> Chosen:
    feeds, folder = shared_data / "feeds", tmp_path_factory.mktemp("traced")
    files = {
        file: next(source for start, source in SOURCES.items() if file.name.startswith(start))
        for file in sorted(feeds.glob("*.jsonl.zst"))
    }
    names = choose(files)
    ids = {name.encode() for name in names}
    found: dict[str, list[bytes]] = {source: [] for source in SOURCES.values()}
    for file, source in files.items():
        found[source] += (line for line in lines(file) if not ids.isdisjoint(_CVE.findall(line)))
    written = {source: b"".join(its) for source, its in found.items()}
    written["kev"] = catalogue(feeds / "kev-to-2024-10.json", names)
    written["epss"] = scores(feeds / "epss_scores-2021-08-25.csv.gz", ids)
    paths = {source: folder / f"{source}.jsonl" for source in written}
    paths |= {"kev": folder / "kev.json", "epss": folder / "epss.csv"}
    for source, path in paths.items():
        path.write_bytes(written[source])
    return Chosen(names, paths)


def choose(files: dict[Path, str]) -> list[str]:
    """Return the names, by the seed alone; which of a line's names counts first is the line's."""
    dice = random.Random(SEED)
    by_source: dict[str, set[bytes]] = {}
    for file, source in files.items():
        firsts = (_CVE.search(line) for line in lines(file))
        by_source.setdefault(source, set()).update(first[0] for first in firsts if first)
    names: dict[bytes, None] = {}
    for _, its in sorted(by_source.items()):
        names.update(dict.fromkeys(dice.sample(sorted(its), OF_EACH)))
    rest = sorted(set().union(*by_source.values()) - names.keys())
    names.update(dict.fromkeys(dice.sample(rest, NUMBER - len(names))))
    return [name.decode() for name in names]


def lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        yield from io.BufferedReader(stream, 1 << 20)


def catalogue(file: Path, names: list[str]) -> bytes:
    """The catalogue with the entries of those named, and a few for who else is in it."""
    whole = json.loads(file.read_bytes())
    entries = whole["vulnerabilities"]
    its = [each for each in entries if each["cveID"] in set(names)]
    return json.dumps({**whole, "vulnerabilities": its + entries[:OF_EACH]}).encode()


def scores(file: Path, ids: set[bytes]) -> bytes:
    table = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    return b"".join([*table[:2], *(row for row in table[2:] if row.partition(b",")[0] in ids)])


@pytest.fixture
def known(database, chosen) -> list[Vulnerability]:
    """The vulnerabilities, brought in and judged."""
    for source, path in chosen.files.items():
        ingest = Ingest(source_named(source), now=NOON)
        import_paths(ingest, [path], LIMITS, cores=1)
    work()
    return [overview.vulnerability_named(name) for name in chosen.names]


def test_every_claim_stands_in_its_document_and_every_line_of_a_page_is_a_claim(
    known, client, chosen
):
    assert len({row.pk for row in known}) == len(chosen.names) == NUMBER
    told, sources = [], set()
    for row in RecordRow.objects.select_related("document").order_by("pk").iterator():
        record = unpack_record(bytes(row.facets))
        sources.add(record.source)
        body = unpack_text(bytes(row.document.body))
        told += untraced(record, Said(record.source, record.names[0], body))
    assert told == []
    assert sources == {*SOURCES.values(), "kev", "epss"}

    sector.sector()
    sign_in(client, sector.person("hikari"))
    lines_seen = 0
    for row in known:
        answer = client.get(reverse("vulnerability", args=[row.preferred_id]))
        assert answer.status_code == 200
        records = [each.record for each in overview.claims_of(row, 60)]
        page = answer.content.decode()
        assert unbacked(page, records) == [], row.preferred_id
        lines_seen += len(list(shown(page)))
    assert lines_seen > 5 * NUMBER


# --- the page: whose column a line is in, and whether it is that record's ---


def shown(page: str) -> Iterator[tuple[str, int, str]]:
    """Yield facet, column and words of every line of the table of the sources."""
    table = re.search(r'<table class="list sides">.*?</table>', page, re.DOTALL)
    for facet, row in re.findall(
        r'<tr class="facet-(\w+)">(.*?)</tr>', table[0] if table else "", re.DOTALL
    ):
        for column, cell in enumerate(re.findall(r"<td\b.*?</td>", row, re.DOTALL)):
            for line in re.findall(r"<li\b.*?</li>", cell, re.DOTALL):
                yield facet, column, " ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split())


def unbacked(page: str, records: list[Record]) -> list[str]:
    """Return the lines that repeat no claim of the record whose column they stand in."""
    telling = [each for each in records if not _of_exploits_alone(each)]
    return [
        f"{facet} {telling[column].source}: {line}"
        for facet, column, line in shown(page)
        if not any(claim in line for claim in claimed(facet, telling[column]))
    ]


def _of_exploits_alone(record: Record) -> bool:
    others = (record.titles, record.descriptions, record.severities, record.affected)
    return bool(record.exploits) and not any(others)


def claimed(facet: str, record: Record) -> list[str]:
    """What a line of a facet must hold: one of these, as the record has it."""
    texts = (*record.titles, *record.descriptions)
    days = (record.published, record.modified)
    known, score = record.exploited, record.epss
    found = {
        "state": [
            "rejected" if record.state is State.REJECTED else "published",
            *("disputed" for _ in record.disputed),
            *record.replaced_by,
        ],
        "dates": [str(day.date()) for day in days if day],
        "text": [" ".join(plain(text.text[: FEW_CHARACTERS - 10]).split()) for text in texts],
        "severity": [
            *(
                f"{each.score:.1f} – CVSS {_bare(each.vector, each.version)}"
                for each in record.severities
            ),
            *(each.word for each in record.ratings),
        ],
        "weakness": [each.cwe for each in record.weaknesses],
        "products": [_last(each.product.name) for each in record.affected],
        "exploitation": [
            *([str(known.since), str(known.due), "ransomware"] if known else []),
            *("SSVC: " for _ in record.ssvc),
        ],
        "epss": [f"{score.score:.1%} within 30 days, estimated on {score.date}"] if score else [],
        "advisories": list(record.advisories),
        "references": [f"{len(record.references)} references"],
        "credits": [" ".join(plain(each.name[:100]).split()) for each in record.credits],
    }
    return found.get(facet, [])


def _bare(vector: str, version: str) -> str:
    return f"{version} {vector.removeprefix(f'CVSS:{version}/')}"


def _last(name: str) -> str:
    """The last word of a product's name."""
    return re.split(r"[\s/:_]", name.partition("?")[0].replace("\\", ""))[-1]


# --- what is not said is found ---


def test_a_claim_that_does_not_stand_there_is_told(known):
    for source, field, change in [
        ("cve5", "titles descriptions", {"descriptions": "text"}),
        ("nvd", "titles descriptions", {"descriptions": "text"}),
        ("nvd", "severities", {"severities": "vector"}),
        ("nvd", "severities", {"severities": "score"}),
        ("osv", "severities", {"severities": "score"}),
        ("redhat", "weaknesses", {"weaknesses": "cwe"}),
        ("redhat", "ratings", {"ratings": "word"}),
        ("cve5", "references", {"references": "url"}),
        ("csaf", "remedies", {"remedies": "text"}),
        ("csaf", "titles descriptions", {"titles": "text"}),
        ("csaf", "credits", {"credits": "name"}),
        ("exploitdb", "exploits", {"exploits": "title"}),
        ("metasploit", "exploits", {"exploits": "url"}),
        ("nuclei", "exploits", {"exploits": "name"}),
        ("ubuntu", "by", {"affected": "by"}),
        ("cve5", "ssvc", {"ssvc": "exploitation"}),
    ]:
        ((facet, part),) = change.items()
        record, said = one_with(source, facet)
        first, *rest = getattr(record, facet)
        other = 1.75 if part == "score" else "CWE-99999" if part == "cwe" else "never said"
        wrong = msgspec.structs.replace(first, **{part: other})
        told = untraced(msgspec.structs.replace(record, **{facet: (wrong, *rest)}), said)
        assert any(f"{record.external_id} {field}: " in line for line in told), (source, change)


def test_a_product_bound_or_day_that_does_not_stand_there_is_told(known):
    for source, name in [
        ("nvd", "a:kasumi:gateway"),
        ("nvd_overrides", "a:kasumi:gateway"),
        ("ubuntu", "deb/ubuntu/kasumi-gateway?arch=source"),
        ("osv", "npm/kasumi-gateway"),
        ("csaf", "kasumi:gateway"),
    ]:
        record, said = one_with(source, "affected")
        first, *rest = record.affected
        scheme = first.product.scheme if source != "csaf" else "name"
        strange = msgspec.structs.replace(first, product=Product(scheme, name), cpe=None)
        bound = msgspec.structs.replace(first, ranges=(VersionRange(high="77.88.99"),))
        for wrong in (strange, bound):
            told = untraced(msgspec.structs.replace(record, affected=(wrong, *rest)), said)
            assert any(" affected: " in line for line in told), (source, wrong)
    for source, field in [("nvd", "published"), ("osv", "modified"), ("csaf", "published")]:
        record, said = one_with(source, field)
        told = untraced(msgspec.structs.replace(record, **{field: NOON}), said)
        assert any(" published modified withdrawn: " in line for line in told), source
    record, said = one_with("epss", "epss")
    assert record.epss is not None
    scored = msgspec.structs.replace(record.epss, score=0.123456)
    assert untraced(msgspec.structs.replace(record, epss=scored), said)
    record, said = one_with("kev", "exploited")
    assert record.exploited is not None
    since = msgspec.structs.replace(record.exploited, since=NOON.date())
    assert untraced(msgspec.structs.replace(record, exploited=since), said)


def one_with(source: str, facet: str) -> tuple[Record, Said]:
    """Return a stored record that has a facet, and what its document says."""
    rows = RecordRow.objects.filter(source__name=source).select_related("document").order_by("pk")
    for row in rows.iterator():
        record = unpack_record(bytes(row.facets))
        if getattr(record, facet):
            body = unpack_text(bytes(row.document.body))
            return record, Said(source, record.names[0], body)
    raise AssertionError((source, facet))


def test_a_line_that_is_another_records_is_told(known, client):
    sector.sector()
    sign_in(client, sector.person("hikari"))
    row = next(row for row in known if len(overview.claims_of(row, 60)) > 3)
    page = client.get(reverse("vulnerability", args=[row.preferred_id])).content.decode()
    records = [each.record for each in overview.claims_of(row, 60)]
    assert unbacked(page, records) == []
    assert unbacked(page, records[::-1])


def test_every_field_of_a_record_is_held_against_the_document(database):
    looked_at = {field for fields in CLAIMS for field in fields.split()} - {"by"}
    assert looked_at | _OTHER_FIELDS == set(Record.__struct_fields__)
    assert {"product", "ranges", "cpe", "condition", "reason", "by"} <= set(
        Affected.__struct_fields__
    )
