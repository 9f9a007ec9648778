"""The page that tells how what is known of a vulnerability became what it is, and its figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.core.assess.independence import canonical
from noroshi.core.assess.phrases import VOICES, Lang, phrase
from noroshi.core.errors import NotFound
from noroshi.core.history import Step
from noroshi.core.probabilities import Observation
from noroshi.edge.web import courses
from noroshi.edge.web.courses import Course
from noroshi.edge.web.pages import CONTENTS, Visit, page, show
from noroshi.edge.web.templatetags.vulnerabilities import percent
from noroshi.edge.web.vulnerabilities import changes
from noroshi.edge.web.vulnerabilities.changes import Line
from noroshi.edge.web.vulnerabilities.plain import plain
from noroshi.hub.knowledge import history, overview
from noroshi.hub.knowledge.history import Scored

MOST_LINES = 100
"""Changes shown of one version; the API gives all."""

WORST = 10.0


class Entry(msgspec.Struct, frozen=True):
    """A version that changed something, was the first, or was taken back."""

    asserted_at: dt.datetime | None
    received_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    document: int | None
    first: bool
    lines: tuple[Line, ...]
    more: int


class Source(msgspec.Struct, frozen=True):
    """What one source said, the newest first; ``renewed``: versions that changed no claim."""

    name: str
    external_id: str
    entries: tuple[Entry, ...]
    renewed: int
    cut: bool


class Drawn(msgspec.Struct, frozen=True):
    """A figure: the sentence that stands for it, and its data, the newest first."""

    sentence: str
    rows: tuple[tuple[dt.date, str], ...]


@page(CONTENTS)
def vulnerability_history(request: Visit, name: str) -> HttpResponse:
    """Show what each source said, when, and what it changed since; and how the scores went."""
    row = overview.vulnerability_named(name)
    if row.preferred_id != name:
        return redirect("vulnerability-history", row.preferred_id)
    lang: Lang = "ja" if get_language() == "ja" else "en"
    judged = history.judged(row)
    context = {
        "row": row,
        "sources": [_source(one, lang) for one in history.told(row)],
        "epss": _epss(history.scores(row)),
        "severity": _severity(_rated(judged)),
        "judged": judged[::-1],
    }
    return show(request, "vulnerabilities/history.html", context)


@page(CONTENTS)
def epss_chart(request: Visit, name: str) -> HttpResponse:
    """Draw the course of EPSS; `NotFound` where there is nothing to compare."""
    points = history.scores(overview.vulnerability_named(name))
    highest = _drawable(name, [one.score for one in points])
    most = next(step for step in (0.01, 0.04, 0.1, 0.2, 0.4, 1.0) if highest <= step)
    drawn = Course(
        _("EPSS of %(name)s") % {"name": name},
        _("EPSS: probability of attacks within 30 days"),
        tuple(points),
        most,
        percent,
    )
    return courses.answer(request, drawn)


@page(CONTENTS)
def severity_chart(request: Visit, name: str) -> HttpResponse:
    """Draw the course of the score of our assessments; `NotFound` as above."""
    points = _rated(history.judged(overview.vulnerability_named(name)))
    _drawable(name, [score for _day, score in points])
    title = _("Severity of %(name)s") % {"name": name}
    drawn = Course(title, _("CVSS score, as assessed"), tuple(points), WORST, "{:.1f}".format)
    return courses.answer(request, drawn)


def _drawable(name: str, values: Sequence[float]) -> float:
    if len(values) < 2:
        raise NotFound(kind="chart", name=name)
    return max(values)


def _rated(judged: Sequence[Scored]) -> list[tuple[dt.date, float]]:
    return [(one.made_at.date(), one.score) for one in judged if one.score is not None]


def _source(told: history.Told, lang: Lang) -> Source:
    steps = told.steps
    shown = [step for step in steps if step.first or step.changes or step.version.withdrawn_at]
    return Source(
        plain(phrase(VOICES, canonical(told.source), lang)),
        plain(told.external_id),
        tuple(_entry(step, lang) for step in shown[::-1]),
        len(steps) - len(shown),
        told.cut,
    )


def _entry(step: Step, lang: Lang) -> Entry:
    version = step.version
    return Entry(
        version.asserted_at,
        version.received_at,
        version.withdrawn_at,
        version.document,
        step.first,
        tuple(changes.line(one, lang) for one in step.changes[:MOST_LINES]),
        max(len(step.changes) - MOST_LINES, 0),
    )


def _epss(points: Sequence[Observation]) -> Drawn | None:
    rows = tuple((one.day, percent(one.score)) for one in reversed(points))
    return _drawn([(one.day, one.score) for one in points], rows)


def _severity(points: Sequence[tuple[dt.date, float]]) -> Drawn | None:
    rows = tuple((day, f"{score:.1f}") for day, score in reversed(points))
    return _drawn(points, rows)


def _drawn(
    points: Sequence[tuple[dt.date, float]], rows: tuple[tuple[dt.date, str], ...]
) -> Drawn | None:
    """Return what stands beside a figure; none where there is nothing to draw or to list."""
    if not rows:
        return None
    if len(rows) == 1:
        return Drawn("", rows)
    highest = max(range(len(points)), key=lambda place: points[place][1])
    top = rows[len(rows) - 1 - highest]
    facts = {
        "first_day": rows[-1][0].isoformat(),
        "first": rows[-1][1],
        "last_day": rows[0][0].isoformat(),
        "last": rows[0][1],
        "top_day": top[0].isoformat(),
        "top": top[1],
    }
    return Drawn(
        _(
            "From %(first)s on %(first_day)s to %(last)s on %(last_day)s; "
            "the highest was %(top)s on %(top_day)s."
        )
        % facts,
        rows,
    )
