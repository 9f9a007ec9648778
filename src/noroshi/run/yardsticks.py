"""The yardsticks beside the plan, for people."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rich.console import Console

from noroshi.edge import words
from noroshi.edge.tables import number
from noroshi.hub.reports.figures import Figure, Figures
from noroshi.run.tables import show


def show_figures(console: Console, counted: Figures) -> None:
    """Print the yardsticks of a fiscal year."""
    sentence = (
        _("Fiscal year %(year)d up to %(day)s (still running)")
        if counted.running
        else _("Fiscal year %(year)d up to %(day)s")
    )
    title = sentence % {"year": counted.year, "day": counted.as_of.isoformat()}
    columns = (_("Yardstick"), _("Counted"), _("Plan"), _("Unit"))
    show(console, columns, [_row(one) for one in counted.figures], title=title)


def _row(figure: Figure) -> tuple[str, ...]:
    value, plan = number(figure.value) or "–", number(figure.plan) or "–"
    return (words.figure(figure.id), value, plan, words.unit(figure.unit))
