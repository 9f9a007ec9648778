"""CVSS, the Admiralty code and levels of exploitation in words: none is missing."""

from __future__ import annotations

import pytest
from cvss import constants2, constants3, constants4
from django.utils import translation

from noroshi.core.assess.assessment import ExploitationLevel, Letter
from noroshi.core.assess.vector import BASE_METRICS
from noroshi.core.facets import State
from noroshi.edge.web.vulnerabilities import cvss, judgement

PUBLISHED = {
    "2.0": constants2.METRICS_VALUE_NAMES,
    "3.1": constants3.METRICS_VALUE_NAMES,
    "4.0": constants4.METRICS_VALUE_NAMES,
}
BASE = [
    (metric, letter)
    for version, letters in PUBLISHED.items()
    for metric in BASE_METRICS[version]
    for letter in letters[metric]
]


@pytest.mark.parametrize(("metric", "letter"), sorted(set(BASE)))
def test_every_base_metric_and_value_has_words(metric, letter):
    with translation.override("en"):
        assert cvss.metric(metric) != metric
        assert cvss.value(metric, letter) != letter


def test_what_is_not_known_is_shown_as_it_is():
    assert cvss.metric("XX") == "XX"
    assert cvss.value("AV", "Z") == "Z"


def test_every_letter_number_level_and_state_has_words():
    with translation.override("en"):
        assert len({judgement.letter(one) for one in Letter}) == len(Letter)
        assert len({judgement.credibility(number) for number in range(1, 7)}) == 6
        assert len({judgement.level(one) for one in ExploitationLevel}) == len(ExploitationLevel)
        assert len({judgement.state(one) for one in State}) == len(State)
