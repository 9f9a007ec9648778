"""The public ordering vectors, most of them made with the schemes' own tools."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from noroshi.core.versions.registry import SCHEMES
from tests.core.versions import ladders

pytestmark = pytest.mark.shared_data

_FILES = {
    "semver": ["semver-versions"],
    "npm": ["semver-versions"],
    "pypi": ["pypi-versions", "pypi-versions-generated"],
    "deb": ["debian-versions", "debian-versions-generated"],
    "rpm": ["redhat-versions"],
    "maven": ["maven-versions", "maven-versions-generated"],
}
_CIRCLE = (
    "ComparableVersion of Maven 3.2.5 says so, but also that the right one precedes the release "
    "and the release precedes the left one: no order holds all three. Maven 3.8.7 and 3.9.6 "
    "contradict the vector and agree with us."
)
_EXCEPTIONS = {
    "maven": {
        "1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3": _CIRCLE,
        "1.1.0-01-glassfish < 1.1.0.Beta1": _CIRCLE,
        "2.9.0-1 < 2.9.0.RC1": _CIRCLE,
    }
}
_SIGNS = {"<": -1, "=": 0, ">": 1}


@pytest.fixture(scope="module")
def vectors(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("version-ordering")
    with tarfile.open(shared_data / "vectors" / "version-ordering.tar.gz") as archive:
        for member in archive.getmembers():
            if member.isfile() and (text := archive.extractfile(member)):
                (folder / Path(member.name).name).write_bytes(text.read())
    return folder


def _pairs(vectors: Path, scheme: str) -> Iterator[tuple[str, str, str]]:
    for name in _FILES[scheme]:
        for line in (vectors / f"{name}.txt").read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "//")):
                left, relation, right = line.split(" ")
                yield left, relation, right


@pytest.mark.parametrize("scheme", _FILES)
def test_every_vector_holds_but_for_the_listed_exceptions(vectors: Path, scheme: str) -> None:
    key = SCHEMES[scheme].key
    pairs = list(_pairs(vectors, scheme))
    assert len(pairs) > 80
    broken = {
        f"{left} {relation} {right}"
        for left, relation, right in pairs
        if ladders.sign(key(left), key(right)) != _SIGNS[relation]
    }
    assert broken == set(_EXCEPTIONS.get(scheme, {}))


@pytest.mark.parametrize("pair", _EXCEPTIONS["maven"])
def test_an_exception_is_one_because_the_release_lies_between(pair: str) -> None:
    left, right = pair.split(" < ")
    release = left.partition("-")[0]
    key = SCHEMES["maven"].key
    assert key(right) < key(release) < key(left)
