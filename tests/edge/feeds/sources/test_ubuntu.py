"""Ubuntu's archive of all records."""

from __future__ import annotations

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.sources import ubuntu
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.sources.trackers import UBUNTU, put_ubuntu, ubuntu_record


@pytest.fixture
def ask(served, tmp_path):
    put_ubuntu(served[0], range(5))
    return lambda cursor=(): Asked(ubuntu.feed(), tmp_path, served[1], dict(cursor))


def test_the_archive_comes_and_its_records_are_counted(ask):
    (step,) = ask().steps
    assert [file.name for file in step.files] == ["osv-all.tar.xz"]
    assert step.cursor == {"records": 5}
    assert [mark.address for mark in step.marks] == [UBUNTU]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("osv/cve/2024/UBUNTU-CVE-2024-0397.json", True),
        ("./osv/cve/2024/CVE-2024-0397.json", True),
        ("osv/usn/USN-6891-1.json", False),
        ("osv/cve/2024/CVE-2024-0397.json.sig", False),
    ],
)
def test_records_of_cves_alone_are_wanted(name, wanted):
    assert ubuntu.is_record(name) is wanted


@pytest.mark.parametrize("records", [0, 1], ids=["no record", "less than half"])
def test_an_archive_that_has_lost_its_records_is_none(ask, served, records):
    known = ask().cursor
    put_ubuntu(served[0], range(records))
    with pytest.raises(UnexpectedAnswer, match="records"):
        ask(known)


@pytest.mark.parametrize("end", [0, 50, -20], ids=["nothing", "its beginning", "almost all"])
def test_half_an_archive_is_none(ask, served, end):
    whole = served[0].files[UBUNTU.removeprefix("https://")]
    served[0].put(UBUNTU, whole[:end])
    with pytest.raises(UnexpectedAnswer, match="tar"):
        ask()


def test_an_archive_of_something_else_is_none(ask, served):
    put_ubuntu(served[0], [], {"README": ubuntu_record(1)})
    with pytest.raises(UnexpectedAnswer, match="0 records"):
        ask()
