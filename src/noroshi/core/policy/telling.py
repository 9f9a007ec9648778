"""How much of a notice may leave the platform, by mail or by webhook.

TLP 2.0 leaves the channel to whoever shares; here a mail counts as read by anybody on its way:

======================  ==========================================================
CLEAR, GREEN            the title and the text
AMBER, AMBER+STRICT     that there is a notice, its number and its marking
RED                     nothing: there is no message about it at all
======================  ==========================================================

A notice that went to those affected says less than its marking allows: beside the address it is
sent to, its title would tell what the receiver runs. For the same reason no message ever names the
systems concerned, whatever the marking.
"""

from __future__ import annotations

from enum import StrEnum

from noroshi.core.policy.marking import Tlp


class Telling(StrEnum):
    """What a message outside the platform may hold."""

    NOTHING = "nothing"
    ENVELOPE = "envelope"
    CONTENTS = "contents"


def telling(tlp: Tlp, *, affected_only: bool) -> Telling:
    """Return what may be said. ``affected_only``: it went to those with findings."""
    match tlp:
        case Tlp.CLEAR | Tlp.GREEN:
            return Telling.ENVELOPE if affected_only else Telling.CONTENTS
        case Tlp.AMBER | Tlp.AMBER_STRICT:
            return Telling.ENVELOPE
        case _:
            return Telling.NOTHING
