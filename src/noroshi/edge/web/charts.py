"""Charts, drawn on the server as SVG: bars beside each other, or stacked.

A chart is a picture of its own, asked for by ``<img>`` with an alternative text; the data stand in
a table beside it. It holds no script, loads nothing, and follows the look that the reader chose:
`answer` reads that, as the page does. What `pygal` draws is stripped of everything else.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import pygal
from django.http import HttpRequest, HttpResponse
from lxml import etree
from pygal.style import Style

from noroshi.edge.web.frame import THEME_COOKIE

# pygal leaves a finder of plug-ins in the import system that speaks a protocol of old (PEP 302's
# find_module): every later import would warn of it, and we draw no maps.
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]

Kind = Literal["beside", "stacked"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""What the picture itself may do: wear the style that is inside it."""

_SANS = '"Noto Sans JP","Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP",system-ui,sans-serif'
_SERIES = 5
_LIGHT = {
    "ink": "#1a1a1a", "quiet": "#4d4d4d", "line": "#cccccc", "on": "#ffffff",
    "s0": "#0017c1", "s1": "#a35f00", "s2": "#115a36", "s3": "#7a2e8e", "s4": "#4d4d4d",
}  # fmt: skip
_DARK = {
    "ink": "#f2f2f2", "quiet": "#cccccc", "line": "#4d4d4d", "on": "#1a1a1a",
    "s0": "#9db7f9", "s1": "#ffa66d", "s2": "#71c598", "s3": "#d3b3f0", "s4": "#b3b3b3",
}  # fmt: skip
_LABEL, _LEGEND, _VALUE = 15, 15, 14
_BAR, _AROUND, _LINE = 26, 96, 30
_DROPPED = {"script", "desc", etree.Comment, etree.ProcessingInstruction}


class Bar(msgspec.Struct, frozen=True):
    """One bar: how long it is, and what is written at its end; no bar where ``length`` is none."""

    length: float | None
    text: str


class Series(msgspec.Struct, frozen=True):
    """Bars of one meaning, one for each label; ``hollow``: only their outline is drawn."""

    name: str
    bars: tuple[Bar, ...]
    hollow: bool = False


class Chart(msgspec.Struct, frozen=True):
    """A chart: its title, the labels beside the bars, and the series, at most five."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind = "beside"


class Size(msgspec.Struct, frozen=True):
    """How wide a chart is, in pixels, and what it has room for.

    That is how many wide letters of a label, and how many series beside each other in the legend.
    """

    width: int
    letters: int
    columns: int


WIDE, NARROW = Size(760, 24, 3), Size(400, 9, 2)


def answer(request: HttpRequest, chart: Chart) -> HttpResponse:
    """Return a chart as a picture in the look that the reader chose, narrow where asked to be."""
    size = NARROW if "narrow" in request.GET else WIDE
    picture = svg(chart, theme=request.COOKIES.get(THEME_COOKIE, "auto"), size=size)
    return HttpResponse(
        picture, content_type="image/svg+xml", headers={"Content-Security-Policy": POLICY}
    )


def svg(chart: Chart, *, theme: str = "auto", size: Size = WIDE) -> bytes:
    """Draw a chart; ``theme`` is ``light``, ``dark``, or anything else for the device's own."""
    kind = pygal.HorizontalStackedBar if chart.kind == "stacked" else pygal.HorizontalBar
    # pygal draws what was added first at the bottom.
    labels = [_cut(label, size.letters) for label in chart.labels[::-1]]
    drawn = kind(
        width=size.width,
        style=style(chart),
        css=("file://style.css", "file://graph.css", f"inline:{css(chart, theme)}"),
        **_options(chart, labels, min(size.columns, len(chart.series))),
    )
    drawn.x_labels = labels
    drawn.xml_filters.append(lambda root: cleaned(root, chart.title))
    for series in chart.series:
        bars = [_value(bar, stacked=chart.kind == "stacked") for bar in series.bars[::-1]]
        drawn.add(series.name, bars)
    picture: bytes = drawn.render()
    return picture


def _options(chart: Chart, labels: Sequence[str], columns: int) -> dict[str, Any]:
    rows = len(chart.labels) * (1 if chart.kind == "stacked" else len(chart.series))
    more = max(0, len(chart.series) - 1) // columns if columns else 0
    return {
        "height": _AROUND + rows * _BAR + len(chart.labels) * 10 + more * _LINE,
        "js": (),
        "no_prefix": True,
        "show_x_guides": False,
        "show_y_guides": False,
        "show_x_labels": False,
        "print_values": True,
        "print_values_position": "center" if chart.kind == "stacked" else "top",
        "legend_at_bottom": True,
        "legend_at_bottom_columns": columns,
        "truncate_legend": -1,
        "truncate_label": -1,
        "margin_left": _missing(labels),
        "margin_right": 20 if chart.kind == "stacked" else 60,
        "margin_bottom": 20 + more * _LEGEND,
        "rounded_bars": 2,
        "include_x_axis": True,
    }


def style(chart: Chart) -> Style:
    """Return the colours and letters of a chart; its colours are variables of `css`."""
    solid = iter(range(_SERIES))
    colours = ["var(--quiet)" if one.hollow else f"var(--s{next(solid)})" for one in chart.series]
    written = "var(--on)" if chart.kind == "stacked" else "var(--ink)"
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--ink)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--quiet)",
        guide_stroke_color="var(--line)",
        major_guide_stroke_color="var(--line)",
        font_family=_SANS,
        label_font_size=_LABEL,
        major_label_font_size=_LABEL,
        legend_font_size=_LEGEND,
        value_font_size=_VALUE,
        opacity="1",
        colors=colours,
        value_colors=(written,) * len(colours),
        transition="none",
    )


def css(chart: Chart, theme: str) -> str:
    """Return the styles that a picture wears in the look that its reader chose."""
    light, dark = (_variables(colours) for colours in (_LIGHT, _DARK))
    look = {
        "light": f"svg{{{light}}}",
        "dark": f"svg{{{dark}}}",
    }.get(theme, f"svg{{{light}}}@media (prefers-color-scheme: dark){{svg{{{dark}}}}}")
    hollow = "".join(
        f".series.serie-{n} rect,.legends #activate-serie-{n} rect{{fill-opacity:.12;"
        "stroke-width:1.5;stroke-dasharray:4,2}"
        for n, series in enumerate(chart.series)
        if series.hollow
    )
    at_the_end = "" if chart.kind == "stacked" else ".text-overlay text{text-anchor:start}"
    return f"{look}svg{{font-family:{_SANS}}}{hollow}{at_the_end}"


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours.items())


def _value(bar: Bar, *, stacked: bool) -> dict[str, Any]:
    text = bar.text if bar.length or not stacked else ""  # nothing is no part of a stack
    return {"value": bar.length, "formatter": lambda _length: text}


def _missing(labels: Sequence[str]) -> int:
    """Return how much wider the widest label is than pygal thinks, which counts letters.

    It allows 0.6 of the font's size for each; a Japanese letter takes all of it.
    """
    taken = max((_ems(label) for label in labels), default=0.0)
    allowed = max((0.6 * len(label) for label in labels), default=0.0)
    return 20 + max(0, round((taken - allowed) * _LABEL))


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.58 for letter in text)


def _cut(label: str, letters: int) -> str:
    """Return a label that leaves room for the bars."""
    while _ems(label) > letters:
        label = label[: -2 if label.endswith("…") else -1].rstrip("…") + "…"
    return label


def cleaned(root: Any, title: str) -> Any:
    """Take out scripts, comments and what only scripts read; say what the picture is."""
    for node in list(root.iter()):
        if node.tag in _DROPPED and node.getparent() is not None:
            node.getparent().remove(node)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.find("title").text = title
    return root
