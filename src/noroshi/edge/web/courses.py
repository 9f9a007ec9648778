"""A course over time, drawn on the server as SVG: a value holds until the next one is drawn.

The picture is made, asked for and dressed like a chart of bars (`noroshi.edge.web.charts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import pygal
from django.http import HttpRequest, HttpResponse

from noroshi.edge.web import charts
from noroshi.edge.web.charts import NARROW, WIDE, Chart, Series, Size
from noroshi.edge.web.frame import THEME_COOKIE

_HEIGHT = {WIDE.width: 320, NARROW.width: 260}
_DAYS = {WIDE.width: 5, NARROW.width: 3}
"""How many days are written below the course."""


class Course(msgspec.Struct, frozen=True):
    """What is drawn: its name, its points by day, and its scale from nothing to ``most``.

    ``write`` says how a value is written.
    """

    title: str
    name: str
    points: tuple[tuple[dt.date, float], ...]
    most: float
    write: Callable[[float], str]


def answer(request: HttpRequest, course: Course) -> HttpResponse:
    """Return a course as a picture in the look that the reader chose, narrow where asked to be."""
    size = NARROW if "narrow" in request.GET else WIDE
    picture = svg(course, theme=request.COOKIES.get(THEME_COOKIE, "auto"), size=size)
    headers = {"Content-Security-Policy": charts.POLICY}
    return HttpResponse(picture, content_type="image/svg+xml", headers=headers)


def svg(course: Course, *, theme: str = "auto", size: Size = WIDE) -> bytes:
    """Draw a course; ``theme`` as for `charts.svg`."""
    look = Chart(course.title, (), (Series(course.name, ()),))
    drawn = pygal.DateLine(
        width=size.width,
        height=_HEIGHT[size.width],
        style=charts.style(look),
        css=("file://style.css", "file://graph.css", f"inline:{charts.css(look, theme)}"),
        js=(),
        no_prefix=True,
        range=(0, course.most),
        y_labels=[course.most * part / 4 for part in range(5)],
        value_formatter=course.write,
        x_value_formatter=lambda day: day.isoformat(),
        legend_at_bottom=True,
        truncate_legend=-1,
        show_x_guides=False,
        margin_right=40,
        dots_size=3,
    )
    drawn.x_labels = _days(course.points, _DAYS[size.width])
    drawn.xml_filters.append(lambda root: charts.cleaned(root, course.title))
    drawn.add(course.name, list(_steps(course.points)))
    picture: bytes = drawn.render()
    return picture


def _steps(points: Sequence[tuple[dt.date, float]]) -> Iterator[Any]:
    """Yield the points, and the corners of the steps between them, which have no dot."""
    before: float | None = None
    for day, value in points:
        if before is not None:
            yield {"value": (day, before), "node": {"r": 0}}
        yield {"value": (day, value)}
        before = value


def _days(points: Sequence[tuple[dt.date, float]], most: int) -> list[dt.date]:
    first, last = points[0][0], points[-1][0]
    span = (last - first).days
    parts = max(min(most - 1, span), 1)
    return [first + dt.timedelta(days=round(span * part / parts)) for part in range(parts + 1)]
