"""CycloneDX, whichever way it is written: a `Node` goes in, an inventory comes out.

Read are ``metadata`` (what the document is of, and when) and ``components``, at any depth of
nesting (https://cyclonedx.org/docs/). Services, dependencies, compositions and vulnerabilities are
not inventory and are left alone; so is a component's pedigree, which names what it is *not*.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from noroshi.core.components import Component, InventoryDocument
from noroshi.core.formats import component_claims
from noroshi.core.formats.component_claims import Claims, Quote
from noroshi.core.formats.nodes import Node
from noroshi.core.formats.problems import Problems

N = TypeVar("N", bound=Node)


def inventory(dialect: str, root: N, problems: Problems) -> InventoryDocument:
    """Read the whole document below ``root``."""
    metadata = root.child("metadata")
    subject = metadata.child("component") if metadata else None
    components = [*_subject(subject, problems), *_components(_below(root), problems)]
    return InventoryDocument(
        dialect=dialect,
        subject=_name(subject)[: component_claims.LONGEST_TEXT] if subject else "",
        created=component_claims.created(metadata.quote("timestamp"), problems)
        if metadata
        else None,
        components=tuple(components),
        problems=problems.all(),
    )


def _subject(node: N | None, problems: Problems) -> Iterator[Component]:
    """Yield what the document is of, when it says enough to be looked up, and what is inside it."""
    if node is None:
        return
    component = component_claims.component(_claims(node), problems)
    if component and (component.purl or component.cpes or component.version):
        yield component
    yield from _components(_below(node), problems)


def _components(nodes: Iterator[N], problems: Problems) -> Iterator[Component]:
    for node in nodes:
        component = component_claims.component(_claims(node), problems)
        if component:
            yield component


def _below(root: N) -> Iterator[N]:
    """Yield every nested component, each before those inside it, with a stack of our own."""
    levels = [root.children("components")]
    while levels:
        node = next(levels[-1], None)
        if node is None:
            levels.pop()
        else:
            yield node
            levels.append(node.children("components"))


def _claims(node: Node) -> Claims:
    return Claims(
        where=node.where,
        path=node.text("bom-ref"),
        name=_name(node),
        version=node.text("version"),
        kind=node.text("type"),
        supplier=_supplier(node),
        purls=_identifiers(node, "purl"),
        cpes=_identifiers(node, "cpe"),
    )


def _name(node: Node) -> str:
    """Return ``group/name``; some tools repeat the group in the name."""
    group, name = node.text("group"), node.text("name")
    return f"{group}/{name}" if group and name and not name.startswith(f"{group}/") else name


def _supplier(node: Node) -> str:
    """Return who provides it: ``supplier``, else ``publisher``, else ``manufacturer`` (1.6)."""
    supplier = node.child("supplier")
    if supplier and supplier.text("name"):
        return supplier.text("name")
    if node.text("publisher"):
        return node.text("publisher")
    manufacturer = node.child("manufacturer")
    return manufacturer.text("name") if manufacturer else ""


def _identifiers(node: Node, field: str) -> list[Quote]:
    """Return the identifier given, else those concluded from evidence (1.6 ``concludedValue``)."""
    given = node.quote(field)
    if given.text:
        return [given]
    evidence = node.child("evidence")
    return list(_concluded(evidence, field)) if evidence else []


def _concluded(evidence: Node, field: str) -> Iterator[Quote]:
    for identity in evidence.children("identity"):
        concluded = identity.quote("concludedValue")
        if identity.text("field") == field and concluded.text:
            yield concluded
