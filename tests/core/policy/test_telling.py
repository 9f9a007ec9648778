"""How much of a notice may leave by mail and webhook."""

from __future__ import annotations

import pytest

from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.telling import Telling, telling

ALLOWED = {
    Tlp.CLEAR: Telling.CONTENTS,
    Tlp.GREEN: Telling.CONTENTS,
    Tlp.AMBER: Telling.ENVELOPE,
    Tlp.AMBER_STRICT: Telling.ENVELOPE,
    Tlp.RED: Telling.NOTHING,
}


@pytest.mark.parametrize("tlp", list(Tlp))
def test_each_marking_has_its_measure(tlp):
    assert telling(tlp, affected_only=False) is ALLOWED[tlp]


@pytest.mark.parametrize("tlp", list(Tlp))
def test_what_went_to_those_affected_never_leaves_with_its_contents(tlp):
    said = telling(tlp, affected_only=True)
    assert said is (Telling.NOTHING if tlp is Tlp.RED else Telling.ENVELOPE)
