"""The text that one organisation gets: the notice, and which of its own systems it is about."""

from __future__ import annotations

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core.policy.marking import Tlp
from noroshi.hub.notices.views import Concern

LANGUAGES = ("ja", "en")


class Named(msgspec.Struct, frozen=True):
    """The systems concerned, by name: for the organisation itself, or with its leave."""

    concerns: tuple[Concern, ...]


class Counted(msgspec.Struct, frozen=True):
    """How many systems are concerned, for somebody who was granted counts."""

    systems: int


class Withheld(msgspec.Struct, frozen=True):
    """Not for this viewer: said of every organisation alike, concerned or not."""


Personal = Named | Counted | Withheld


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a notice says. English is optional: then nothing is sent in English."""

    tlp: Tlp
    title_ja: str
    text_ja: str
    title_en: str = ""
    text_en: str = ""
    respond_within_hours: int | None = None
    exercise: bool = False
    vulnerabilities: tuple[str, ...] = ()


def letter(content: Content, personal: Personal | None, language: str) -> str:
    """Return the whole text in one language; empty if the notice is not written in it.

    ``personal`` is ``None`` for a reader that it was not sent to.
    """
    title, text = (
        (content.title_ja, content.text_ja)
        if language == "ja"
        else (content.title_en, content.text_en)
    )
    if not title:
        return ""
    with translation.override(language):
        parts = [_head(content, title), text, *_facts(content), *_personal(personal)]
    return "\n\n".join(parts)


def personal_part(personal: Personal | None, language: str) -> str:
    """Return what a letter says for one organisation alone, after what it says to everybody."""
    with translation.override(language):
        return "\n\n".join(_personal(personal))


def _head(content: Content, title: str) -> str:
    drill = _("[exercise] ") if content.exercise else ""
    return f"[{content.tlp.label}] {drill}{title}"


def _facts(content: Content) -> list[str]:
    facts: list[str] = []
    if content.vulnerabilities:
        names = ", ".join(content.vulnerabilities)
        facts.append(_("Vulnerabilities: %(names)s") % {"names": names})
    hours = content.respond_within_hours
    if hours is not None:
        sentence = ngettext(
            "Please acknowledge within %(hours)d hour.",
            "Please acknowledge within %(hours)d hours.",
            hours,
        )
        facts.append(sentence % {"hours": hours})
    return facts


def _personal(personal: Personal | None) -> list[str]:
    match personal:
        case None:
            return []
        case Withheld():
            return [_("(Here the organisation reads which of its own systems are concerned.)")]
        case Counted(systems=0) | Named(concerns=()):
            return [_("None of your systems is known to be concerned.")]
        case Counted(systems=systems):
            sentence = ngettext(
                "(Here %(count)d of its own systems is named.)",
                "(Here %(count)d of its own systems are named.)",
                systems,
            )
            return [sentence % {"count": systems}]
        case Named(concerns=concerns):
            lines = (_line(concern) for concern in concerns)
            return ["\n".join([_("Your systems concerned:"), *lines])]


def _line(concern: Concern) -> str:
    why = f" ({concern.why})" if concern.why else ""
    return f"- {concern.system}: {concern.vulnerability}{why}"
