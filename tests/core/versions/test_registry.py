from __future__ import annotations

import pytest

from noroshi.core.errors import VersionError
from noroshi.core.identity import VERSION_SCHEMES
from noroshi.core.versions.registry import SCHEMES, key


def test_every_scheme_is_registered_under_its_own_name() -> None:
    assert set(SCHEMES) == {"apk", "deb", "generic", "maven", "npm", "pypi", "rpm", "semver"}
    assert all(name == scheme.NAME for name, scheme in SCHEMES.items())


def test_every_scheme_that_a_purl_type_names_exists() -> None:
    assert set(VERSION_SCHEMES.values()) | {"generic"} <= set(SCHEMES)


@pytest.mark.parametrize("name", SCHEMES)
def test_the_key_is_that_of_the_named_scheme(name: str) -> None:
    second = "1.10-r2" if name == "apk" else "1.10-2"
    assert key(name, second) == SCHEMES[name].key(second)
    assert key(name, "1.9") < key(name, second) < key(name, "2")


@pytest.mark.parametrize("name", ["git", "", "SEMVER", "x" * 10_000])
def test_an_unknown_scheme_is_refused(name: str) -> None:
    with pytest.raises(VersionError) as refused:
        key(name, "1.0")
    assert len(str(refused.value)) < 200


def test_a_refused_version_is_refused_again() -> None:
    for _ in range(2):
        with pytest.raises(VersionError):
            key("semver", "latest")
