"""A slice of the real feeds and SBOMs, and a second opinion on fifty of the findings."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import zstandard

from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.edge.feeds.files import Limits
from noroshi.edge.feeds.importing import import_paths
from noroshi.hub.inventory.actions import add_inventory, system_named
from noroshi.hub.inventory.models import Inventory
from noroshi.hub.knowledge.actions import Ingest, source_named
from noroshi.hub.knowledge.models import Record
from noroshi.hub.matching.evidence import Evidence, evidence
from noroshi.hub.matching.models import Finding
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.members import queries as members
from tests.hub import sector as world
from tests.hub.feeds import work
from tests.hub.sector import NOON
from tests.hub.slow_check import agrees, statements

EVERY = 20
IMAGES = 20
_NAMED = re.compile(rb'cpe:2\.3:[aoh]:([^:"]+:[^:"]+):')
LIMITS = Limits(10**9, 10**10, 10**8)

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]


def lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file), 1 << 20)


def slice_of(path: Path, products: set[bytes]) -> Iterator[bytes]:
    """Every twentieth line, and those that name a product of the images."""
    for number, line in enumerate(lines(path)):
        if number % EVERY == 0 or not products.isdisjoint(_NAMED.findall(line)):
            yield line


def bring_in(source: str, path: Path) -> None:
    import_paths(Ingest(source_named(source), now=NOON), [path], LIMITS, cores=1)


def unpacked(body: bytes | memoryview) -> bytes:
    return zstandard.ZstdDecompressor().decompress(bytes(body))


@pytest.fixture
def node(database, shared_data, tmp_path) -> None:
    """A hub with a slice of the feeds and the SBOMs of some images."""
    world.organisation("hikari")
    owner = members.named("hikari")
    feeds = shared_data / "feeds"
    every = lines(shared_data / "sbom" / "container-images-syft-spdx.jsonl.zst")
    images = list(islice(every, 0, IMAGES * 7, 7))
    products = {name for image in images for name in _NAMED.findall(image)}
    for source, name in (
        ("nvd", "nvd-api2-1999-2021.jsonl.zst"),
        ("cve5", "cve5-vulnrichment-to-2024-10.jsonl.zst"),
    ):
        part = tmp_path / f"{source}.jsonl"
        part.write_bytes(b"".join(slice_of(feeds / name, products)))
        bring_in(source, part)
    bring_in("kev", feeds / "kev-to-2024-10.json")
    for row in images:
        image = json.loads(row)
        add_inventory(
            system_named(owner, image["name"][:200]),
            "image.spdx.json",
            json.dumps(image["sbom"]).encode(),
            now=NOON,
            actor="hikari",
        )
    work()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_second_opinion_from_the_raw_text_agrees_with_the_findings(node):
    live = Finding.objects.visible_to(SystemViewer()).filter(status__in=LIVE)
    every = list(live.select_related("vulnerability").order_by("system__name", "vulnerability"))
    assert len(every) >= 50
    chosen = random.Random(2026).sample(every, 50)
    reasons = evidence(SystemViewer(), chosen)
    opinions = {finding.pk: opinion(finding, reasons[finding.pk]) for finding in chosen}
    wrong = [_told(f, reasons) for f in chosen if opinions[f.pk] is False]
    unsure = [_told(f, reasons) for f in chosen if opinions[f.pk] is None]
    assert wrong == []
    assert len(unsure) <= 2, unsure


def opinion(finding: Finding, reasons: list[Evidence]) -> bool | None:
    """Ask the slow check about the surest reason of a finding."""
    surest = reasons[0]
    record = Record.objects.get(vulnerability=finding.vulnerability, source__name=surest.source)
    inventory = Inventory.objects.visible_to(SystemViewer()).get(
        system=finding.system_id, current=True
    )
    return agrees(
        json.loads(unpacked(inventory.body)),
        surest.component,
        surest.version,
        statements(json.loads(unpacked(record.document.body))),
    )


def _told(finding: Finding, reasons: dict[int, list[Evidence]]) -> str:
    return f"{finding.vulnerability.preferred_id}: {reasons[finding.pk][0]}"
