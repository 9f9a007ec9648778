from __future__ import annotations

import pytest
from hypothesis import given

from noroshi.core.errors import VersionError
from noroshi.core.versions import npm, semver
from tests.core.versions import ladders


def test_known_versions_ascend() -> None:
    ladders.assert_ascends(
        npm.key,
        """
        4.17.0-beta
        4.17.0  v4.17.0  =4.17.0  =v4.17.0  4.17
        4.17.5
        4.17.21
        5.0.0-rc.1
        5.0.0
        """,
    )


def test_keys_are_those_of_semantic_versions() -> None:
    assert npm.key("= v1.2.3-rc.1") == semver.key("1.2.3-rc.1")


def test_a_pre_release_lies_in_an_interval_of_releases() -> None:
    assert npm.key("1.0.0") <= npm.key("1.5.0-beta.1") < npm.key("2.0.0")


@pytest.mark.parametrize("text", ["latest", "^1.0.0", ">=1.0.0", "*", "1.x", "v", "="])
def test_requirements_and_tags_are_refused_in_npms_name(text: str) -> None:
    with pytest.raises(VersionError) as refused:
        npm.key(text)
    assert refused.value.facts["scheme"] == "npm"


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(npm, text)
