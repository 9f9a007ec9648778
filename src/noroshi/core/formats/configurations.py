"""CPE configurations, as NVD writes them and CVE 5 took them over (``cpeApplicability``).

A configuration joins nodes, a node joins CPE matches, by AND or OR. A match that is
``vulnerable`` is a claim; one that is not names a platform the claim needs. Claims are flat here:
each vulnerable match is one `Affected`, and in an AND it points at the tuple of names of which one
must be present with it (`Record.conditions`). Three and more parties of one AND are
joined into one such tuple: too weak a condition never hides a claim, it asks for confirmation.

Sources: NVD CVE API 2.0 schema (``configurations``), CVE JSON 5.1 schema (``cpeApplicability``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier
from noroshi.core.facets import Affected, Status, VersionRange
from noroshi.core.identity import Cpe, parse_cpe, unescape

ALL = (VersionRange(),)
"""Every version."""

_WILDCARD = re.compile(r"(?<!\\)[*?]")


class Match(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One CPE name with bounds on its version, as it stands in the document."""

    criteria: str
    vulnerable: bool
    version_start_including: str | None = None
    version_start_excluding: str | None = None
    version_end_including: str | None = None
    version_end_excluding: str | None = None


class Node(msgspec.Struct, frozen=True, rename="camel"):
    """Matches joined by ``operator``."""

    cpe_match: list[Match] = []
    operator: str | None = None
    negate: bool | None = None


class Configuration(msgspec.Struct, frozen=True, rename="camel"):
    """Nodes joined by ``operator``."""

    nodes: list[Node] = []
    operator: str | None = None
    negate: bool | None = None


class Conditions:
    """The distinct platform tuples of one record, in order of appearance."""

    def __init__(self) -> None:
        self._index: dict[tuple[str, ...], int] = {}

    def index(self, names: tuple[str, ...]) -> int:
        """Return the place of ``names`` in the record's conditions; a new one is appended."""
        return self._index.setdefault(names, len(self._index))

    def all(self) -> tuple[tuple[str, ...], ...]:
        """Return `Record.conditions`."""
        return tuple(self._index)


def affected(
    configurations: Iterable[Configuration], by: str, conditions: Conditions, path: str
) -> Iterator[Affected | FormatError]:
    """Yield the claims of all configurations; ``path`` is the JSON path of their list.

    A negated configuration or node says where a weakness is *not*, which no flat claim can: it is
    passed over whole. A name that is not a CPE name yields its error.
    """
    for number, configuration in enumerate(configurations):
        if configuration.negate or any(node.negate for node in configuration.nodes):
            continue
        for result in _claims(configuration, by, conditions):
            if isinstance(result, _NotCpe):
                yield result.error(configuration, f"{path}[{number}]")
            else:
                yield result


class _NotCpe(msgspec.Struct, frozen=True):
    """A match whose name is none. Its place is looked up only now: it is rarely needed."""

    match: Match

    def error(self, configuration: Configuration, path: str) -> FormatError:
        place = next(
            f".nodes[{node}].cpeMatch[{index}].criteria"
            for node, its in enumerate(configuration.nodes)
            for index, match in enumerate(its.cpe_match)
            if match is self.match
        )
        return NotAnIdentifier(path + place, value=repr(self.match.criteria[:120]), kind="CPE name")


def _claims(
    configuration: Configuration, by: str, conditions: Conditions
) -> Iterator[Affected | _NotCpe]:
    for parties in _joined(configuration):
        for party in parties:
            vulnerable = [match for match in party if match.vulnerable]
            condition = None
            if vulnerable and len(parties) > 1:
                platforms, broken = _platforms(parties, party)
                yield from broken
                if not platforms:
                    continue  # its platforms cannot be read, and without them it would say too much
                condition = conditions.index(platforms)
            for match in vulnerable:
                claim = _claim(match, by, condition)
                if claim is not None:
                    yield claim


def _joined(configuration: Configuration) -> list[list[list[Match]]]:
    """Return the ANDs of a configuration: each a list of parties, a party a list of alternatives.

    A node that ORs its matches is one party, one that ANDs them makes each a party of its own.
    """
    nodes = [
        [[match] for match in node.cpe_match] if node.operator == "AND" else [node.cpe_match]
        for node in configuration.nodes
    ]
    if configuration.operator == "AND":
        return [[party for parties in nodes for party in parties]]
    return nodes


def _platforms(
    parties: list[list[Match]], party: list[Match]
) -> tuple[tuple[str, ...], list[_NotCpe]]:
    """Return the names that must be present with ``party``: the others', platforms before all."""
    names: dict[str, None] = {}
    broken = []
    for other in parties:
        if other is party:
            continue
        for match in [match for match in other if not match.vulnerable] or other:
            if _cpe(match.criteria) is None:
                broken.append(_NotCpe(match))
            else:
                names[match.criteria] = None
    return tuple(names), broken


def _claim(match: Match, by: str, condition: int | None) -> Affected | _NotCpe | None:
    """Return the claim of one match; none if its name leaves open which product it means."""
    cpe = _cpe(match.criteria)
    if cpe is None:
        return _NotCpe(match)
    if not names_product(cpe):
        return None
    return Affected(
        by=by,
        product=cpe.identity,
        versions="generic",
        ranges=_ranges(match, cpe),
        cpe=match.criteria,
        condition=condition,
    )


def _cpe(text: str) -> Cpe | None:
    try:
        return parse_cpe(text)
    except NotAnIdentifier:
        return None


def names_product(cpe: Cpe) -> bool:
    """Tell whether a name means one product (``cpe:2.3:o:*:*:…`` means none)."""
    return cpe.vendor != "*" and cpe.product not in {"*", "-"}


def _ranges(match: Match, cpe: Cpe) -> tuple[VersionRange, ...]:
    low = match.version_start_including or match.version_start_excluding
    high = match.version_end_including or match.version_end_excluding
    if low is None and high is None:
        return ALL if cpe.version == "*" else own_version(cpe)
    return (
        VersionRange(
            low=low,
            low_inclusive=match.version_start_including is not None or low is None,
            high=high,
            high_inclusive=match.version_end_including is not None,
        ),
    )


def own_version(cpe: Cpe, status: Status = Status.AFFECTED) -> tuple[VersionRange, ...]:
    """Return the one version a name carries (``1.0`` with update ``rc1`` → ``1.0-rc1``).

    Empty if it carries none (``*``, ``-``) or a pattern, which is no single version.
    """
    if cpe.version in {"*", "-"} or _WILDCARD.search(cpe.version):
        return ()
    text = cpe.version if cpe.update in {"*", "-"} else f"{cpe.version}-{cpe.update}"
    if "\\" in text:
        text = unescape(text)
    return (VersionRange(status, low=text, high=text, high_inclusive=True),)
