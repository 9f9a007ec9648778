"""What changed in a source's claims, in words of the active language."""

from __future__ import annotations

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.assess.independence import canonical
from noroshi.core.assess.phrases import VOICES, Lang, phrase
from noroshi.core.facets import Maturity, RemedyKind, Status
from noroshi.core.history import About, Change, Value
from noroshi.edge import words
from noroshi.edge.web.vulnerabilities import wording
from noroshi.edge.web.vulnerabilities.plain import plain

LONGEST = 240
"""Characters of a source's text that are shown; the document as received has all of it."""


class Line(msgspec.Struct, frozen=True):
    """One change: what it is about, who says it, and what was and is said (empty: nothing).

    ``lang``: in which language the source wrote it, where that is known.
    """

    label: str
    voice: str
    subject: str
    before: str
    after: str
    lang: str


def line(change: Change, lang: Lang) -> Line:
    """Return a change in words; what a source wrote is cut to what a line holds."""
    spoken = change.about in {About.TITLE, About.DESCRIPTION, About.REMEDY}
    return Line(
        label=label(change.about),
        voice=plain(phrase(VOICES, canonical(change.by), lang)) if change.by else "",
        subject="" if spoken else _subject(change),
        before=_value(change.about, change.before),
        after=_value(change.about, change.after),
        lang=change.subject if spoken else "",
    )


def label(about: About) -> str:
    """Return what a claim is about."""
    return {
        About.STATE: _("State of the identifier"),
        About.WITHDRAWN: _("Taken back"),
        About.REPLACED_BY: _("Replaced by"),
        About.NAMES: _("Names"),
        About.DISPUTED: _("Disputed"),
        About.EXPLOITED: _("Used in attacks"),
        About.SEVERITY: _("Severity"),
        About.RATING: _("Severity in words"),
        About.SSVC: _("SSVC"),
        About.EPSS: _("EPSS"),
        About.RANGE: _("Affected versions"),
        About.WEAKNESS: _("Weakness"),
        About.EXPLOIT: _("Exploit or check"),
        About.REMEDY: _("What can be done"),
        About.TITLE: _("Title"),
        About.DESCRIPTION: _("Description"),
        About.ADVISORY: _("Advisory"),
        About.REFERENCE: _("Reference"),
        About.CREDIT: _("Thanks"),
    }[about]


def _subject(change: Change) -> str:
    if change.about is About.EXPLOITED:
        return {"due": _("to be mended by"), "ransomware": ""}.get(change.subject, "")
    return _cut(change.subject)


def _value(about: About, value: Value | None) -> str:
    if value is None:
        return ""
    code = _code(about, value.code)
    text = value.text
    if about is About.RANGE and text == "*":
        text = _("all other versions") if value.code.startswith("default_") else _("all versions")
    joined = f"{code}: {text}" if code and text else code or text
    return _cut(joined)


def _code(about: About, code: str) -> str:
    if about is About.RANGE:
        return words.status(Status(code.removeprefix("default_")))
    if about is About.REMEDY:
        return wording.remedy(RemedyKind(code))
    if about is About.EXPLOIT:
        return wording.maturity(Maturity(code))
    return {
        "": "",
        "published": _("published"),
        "rejected": _("rejected"),
        "withdrawn": _("taken back"),
        "disputed": _("disputed"),
        "listed": _("listed on"),
        "due": "",
        "ransomware": _("used for ransomware"),
    }[code]


def _cut(text: str) -> str:
    text = plain(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
