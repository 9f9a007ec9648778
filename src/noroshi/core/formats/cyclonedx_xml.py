"""CycloneDX 1.0–1.7 as XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from lxml import etree

from noroshi.core.components import InventoryDocument
from noroshi.core.errors import DuplicateKey, UnsupportedVersion, WrongShape
from noroshi.core.formats import cyclonedx
from noroshi.core.formats.component_claims import Quote
from noroshi.core.formats.nodes import below
from noroshi.core.formats.problems import Problems

VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
"""The versions that are read, as they end the namespace."""

NAMESPACE = "http://cyclonedx.org/schema/bom/"
"""What every namespace of CycloneDX begins with; its version follows."""

_ITEMS = {"components": "component"}
_ONCE = frozenset(
    {"component", "components", "cpe", "evidence", "group", "metadata", "name", "publisher"}
    | {"purl", "supplier", "timestamp", "version"}
)


def is_one(root: etree._Element) -> bool:
    """Tell whether the root element is of CycloneDX."""
    return root.tag.startswith(f"{{{NAMESPACE}") and root.tag.endswith("}bom")


def read(root: etree._Element) -> InventoryDocument:
    """Read a parsed document; raises `UnsupportedVersion`."""
    namespace = root.tag[1:].partition("}")[0]
    version = namespace.removeprefix(NAMESPACE)
    if version not in VERSIONS:
        raise UnsupportedVersion(
            "/bom",
            format="CycloneDX XML",
            version=repr(version[:40]),
            supported=", ".join(VERSIONS),
        )
    problems = Problems()
    node = XmlNode(root, "/bom", f"{{{namespace}}}", problems)
    return cyclonedx.inventory(f"CycloneDX {version} XML", node, problems)


class XmlNode:
    """An element of one namespace: its members are its attributes and child elements."""

    __slots__ = ("_element", "_members", "_namespace", "_problems", "where")

    def __init__(
        self, element: etree._Element, where: str, namespace: str, problems: Problems
    ) -> None:
        self.where = where
        self._element = element
        self._namespace = namespace
        self._problems = problems
        self._members = self._first_of_each(element)

    def quote(self, key: str, /) -> Quote:
        """Return the text of an attribute or child element with its place."""
        return Quote(self.text(key), f"{self.where}/{key}")

    def text(self, key: str, /) -> str:
        """Return the text of an attribute or child element."""
        attribute = self._element.get(key)
        if attribute is not None:
            return attribute.strip()
        element = self._members.get(key)
        if element is None:
            return ""
        if len(element):
            self._problems.add(WrongShape(f"{self.where}/{key}", detail="expected a text"))
        return (element.text or "").strip()

    def child(self, key: str, /) -> Self | None:
        """Return a child element."""
        element = self._members.get(key)
        return None if element is None else self._node(element, below(self.where, f"/{key}"))

    def children(self, key: str, /) -> Iterator[Self]:
        """Return the items of a list: those inside its container, or the repeated elements."""
        item = _ITEMS.get(key)
        parent = self._element if item is None else self._members.get(key)
        if parent is None:
            return
        place = below(self.where, f"/{key}/{item}" if item else f"/{key}")
        tag = f"{self._namespace}{item or key}"
        for index, element in enumerate(parent.iterchildren(tag), start=1):
            yield self._node(element, f"{place}[{index}]")

    def _node(self, element: etree._Element, where: str) -> Self:
        return type(self)(element, where, self._namespace, self._problems)

    def _first_of_each(self, element: etree._Element) -> dict[str, etree._Element]:
        """Map local names to elements; of two with one name the first holds, and that is told."""
        members: dict[str, etree._Element] = {}
        for child in element:
            name = child.tag.removeprefix(self._namespace)
            if members.setdefault(name, child) is not child and name in _ONCE:
                self._problems.add(DuplicateKey(self.where, key=name))
        return members
