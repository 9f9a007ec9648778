from __future__ import annotations

import pytest

from noroshi.core.errors import NotAnIdentifier, WrongShape
from noroshi.core.facets import Exploit, Maturity, Record
from noroshi.core.formats import nuclei
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.nuclei import listed, template
from tests.core.formats.feed_samples import NAME, raw


def read(value):
    (document,) = samples.documents(nuclei, raw(value))
    return list(nuclei.read(document.body))


@pytest.mark.parametrize(("value", "verified"), [(template(), True), (listed(), False)])
def test_a_template_is_a_check_and_nothing_else_is_taken(value, verified):
    assert read(value) == [
        Record(
            source="nuclei",
            external_id=NAME,
            names=(NAME,),
            exploits=(
                Exploit(
                    "nuclei",
                    NAME,
                    Maturity.CHECK,
                    title="Kasumi SR-200 - Command Injection",
                    url="https://github.com/projectdiscovery/nuclei-templates/blob/main/"
                    f"http/cves/2024/{NAME}.yaml",
                    verified=verified,
                ),
            ),
        )
    ]


def test_a_file_of_lines_is_a_document_a_line():
    payload = raw(listed()) + b"\n" + raw(template()) + b"\n"
    assert [one.where for one in samples.documents(nuclei, payload)] == ["line 1", "line 2"]


@pytest.mark.parametrize("id_", [f"{NAME}-DAST", f"sr200-{NAME}", f"{NAME}-headless"])
def test_the_cve_may_be_a_part_of_the_id(id_):
    (record,) = read({**template(), "id": id_, "classification": None})
    assert (record.external_id, record.names) == (id_, (NAME,))


def test_the_id_counts_more_than_the_classification():
    (record,) = read({**template(), "classification": {"cve-id": "CVE-2024-99990002"}})
    assert record.names == (NAME,)


def test_an_id_without_a_cve_leaves_it_to_the_classification():
    (record,) = read({**template(), "id": "kasumi-ping"})
    assert (record.external_id, record.names) == ("kasumi-ping", (NAME,))


@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        ({"id": "kasumi-ping", "classification": None}, NotAnIdentifier, "$.id"),
        ({"id": "kasumi", "classification": {"cve-id": None}}, NotAnIdentifier, "$.id"),
        (
            {"id": "kasumi", "classification": {"cve-id": f"{NAME},CVE-2024-1"}},
            NotAnIdentifier,
            "$.classification.cve-id",
        ),
        ({"id": f"{NAME}-CVE-2024-99990002", "classification": None}, NotAnIdentifier, "$.id"),
        ({"id": 7}, WrongShape, "$.id"),
        ({"id": "a b"}, WrongShape, "$.id"),
        ({"id": "x" * 101}, WrongShape, "$.id"),
    ],
)
def test_a_template_of_no_cve_is_one_error(change, kind, where):
    (error,) = read({**template(), **change})
    assert (type(error), error.where) == (kind, where)


@pytest.mark.parametrize(
    ("written", "verified"),
    [(True, True), ("true", True), (False, False), ("false", False), (None, False)],
)
def test_whether_it_was_verified_is_written_in_two_ways(written, verified):
    (record,) = read({**template(), "metadata": {"verified": written}})
    assert record.exploits[0].verified is verified


def test_an_odd_value_is_named_and_the_template_is_read_without_it():
    error, record = read({**template(), "metadata": {"verified": 7}})
    assert (type(error), error.where) == (WrongShape, "$.metadata.verified")
    assert record.names == (NAME,)


@pytest.mark.parametrize("path", ["", "a b.yaml", "x?y", "é"])
def test_an_address_is_made_of_a_plain_path_only(path):
    (record,) = read({**template(), "path": path})
    assert record.exploits[0].url is None
