"""Charts: what they draw, what they may do, and how they follow the look that was chosen."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from lxml import etree

from noroshi.edge.web import charts
from noroshi.edge.web.charts import Bar, Chart, Series

EVIL = "</style><script>alert(1)</script>"
CHART = Chart(
    title="Plan & <count>",
    labels=("組織", "items"),
    series=(
        Series("Plan", (Bar(100.0, "25"), Bar(100.0, "600")), hollow=True),
        Series("Counted", (Bar(104.0, "26"), Bar(None, "–"))),
    ),
)
STACK = Chart(
    title="Notices",
    labels=("Hokkaido",),
    series=(Series("done", (Bar(3.0, "3"),)), Series("read", (Bar(0.0, "0"),))),
    kind="stacked",
)


def drawn(chart: Chart, theme: str = "auto"):
    return etree.fromstring(charts.svg(chart, theme=theme))


def texts(chart: Chart) -> list[str]:
    return [str(node.text) for node in drawn(chart).iter("{*}text") if node.text]


def test_bars_labels_and_values_are_drawn():
    root = drawn(CHART)
    assert {"組織", "items", "25", "600", "26", "Plan", "Counted"} <= set(texts(CHART))
    bars = [node for node in root.iter("{*}rect") if "reactive" in node.get("class", "")]
    assert len(bars) >= 3


def test_the_first_label_stands_on_top():
    places = {node.text: float(node.get("y")) for node in drawn(CHART).iter("{*}text") if node.text}
    assert places["組織"] < places["items"]


def test_it_says_what_it_is():
    root = drawn(CHART)
    assert (root.get("role"), root.findtext("{*}title")) == ("img", "Plan & <count>")


def test_nothing_in_a_stack_is_not_written():
    assert "3" in texts(STACK)
    assert "0" not in texts(STACK)


@pytest.mark.parametrize(("size", "lines"), [(charts.WIDE, 1), (charts.NARROW, 2)])
def test_the_legend_has_room_for_its_words(size, lines):
    series = tuple(Series(name, (Bar(1.0, "1"),)) for name in ("unanswered", "answered", "done"))
    chart = Chart("Notices", ("N-2026-0001",), series, "stacked")
    root = etree.fromstring(charts.svg(chart, size=size))
    legend = next(node for node in root.iter("{*}g") if node.get("class") == "legends")
    heights = {float(str(node.get("y"))) for node in legend.iter("{*}text")}
    above = float(str(legend.get("transform")).rpartition(",")[2].rstrip(")"))
    assert len(heights) == lines
    assert above + max(heights) < float(str(root.get("viewBox")).split()[3]) - 10


def test_it_holds_no_script_and_loads_nothing():
    evil = Chart(EVIL, (EVIL,), (Series(EVIL, (Bar(1.0, EVIL),)),))
    for chart in (CHART, STACK, evil):
        root = drawn(chart)
        names = {etree.QName(node).localname for node in root.iter("*")}
        assert names.isdisjoint({"script", "foreignObject", "image", "a", "iframe"})
        assert not [node for node in root.iter() if isinstance(node, etree._Comment)]
        for node in root.iter("*"):
            assert not any(name.lower().startswith("on") for name in node.attrib)
            assert "://" not in " ".join(map(str, node.attrib.values()))
        assert "@import" not in "".join(root.itertext("{*}style"))


@pytest.mark.parametrize(
    ("theme", "dark", "asks"),
    [("light", False, False), ("dark", True, False), ("auto", True, True), ("x", True, True)],
)
def test_it_follows_the_look_that_was_chosen(theme, dark, asks):
    style = "".join(drawn(CHART, theme).itertext("{*}style"))
    assert ("#f2f2f2" in style) is dark
    assert ("prefers-color-scheme" in style) is asks


def test_it_is_answered_as_a_picture_that_may_do_nothing():
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = "dark"
    answer = charts.answer(request, CHART)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert b"#1a1a1a\n" not in answer.content
    assert b"prefers-color-scheme" not in answer.content


def test_on_a_phone_labels_are_short_and_bars_keep_their_room():
    long = Chart("t", ("脆弱性情報と紐付けたソフトウェア資産",), CHART.series[:1])
    request = RequestFactory().get("/?narrow=1")
    root = etree.fromstring(charts.answer(request, long).content)
    (label,) = [node.text for node in root.iter("{*}text") if node.text and "脆" in node.text]
    assert label == "脆弱性情報と紐付…"
    assert str(root.get("viewBox")).startswith(f"0 0 {charts.NARROW.width} ")


def test_the_same_chart_is_the_same_picture():
    assert charts.svg(CHART) == charts.svg(CHART)


def test_a_long_label_leaves_room_for_the_bars():
    for letter in ("語", "w"):
        (label,) = [t for t in texts(Chart("t", (letter * 90,), CHART.series[:1])) if letter in t]
        assert label.endswith("…")
        assert len(label) < 60
