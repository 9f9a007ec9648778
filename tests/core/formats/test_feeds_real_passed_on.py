"""Real RSS, and public vectors of MISP events beside the STIX objects that they become."""

from __future__ import annotations

import gzip
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Record
from noroshi.core.formats import misp, rss, taxii
from noroshi.core.formats.feed import FeedFormat, RawDocument
from noroshi.core.policy.marking import Tlp
from tests.core.formats.feed_samples import raw

pytestmark = pytest.mark.shared_data


def taken_in(feed: FeedFormat, payload: bytes) -> list[Record | FormatError]:
    found: list[Record | FormatError] = []
    for document in feed.documents(payload):
        assert isinstance(document, RawDocument), document
        found += feed.read(document.body)
    return found


def names(found: list[Record | FormatError]) -> set[str]:
    assert not [one for one in found if isinstance(one, FormatError)]
    return {name for one in found if isinstance(one, Record) for name in one.names}


def vectors(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / "vectors" / name) as lines:
        return [json.loads(line) for line in lines]


def _events(folder: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    rows = vectors(folder, "misp-to-stix21-vectors.jsonl.gz")
    pairs = [(row["misp_event"].get("Event"), row["stix21_bundle"]) for row in rows]
    return [(event, bundle) for event, bundle in pairs if event and "uuid" in event]


def test_an_event_and_the_objects_it_becomes_name_the_same(shared_data):
    told = set()
    for event, bundle in _events(shared_data):
        marked = {**event, "Tag": [*event.get("Tag", []), {"name": "tlp:clear"}]}
        objects = [
            {**one, "object_marking_refs": [Tlp.CLEAR.stix_id]}
            for one in bundle["objects"]
            if one["type"] == "vulnerability" and "misp:galaxy-name" not in str(one.get("labels"))
        ]
        of_event = taken_in(misp, raw({"Event": marked}))
        if any(isinstance(one, WrongShape) for one in of_event):
            continue  # it has a stricter tag beside ours
        of_objects = taken_in(taxii, raw({"objects": objects})) if objects else []
        assert names(of_event) == names(of_objects)
        told |= names(of_event)
    assert {"CVE-2017-11774", "CVE-2021-29921"} <= told


def test_without_a_marking_nothing_of_them_is_read(shared_data):
    for event, bundle in _events(shared_data):
        unmarked = {key: value for key, value in event.items() if key != "distribution"}
        for feed, value in ((misp, {"Event": unmarked}), (taxii, bundle)):
            assert not [one for one in taken_in(feed, raw(value)) if isinstance(one, Record)]


def test_news_of_jvn_are_news_about_what_they_name(shared_data):
    found: set[str] = set()
    with tarfile.open(shared_data / "fixtures.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file and "/jvn/feed/rss/" in member.name and member.name.endswith(".rdf"):
                results = taken_in(rss, file.read())
                assert results
                found |= names(results)
                for one in results:
                    assert isinstance(one, Record)
                    assert one.references[0].url.startswith("https://jvndb.jvn.jp/ja/contents/")
                    assert {text.lang for text in one.titles} <= {"ja"}
    assert {"CVE-2021-44228", "CVE-2022-46648"} <= found
