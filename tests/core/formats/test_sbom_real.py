"""SBOMs as tools and publishers really write them, beside a plain second reading of the same."""

from __future__ import annotations

import io
import json
import tarfile
from collections import Counter
from functools import cache
from pathlib import Path, PurePosixPath

import msgspec
import pytest
import zstandard

from noroshi.core.components import InventoryDocument
from noroshi.core.errors import FormatError
from noroshi.core.formats import sbom

pytestmark = pytest.mark.shared_data

_rows = msgspec.json.Decoder(dict[str, msgspec.Raw])


def members(archive: Path) -> dict[PurePosixPath, bytes]:
    with tarfile.open(archive) as opened:
        files = {
            PurePosixPath(entry.name): opened.extractfile(entry)
            for entry in opened
            if entry.isfile()
        }
        read = {path: file.read() for path, file in files.items() if file}
    licences = {"LICENSE", "COPYING"}
    return {path: data for path, data in read.items() if data and path.name not in licences}


@cache
def outcomes(archive: Path) -> tuple[dict[str, InventoryDocument], dict[str, str]]:
    found, refused = {}, {}
    for path, data in members(archive).items():
        try:
            found[str(path)] = sbom.read(data)
        except FormatError as error:
            refused[str(path)] = error.code
    return found, refused


def rows(path: Path, step: int) -> list[bytes]:
    with path.open("rb") as file:
        stream = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))
        lines = [line for number, line in enumerate(stream) if number % step == 0]
    return [bytes(_rows.decode(line)["sbom"]) for line in lines]


@pytest.mark.parametrize(("tool", "step"), [("syft", 12), ("trivy", 4)])
def test_container_images_hold_what_their_packages_say(shared_data, tool, step):
    documents = rows(shared_data / "sbom" / f"container-images-{tool}-spdx.jsonl.zst", step)
    assert len(documents) > 10
    for data in documents:
        packages = json.loads(data).get("packages", [])
        expected = Counter(
            (package["name"], package.get("versionInfo"), len(cpes(package)))
            for package in packages
            if not is_title(package)
        )
        found = sbom.read(data)
        read = Counter((one.name, one.version, len(one.cpes)) for one in found.components)
        assert read == expected
        told = {problem.code for problem in found.problems}
        assert told <= {"too-large", "not-an-identifier"}


def cpes(package: dict[str, list[dict[str, str]]]) -> set[str]:
    references = package.get("externalRefs", [])
    names = [one["referenceLocator"].lower() for one in references if "cpe" in one["referenceType"]]
    return set(list(dict.fromkeys(names))[:64])


def is_title(package: dict[str, object]) -> bool:
    identity = str(package["SPDXID"])
    return identity.startswith("SPDXRef-ContainerImage") and not package.get("externalRefs")


def test_every_example_of_cyclonedx_is_read_without_a_problem(shared_data):
    found, refused = outcomes(shared_data / "sbom" / "cyclonedx-examples.tar.gz")
    assert refused == {}
    assert len(found) > 40
    assert [path for path, document in found.items() if document.problems] == []


def test_the_same_bill_as_json_and_as_xml_holds_the_same_components(shared_data):
    found, _ = outcomes(shared_data / "sbom" / "cyclonedx-examples.tar.gz")
    pairs = [(path, f"{path[:-5]}.xml") for path in found if f"{path[:-5]}.xml" in found]
    assert len(pairs) > 5
    for pair in pairs:
        json_read, xml_read = (
            Counter((one.name, one.version, one.purl) for one in found[path].components)
            for path in pair
        )
        assert json_read == xml_read, pair


def test_of_the_published_ones_only_those_are_refused_that_are_no_sbom(shared_data):
    found, refused = outcomes(shared_data / "sbom" / "in-the-wild.tar.gz")
    assert {PurePosixPath(path).name: code for path, code in refused.items()} == {
        "powershell-2.2.6.spdx.json": "broken-json",  # a web page's footer follows the document
        "spdx-in-the-wild-dataset-metadata.csv": "unknown-format",
    }
    assert len(found) > 25
    assert all(document.components for document in found.values())


def test_of_the_examples_of_spdx_exactly_the_third_edition_is_refused(shared_data):
    found, refused = outcomes(shared_data / "sbom" / "spdx-examples.tar.gz")
    assert set(refused.values()) == {"unsupported-version"}
    assert all("spdx3" in path for path in refused)
    assert not any("spdx3" in path for path in found)
