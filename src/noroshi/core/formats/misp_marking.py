"""Whether a MISP event is for everybody: what is read here, everybody may see.

The event is one document, and the document is what people may look at; so its strictest part
decides. A TLP tag speaks first, wherever it stands; where there is none, MISP's own distribution:
3 "all communities" for the event, and nothing narrower inside (5 "as the event"). A tag that cannot
be read is no permission, and neither is a vulnerability under embargo.

Sources: https://www.misp-standard.org/rfc/misp-standard-core.html (``distribution``, ``Tag``),
MISP taxonomy ``tlp``, MISP object template ``vulnerability`` (``state``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.policy.marking import Tlp, parse_tlp

_ONLY = "only what is for everybody is read"
_EVERYBODY, _AS_THE_EVENT = "3", "5"
_ASIDE = frozenset({"Galaxy", "Orgc", "Org", "RelatedEvent", "SharingGroup"})
"""Parts that have a distribution of their own which says nothing of this event."""


def refusal(event: object) -> FormatError | None:
    """Return why an event, as decoded, is not read; ``None`` if it is for everybody."""
    said = _Said()
    try:
        for key, value in _members(event):
            said.hear(key, value)
    except NotAnIdentifier as error:
        return WrongShape("$.Event.Tag", detail=f"{error.facts['value']}; {_ONLY}")
    if said.embargo:
        return WrongShape("$.Event.Object", detail=f"an embargo; {_ONLY}")
    if said.strictest is not None:
        if said.strictest is Tlp.CLEAR:
            return None
        return WrongShape("$.Event.Tag", detail=f"{said.strictest.label}; {_ONLY}")
    own = str(event.get("distribution")) if isinstance(event, dict) else ""
    if own == _EVERYBODY and said.distributions <= {_EVERYBODY, _AS_THE_EVENT}:
        return None
    return WrongShape("$.Event.distribution", detail=f"neither TLP:CLEAR nor for all; {_ONLY}")


def may_be_open(tags: Iterable[str]) -> bool:
    """Say whether a list that tells the tags of an event leaves it open that all may read it."""
    try:
        return all(tlp is Tlp.CLEAR for tlp in map(_tlp, tags) if tlp is not None)
    except NotAnIdentifier:
        return False


def _tlp(tag: str) -> Tlp | None:
    """Return the label of a tag; raises `NotAnIdentifier` for one of TLP that is none."""
    return parse_tlp(tag) if tag.strip().lower().startswith("tlp") else None


class _Said:
    """What the parts of an event say of who may read it."""

    def __init__(self) -> None:
        self.strictest: Tlp | None = None
        self.distributions: set[str] = set()
        self.embargo = False

    def hear(self, key: str, value: object) -> None:
        """Take one member of one object; raises `NotAnIdentifier` for a tag that is unclear."""
        if key == "Tag":
            for name in _names(value):
                tlp = _tlp(name)
                if tlp is not None:
                    self.strictest = max(self.strictest or tlp, tlp)
        elif key == "distribution":
            self.distributions.add(str(value))
        elif key == "Attribute":
            self.embargo |= any(map(_is_embargo, value if isinstance(value, list) else [value]))


def _is_embargo(attribute: object) -> bool:
    if not isinstance(attribute, dict) or attribute.get("object_relation") != "state":
        return False
    return str(attribute.get("value")).strip().lower() == "embargo"


def _names(tags: object) -> Iterator[str]:
    """Yield the names of tags; raises `NotAnIdentifier` where one cannot be told."""
    for tag in tags if isinstance(tags, list) else [] if tags is None else [tags]:
        name = tag.get("name") if isinstance(tag, dict) else tag
        if not isinstance(name, str):
            raise NotAnIdentifier(value="a tag without a name", kind="TLP label")
        yield name


def _members(event: object) -> Iterator[tuple[str, object]]:
    """Yield every member of every object below, but for what speaks of something else."""
    left = [event]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key, inner
                if key not in _ASIDE:
                    left.append(inner)
        elif isinstance(value, list):
            left.extend(value)
