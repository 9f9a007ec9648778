"""What came, went and changed between two inventories."""

from __future__ import annotations

import pytest

from noroshi.core.changes import Item, compare, line_of
from noroshi.core.components import Component
from noroshi.core.packages import package_of


def item(name: str, version: str, **more: str) -> Item:
    facts = package_of(Component(name=name, version=version, **more))  # type: ignore[arg-type]  # fields of any kind
    return Item(facts.text, facts.name, facts.version)


def npm(name: str, version: str) -> Item:
    return item(name, version, purl=f"pkg:npm/{name}@{version}")


def names(changes) -> list[str]:
    return [change.name for change in changes]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("pkg:npm/a@1.0", "pkg:npm/a"),
        ("pkg:npm/%40scope/a@1.0", "pkg:npm/%40scope/a"),
        ("pkg:rpm/rocky/a@1-2?arch=x86_64", "pkg:rpm/rocky/a"),
        ("pkg:rpm/rocky/a?arch=x86_64", "pkg:rpm/rocky/a"),
        ("pkg:npm/a version:1.0", "pkg:npm/a"),
        ("pkg:npm/a@1.0 cpe:0123456789abcdef", "pkg:npm/a"),
        ("name:maker:what?@1", "name:maker:what?"),
    ],
)
def test_the_line_of_a_package_is_what_stays_when_its_version_changes(text, line):
    assert line_of(text) == line


def test_the_line_is_that_of_the_texts_packages_really_have():
    old, new = item("What: a@b", "1 0", supplier="Maker"), item("What: a@b", "2", supplier="Maker")
    assert line_of(old.text) == line_of(new.text) != line_of(item("What: a", "1").text)


def test_what_only_one_side_has_came_or_went():
    changes = compare([npm("old", "1")], [npm("new", "1")])
    assert (names(changes.added), names(changes.removed), changes.updated) == (["new"], ["old"], ())


def test_another_version_of_the_same_is_an_update():
    (change,) = compare([npm("a", "1.0")], [npm("a", "2.0")]).updated
    assert (change.name, change.before, change.after) == ("a", ("1.0",), ("2.0",))


def test_several_versions_side_by_side_are_told_together():
    (change,) = compare([npm("a", "1"), npm("a", "2")], [npm("a", "3")]).updated
    assert (change.before, change.after) == (("1", "2"), ("3",))


def test_the_same_name_in_another_ecosystem_is_other_software():
    changes = compare([npm("a", "1")], [item("a", "1", purl="pkg:pypi/a@1")])
    assert (names(changes.added), names(changes.removed)) == (["a"], ["a"])


def test_software_that_is_only_named_more_exactly_has_not_changed():
    named = Item("pkg:npm/a@1 cpe:0123456789abcdef", "a", "1")
    changes = compare([npm("a", "1")], [named])
    assert (changes.added, changes.removed, changes.updated) == ((), (), ())


def test_changes_are_told_by_name():
    changes = compare([], [npm("b", "1"), npm("C", "1"), npm("a", "1")])
    assert names(changes.added) == ["a", "b", "C"]
