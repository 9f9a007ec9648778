from __future__ import annotations

import re
from itertools import pairwise

import pytest

from noroshi.core.formats import releases


def test_releases_ascend_and_only_the_last_has_no_version():
    for table, last in ((releases.UBUNTU, "devel"), (releases.DEBIAN, "sid")):
        *versions, unreleased = table.values()
        assert unreleased == last
        assert all(re.fullmatch(r"\d+(\.\d+)?", version) for version in versions)
        numbers = [tuple(map(int, version.split("."))) for version in versions]
        assert all(before < after for before, after in pairwise(numbers))


@pytest.mark.parametrize(
    ("table", "name", "version"),
    [
        (releases.UBUNTU, "dapper", "6.06"),
        (releases.UBUNTU, "jammy", "22.04"),
        (releases.DEBIAN, "squeeze", "6.0"),
        (releases.DEBIAN, "bookworm", "12"),
    ],
)
def test_a_code_name_stands_for_a_version(table, name, version):
    assert table[name] == version
