from __future__ import annotations

import pytest

from noroshi.core.errors import UnsupportedVersion
from noroshi.core.formats import cyclonedx_json
from noroshi.core.formats.component_claims import LONGEST_TEXT


def read(*components: object, **members: object):
    return cyclonedx_json.read(
        {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": list(components), **members}
    )


@pytest.mark.parametrize("version", ["1.1", "1.8", "2.0", "", None, 1.5, "1.5.0", "9" * 1_000])
def test_a_version_that_is_not_read_is_refused_with_those_that_are(version):
    with pytest.raises(UnsupportedVersion) as caught:
        cyclonedx_json.read({"bomFormat": "CycloneDX", "specVersion": version})
    assert caught.value.where == "$.specVersion"
    assert "1.2, 1.3, 1.4, 1.5, 1.6, 1.7" in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_path_is_the_reference_and_else_the_json_path():
    found = read(
        {"name": "a", "bom-ref": "r"},
        {"name": "b", "components": [{"name": "c"}]},
        {"name": "d", "bom-ref": "r" * (LONGEST_TEXT + 1)},
    )
    assert [component.path for component in found.components] == [
        "r",
        "$.components[1]",
        "$.components[1].components[0]",
        "$.components[2]",
    ]


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"name": 7, "purl": "pkg:npm/kept@1"}, ".name"),
        ({"name": "kept", "version": 7}, ".version"),
        ({"name": "kept", "purl": ["pkg:npm/x"]}, ".purl"),
        ({"name": "kept", "cpe": {}}, ".cpe"),
        ({"name": "kept", "type": None, "supplier": "S"}, ".supplier"),
        ({"name": "kept", "supplier": {"name": []}}, ".supplier.name"),
        ({"name": "kept", "evidence": []}, ".evidence"),
        ({"name": "kept", "components": "x"}, ".components"),
        ({"name": "kept", "components": [[]]}, ".components[0]"),
        ({"name": "kept", "bom-ref": 1}, ".bom-ref"),
    ],
)
def test_a_value_of_the_wrong_type_costs_only_itself(broken, place):
    found = read({"name": "before"}, broken, {"name": "after"})
    assert [component.name for component in found.components] == ["before", "kept", "after"]
    assert f"$.components[1]{place}" in {problem.where for problem in found.problems}


@pytest.mark.parametrize("broken", [7, None, "x", [], {}, {"version": "1"}])
def test_what_is_no_component_costs_only_itself(broken):
    found = read({"name": "before"}, broken, {"name": "after"})
    assert [component.name for component in found.components] == ["before", "after"]
    assert {problem.where for problem in found.problems} == {"$.components[1]"}


@pytest.mark.parametrize(
    "odd", [{"components": {"name": "single"}}, {"components": 7}, {"metadata": 7}]
)
def test_an_odd_whole_is_read_as_far_as_it_goes(odd):
    found = cyclonedx_json.read({"specVersion": "1.5", **odd})
    assert len(found.components) + len(found.problems) == 1


def test_deep_nesting_is_walked_without_recursion():
    innermost: dict[str, object] = {"name": "innermost", "version": "1"}
    for number in range(20_000):
        innermost = {"name": f"level-{number}", "components": [innermost]}
    found = read(innermost)
    assert len(found.components) == 20_001
    assert found.components[-1].version == "1"
    assert max(len(component.path) for component in found.components) < 250
    while isinstance(inner := innermost.pop("components", None), list):  # freed level by level
        innermost = inner[0]
