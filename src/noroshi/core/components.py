"""What an inventory says about the software of one system, in one vocabulary."""

from __future__ import annotations

import datetime as dt

import msgspec


class Component(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One software item of an inventory.

    ``path`` says where in the document it stands (``$.components[3]``, ``SPDXRef-Package-x``).
    ``purl`` and ``cpes`` are valid and canonical; broken ones are left out and reported as a
    `Problem`. ``kind`` is the document's own word (``library``, ``firmware``, …), lower case.
    """

    name: str
    version: str | None = None
    purl: str | None = None
    cpes: tuple[str, ...] = ()
    kind: str = "library"
    supplier: str = ""
    path: str = ""


class Problem(msgspec.Struct, frozen=True):
    """Something an inventory says that could not be used; the rest of it was.

    ``code`` is the code of the `core.errors` error, ``where`` the place, ``text`` its sentence.
    """

    code: str
    where: str
    text: str


class InventoryDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A whole SBOM as read: its ``dialect`` (``CycloneDX 1.5 JSON``) and what it is of."""

    dialect: str
    subject: str
    created: dt.datetime | None
    components: tuple[Component, ...]
    problems: tuple[Problem, ...] = ()
