from __future__ import annotations

import pytest

from noroshi.core.facets import Severity
from noroshi.core.formats.claims import LONGEST_VECTOR
from noroshi.core.formats.vectors import scored
from tests.core.formats.feed_samples import V20, V31, V40


@pytest.mark.parametrize(
    ("vector", "version", "score"),
    [
        (V20, "2.0", 7.5),
        (V31.replace("3.1", "3.0"), "3.0", 9.8),
        (V31, "3.1", 9.8),
        (V40, "4.0", 9.3),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0.0),
    ],
)
def test_the_base_score_follows_from_the_vector(vector, version, score):
    assert scored("kasumi", vector) == Severity("kasumi", version, vector, score)


@pytest.mark.parametrize(
    "vector", ["", "9.8", "CVSS:3.1/AV:N", "CVSS:5.0/AV:N", V31[9:], V31 + "/" * LONGEST_VECTOR]
)
def test_what_is_no_vector_has_no_score(vector):
    assert scored("kasumi", vector) is None
