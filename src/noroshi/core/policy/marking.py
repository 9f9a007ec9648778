"""Markings: the Traffic Light Protocol 2.0 and the Permissible Actions Protocol.

Sources: FIRST TLP 2.0 (August 2022); identifiers of the STIX 2.1 TLP 2.0 extension, and of STIX 2.1
§7.2.1.4 for the four TLP 1.0 markings that older senders still use.
"""

from __future__ import annotations

from enum import StrEnum

from noroshi.core.errors import NotAnIdentifier


class Tlp(StrEnum):
    """A TLP 2.0 label. Labels are ordered by restrictiveness: ``Tlp.CLEAR < Tlp.RED``."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 for CLEAR … 4 for RED: the higher, the fewer may read."""
        return _RANKS[self]

    @property
    def label(self) -> str:
        """The label as it is written on a document: ``TLP:AMBER+STRICT``."""
        return f"TLP:{self.value.upper()}"

    @property
    def stix_id(self) -> str:
        """The STIX 2.1 marking-definition of this label (TLP 2.0 extension)."""
        return f"marking-definition--{_STIX_IDS[self]}"

    # An enumeration of strings would otherwise be ordered by the alphabet: AMBER before CLEAR.
    def __lt__(self, other: str, /) -> bool:
        return self.rank < Tlp(other).rank

    def __le__(self, other: str, /) -> bool:
        return self.rank <= Tlp(other).rank

    def __gt__(self, other: str, /) -> bool:
        return self.rank > Tlp(other).rank

    def __ge__(self, other: str, /) -> bool:
        return self.rank >= Tlp(other).rank


_RANKS = {tlp: rank for rank, tlp in enumerate(Tlp)}

_STIX_IDS = {
    Tlp.CLEAR: "94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "e828b379-4e03-4974-9ac4-e53a884c97c1",
}

_OLD_STIX_IDS = {
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}

_BY_STIX_ID = {
    f"marking-definition--{key}": tlp
    for key, tlp in {**{key: tlp for tlp, key in _STIX_IDS.items()}, **_OLD_STIX_IDS}.items()
}

# TLP 1.0 said WHITE; forms and file names often write the plus sign differently.
_SPELLINGS = {
    "white": Tlp.CLEAR,
    "amber_strict": Tlp.AMBER_STRICT,
    "amber-strict": Tlp.AMBER_STRICT,
}


class Pap(StrEnum):
    """What a recipient may do with an indicator, from passive to anything (MISP taxonomy PAP)."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def parse_tlp(text: str) -> Tlp:
    """Read a label as people and programs write it (``TLP:AMBER+STRICT``, ``white``).

    Raises `NotAnIdentifier`; nothing is guessed, because a guess could only be too open or too
    closed.
    """
    word = _word(text, "tlp:")
    try:
        return _SPELLINGS.get(word) or Tlp(word)
    except ValueError as error:
        raise NotAnIdentifier(value=repr(text[:40]), kind="TLP label") from error


def parse_pap(text: str) -> Pap:
    """Read a PAP label (``PAP:GREEN``); raises `NotAnIdentifier`."""
    word = _word(text, "pap:")
    try:
        return Pap("clear" if word == "white" else word)
    except ValueError as error:
        raise NotAnIdentifier(value=repr(text[:40]), kind="PAP label") from error


def tlp_of_stix_id(identifier: str) -> Tlp | None:
    """Return the label a STIX marking-definition stands for; ``None`` if it is no TLP marking."""
    return _BY_STIX_ID.get(identifier)


def _word(text: str, prefix: str) -> str:
    # The slice keeps a hostile, endless label from being copied about.
    return text[:40].strip().lower().removeprefix(prefix).strip()
