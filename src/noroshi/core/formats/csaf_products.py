"""The product tree of CSAF: what each product id stands for.

A leaf names a vendor, a product and a version by the branches above it. Its identities are the
package URLs and the CPE name of its identification helper; vendor and product as words, where it
has none of both. Firmware installed on hardware, and a component of something (``relationships``,
``product_paths``), is the first of the two, and the others are platforms it needs.

A product without any version means every version of it where something is called affected or not
affected. A flat full product name holds its version somewhere in its words: its versions are
unknown, unless a package URL or CPE name tells them.
Source: CSAF 2.0 §3.1.2, §3.1.3, §3.2.2; CSAF 2.1 the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Product
from noroshi.core.formats import configurations, csaf_shapes, csaf_versions
from noroshi.core.formats.csaf_versions import EVERY, Span
from noroshi.core.formats.cve5_versions import LONGEST_LIST
from noroshi.core.identity import Cpe, Purl, named, parse_cpe, parse_purl

LONGEST_PLATFORM = 300
"""Characters of a platform that has no CPE name; no hardware's full name has more."""

LONGEST_NAME = 512
"""Characters of a vendor or product beyond which a text is not taken for its name."""

MOST_STEPS = 8
"""Relationships that one product may rest on, one upon the other."""

MOST_ALIKE = 16
"""Things that one product id may stand for, and names that one of them may have."""

MOST_PLATFORMS = 256
"""Platforms of one product. Fewer than there are only makes a claim ask for one more look."""

_RANGES = frozenset({"product_version_range"})
_VERSIONS = frozenset({"product_version", "product_version_range"})
_LEVELS = frozenset({"service_pack", "patch_level"})
_NO_LEVEL = frozenset({"", "base", "none", "n/a", "-", "*"})


class Identity(NamedTuple):
    """One way a product is named, and what its versions mean in the scheme that orders them.

    ``spans`` is ``None`` where they cannot be told; ``versioned``: some version is given.
    """

    product: Product
    versions: str
    cpe: str | None
    spans: tuple[Span, ...] | None
    versioned: bool


class Item(NamedTuple):
    """A product with a version: its identities, and the platforms that must be there with it."""

    identities: tuple[Identity, ...]
    name: str
    platforms: tuple[str, ...] = ()

    @property
    def upward(self) -> bool:
        """Whether its versions begin somewhere and never end."""
        spans = [span for identity in self.identities for span in identity.spans or ()]
        return bool(spans) and all(span.upward for span in spans)


class Place(NamedTuple):
    """The branches above a leaf, as far as they name something."""

    vendor: str = ""
    family: str = ""
    product: str = ""
    version: str = ""
    ranged: bool = False

    def below(self, category: str, name: str) -> Place:
        """Return the place one branch down."""
        if category == "vendor":
            return self._replace(vendor=name)
        if category == "product_family":
            return self._replace(family=name)
        if category == "product_name":
            return self._replace(product=name)
        if category in _VERSIONS:
            return self._replace(version=name, ranged=category in _RANGES)
        if category in _LEVELS:
            return self._replace(version=_level(self.version, name))
        return self


class Catalogue:
    """The products of a document by id. ``problems`` are what could not be read of the tree."""

    def __init__(self, tree: csaf_shapes.ProductTree, vendor: str) -> None:
        """Read a product tree; ``vendor`` is whose products they are where it does not say."""
        self.problems: list[FormatError] = []
        self._items: dict[str, list[Item]] = {}
        self._crowded: set[str] = set()
        self._in_group: dict[str, tuple[Product, ...]] = {}
        self._groups = {group.group_id: group.product_ids for group in tree.product_groups}
        self._branches(tree.branches, Place(vendor=vendor))
        for index, flat in enumerate(tree.full_product_names):
            place = Place(vendor=vendor, product=flat.name)
            self._name(flat, place, f"$.product_tree.full_product_names[{index}]", flat=True)
        self._relations(tree)

    def items(self, product_id: str) -> list[Item]:
        """Return what an id stands for: several, where a document gives it several times."""
        return self._items.get(product_id, [])

    def group(self, group_id: str) -> list[str]:
        """Return the product ids of a group; none if there is no such group."""
        return self._groups.get(group_id, [])

    def products(self, concerned: csaf_shapes.Concerned) -> tuple[Product, ...]:
        """Return the products, and those of the groups, that something concerns, each once."""
        found = dict.fromkeys(self._products_of(concerned.product_ids))
        for group_id in concerned.group_ids:
            if group_id not in self._in_group:
                members = self._products_of(self.group(group_id))
                self._in_group[group_id] = tuple(dict.fromkeys(members))
            found.update(dict.fromkeys(self._in_group[group_id]))
        return tuple(found)

    def _products_of(self, product_ids: list[str]) -> Iterator[Product]:
        for product_id in product_ids:
            for item in self.items(product_id):
                for identity in item.identities:
                    yield identity.product

    def _add(self, product_id: str, item: Item, path: str) -> None:
        items = self._items.setdefault(product_id, [])
        if len(items) < MOST_ALIKE:
            items.append(item)
        elif product_id not in self._crowded:
            self._crowded.add(product_id)
            detail = f"an id given more than {MOST_ALIKE} times"
            self.problems.append(WrongShape(path, detail=detail))

    def _name(self, name: csaf_shapes.FullName, place: Place, path: str, *, flat: bool) -> None:
        identities = self._identities(name, place, path, flat=flat)
        if identities:
            self._add(name.product_id, Item(identities, name.name), path)

    def _branches(self, branches: list[csaf_shapes.Branch], root: Place) -> None:
        """Walk the tree in its order; its depth is somebody else's choice, so not by recursion."""
        todo = [
            (branch, root, f"$.product_tree.branches[{index}]")
            for index, branch in reversed(list(enumerate(branches)))
        ]
        while todo:
            branch, above, path = todo.pop()
            place = above.below(branch.category, branch.name)
            if branch.product is not None:
                self._name(branch.product, place, f"{path}.product", flat=False)
            todo.extend(
                (below, place, f"{path}.branches[{index}]")
                for index, below in reversed(list(enumerate(branch.branches)))
            )

    def _identities(
        self, name: csaf_shapes.FullName, place: Place, path: str, *, flat: bool
    ) -> tuple[Identity, ...]:
        helper = name.product_identification_helper
        if helper is not None:
            purls, cpe = self._names(helper, f"{path}.product_identification_helper")
            found = [_by_purl(purl, place, flat=flat) for purl in purls]
            if cpe is not None and configurations.names_product(cpe):
                found.append(_by_cpe(cpe, place, flat=flat))
            if found:
                return tuple(dict.fromkeys(found))
        return _by_words(name, place, flat=flat)

    def _names(
        self, helper: csaf_shapes.Identification, path: str
    ) -> tuple[list[Purl], Cpe | None]:
        """Return the names machines can compare; what only pretends to be one is a problem."""
        purls: list[Purl] = []
        cpe = None
        some = helper.purls[:MOST_ALIKE]
        written = [(f"{path}.purls[{index}]", text) for index, text in enumerate(some)]
        if helper.purl:
            written.insert(0, (f"{path}.purl", helper.purl))
        for place, text in written:
            try:
                purls.append(parse_purl(text))
            except NotAnIdentifier as error:
                self.problems.append(NotAnIdentifier(place, **error.facts))
        if helper.cpe:
            try:
                cpe = parse_cpe(helper.cpe)
            except NotAnIdentifier as error:
                self.problems.append(NotAnIdentifier(f"{path}.cpe", **error.facts))
        return purls, cpe

    def _relations(self, tree: csaf_shapes.ProductTree) -> None:
        """Read the relationships; one may rest on another, whatever order they stand in."""
        waiting = [*_relations(tree)]
        for _ in range(MOST_STEPS):
            left = [relation for relation in waiting if not self._relate(relation)]
            if len(left) == len(waiting):
                break
            waiting = left
        if waiting:
            detail = f"rests on a product that is not in the tree ({len(waiting)} such)"
            self.problems.append(WrongShape(waiting[0].path, detail=detail))

    def _relate(self, relation: _Relation) -> bool:
        others = [self.items(other) for other in relation.others]
        firsts = self.items(relation.first)
        if not firsts or not all(others):
            return False
        platforms = tuple(dict.fromkeys(_platform(item) for items in others for item in items))
        own = self._own(relation)
        for first in firsts.copy():  # a product may say that it rests on itself
            needed = (*first.platforms, *platforms)[:MOST_PLATFORMS]
            item = Item(own or first.identities, relation.name.name, needed)
            self._add(relation.name.product_id, item, relation.path)
        return True

    def _own(self, relation: _Relation) -> tuple[Identity, ...]:
        """Return the identities a related product gives itself, beside those of its parts."""
        if relation.name.product_identification_helper is None:
            return ()
        path = f"{relation.path}.full_product_name"
        found = self._identities(relation.name, Place(), path, flat=True)
        return tuple(each for each in found if each.product.scheme != "name")


class _Relation(NamedTuple):
    """A product made of one that counts and others that must be there."""

    path: str
    name: csaf_shapes.FullName
    first: str
    others: tuple[str, ...]


def _relations(tree: csaf_shapes.ProductTree) -> Iterator[_Relation]:
    for index, each in enumerate(tree.relationships):
        yield _Relation(
            f"$.product_tree.relationships[{index}]",
            each.full_product_name,
            each.product_reference,
            (each.relates_to_product_reference,),
        )
    for index, path in enumerate(tree.product_paths):
        yield _Relation(
            f"$.product_tree.product_paths[{index}]",
            path.full_product_name,
            path.beginning_product_reference,
            tuple(step.next_product_reference for step in path.subpaths),
        )


def _platform(item: Item) -> str:
    """Return a platform as conditions name it: by CPE, else in the document's words."""
    cpe = next((each.cpe for each in item.identities if each.cpe), None)
    words = " ".join(item.name[: 2 * LONGEST_PLATFORM].split())[:LONGEST_PLATFORM]
    return cpe or words or item.identities[0].product.name


def _by_purl(purl: Purl, place: Place, *, flat: bool) -> Identity:
    """Name a product by its package URL; its own version counts unless a range is given."""
    if purl.version and not place.ranged:
        epoch = dict(purl.qualifiers).get("epoch") if purl.type == "rpm" else None
        version = purl.version if not epoch or ":" in purl.version else f"{epoch}:{purl.version}"
        spans = csaf_versions.single(version)
        return Identity(purl.identity, purl.versions, None, spans, versioned=True)
    told = _told(place, flat=flat)
    return Identity(purl.identity, purl.versions, None, told, versioned=bool(place.version))


def _by_cpe(cpe: Cpe, place: Place, *, flat: bool) -> Identity:
    """Name a product by its CPE name, which is made general where it carries a version."""
    told, versioned = _told(place, flat=flat), bool(place.version)
    if cpe.version in {"*", "-"}:
        return Identity(cpe.identity, "generic", cpe.text, told, versioned)
    if told is None or not versioned:
        own = configurations.own_version(cpe)
        told = csaf_versions.single(own[0].low or "") if own else None
    general = msgspec.structs.replace(cpe, version="*", update="*")
    return Identity(cpe.identity, "generic", general.text, told, versioned=True)


def _by_words(name: csaf_shapes.FullName, place: Place, *, flat: bool) -> tuple[Identity, ...]:
    product = place.product or place.family or name.name
    if not product.strip() or len(product) > LONGEST_NAME or len(place.vendor) > LONGEST_NAME:
        return ()
    written = csaf_versions.read(place.version, place.product or place.family)
    spans = None if flat or not (place.product or place.family) else written.spans
    if not place.version and not flat:
        spans = EVERY
    identity = named(place.vendor, product)
    versioned = bool(place.version) or flat
    return (Identity(identity, written.scheme, None, spans, versioned=versioned),)


def _told(place: Place, *, flat: bool) -> tuple[Span, ...] | None:
    """Return what the version branch says; without one, every version."""
    if not place.version:
        return EVERY
    return None if flat else csaf_versions.read(place.version, place.product or place.family).spans


def _level(version: str, name: str) -> str:
    """Return the version with its service pack; one that repeats the version stands alone."""
    if len(version) + len(name) > LONGEST_LIST:
        return version  # neither is one any more, and leaves by the thousand shall not copy it
    level = name.strip()
    if level.casefold() in _NO_LEVEL:
        return version
    number = _first_number(level)
    if not version or (number and level[:1].isdigit() and number == _first_number(version)):
        return level
    return f"{version} {level}"


def _first_number(text: str) -> str:
    begin = next((at for at, letter in enumerate(text) if letter.isdecimal()), len(text))
    end = begin
    while end < len(text) and text[end].isdecimal():
        end += 1
    return text[begin:end]
