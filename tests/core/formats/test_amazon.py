"""Amazon Linux's advisories: what is fixed, in which release, from which version on."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import FormatError
from noroshi.core.facets import Rating, Record, Status, VersionRange
from noroshi.core.formats import amazon
from tests.core.formats.contract.amazon import update, updates
from tests.core.formats.feed_samples import NAME, documents, records


def outcomes(document: bytes) -> tuple[list[Record], list[FormatError]]:
    found = list(amazon.read(document))
    good = [each for each in found if isinstance(each, Record)]
    return good, [each for each in found if isinstance(each, FormatError)]


def test_an_update_is_a_record_for_each_cve():
    two = update().replace(
        b"</references>", b'<reference href="" id="CVE-2024-99990002" type="cve" /></references>'
    )
    found = records(amazon, two)
    assert [each.external_id for each in found] == [
        f"ALAS2023-2024-901/{NAME}",
        "ALAS2023-2024-901/CVE-2024-99990002",
    ]
    assert found[0].names == (NAME,)
    assert found[0].advisories == ("ALAS2023-2024-901",)
    assert found[0].ratings == (Rating("amazon", "important"),)
    assert found[0].modified == dt.datetime(2024, 7, 10, 10, 0, tzinfo=dt.UTC)
    assert [each.url for each in found[0].references] == [f"https://cve.example/{NAME}"]


def test_packages_are_fixed_from_their_version_on_in_their_release():
    (record,) = records(amazon, update())
    told = {each.product.name: each.ranges for each in record.affected}
    plain, with_epoch = "2.4-1.amzn2023.0.2", "1:2.4-1.amzn2023.0.2"
    assert told == {
        "rpm/amzn/kasumid?distro=amzn-2023": (
            VersionRange(high=plain),
            VersionRange(Status.FIXED, low=plain),
        ),
        "rpm/amzn/kasumi-tools?distro=amzn-2023": (
            VersionRange(high=with_epoch),
            VersionRange(Status.FIXED, low=with_epoch),
        ),
    }


@pytest.mark.parametrize(
    ("mark", "release"), [(b"amzn2.0.1", "amzn-2"), (b"48.amzn1", "amzn-2018.03")]
)
def test_the_release_is_that_whose_mark_the_version_bears(mark, release):
    (record,) = records(amazon, update().replace(b"amzn2023.0.2", mark))
    assert all(each.product.name.endswith(release) for each in record.affected)


def test_of_several_versions_of_a_package_the_last_counts():
    more = b'<package name="kasumid" version="2.10" release="1.amzn2023" epoch="0" /></collection>'
    (record,) = records(amazon, update().replace(b"</collection>", more))
    assert record.affected[0].ranges[0].high == "2.10-1.amzn2023"


@pytest.mark.parametrize("kind", ["bugfix", "enhancement", "newpackage", ""])
def test_updates_that_are_not_for_security_say_nothing(kind):
    assert outcomes(update(kind=kind)) == ([], [])


def test_what_is_odd_in_a_package_is_told_and_the_rest_counts():
    good, odd = outcomes(update().replace(b'release="1.amzn2023.0.2"', b'release="1.el9"', 1))
    assert [error.code for error in odd] == ["wrong-shape"]
    assert len(good[0].affected) == 2  # the other architecture names it


@pytest.mark.parametrize(
    "document", [update(advisory=""), update(advisory="x/y"), b"<other/>", b"<update"]
)
def test_what_is_no_advisory_is_refused_by_its_place(document):
    good, (error,) = outcomes(document)
    assert good == []
    assert error.where.startswith("line ")


def test_a_name_that_is_none_is_told():
    good, (error,) = outcomes(update("CVE-2024-X"))
    assert good == []
    assert (error.code, error.where) == ("not-an-identifier", "line 1")


def test_each_update_is_a_document_with_its_line():
    found = documents(amazon, updates(update(), update("CVE-2024-99990002")))
    assert [each.where for each in found] == ["line 2", "line 3"]
    assert found[1].body == update("CVE-2024-99990002")
