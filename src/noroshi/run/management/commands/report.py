"""``noroshi report``: the yardsticks of the programme."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.fiscal import TOKYO, fiscal_year
from noroshi.core.policy.visibility import System
from noroshi.edge.tables import csv_text, number
from noroshi.hub.reports.actions import set_budget
from noroshi.hub.reports.figures import figures, rows_behind
from noroshi.hub.reports.models import BudgetLine
from noroshi.hub.reports.plan import FigureId
from noroshi.run import yardsticks
from noroshi.run.console import Options, RoomCommand, Verbs, year
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show

FORMATS = ("text", "csv", "json")


class Command(RoomCommand):
    """Count the yardsticks, list the rows behind them, enter budgets."""

    help = _("count the yardsticks of a fiscal year, and enter its budget")

    def declare(self, verbs: Verbs) -> None:
        """Declare figures, rows and budget."""
        counting = verbs.add("figures", self.figures, _("count the yardsticks of a fiscal year"))
        _add_year_and_format(counting)
        listing = verbs.add("rows", self.rows, _("list the rows behind a yardstick"))
        listing.add_argument(
            "figure", choices=[figure.value for figure in FigureId], help=_("the yardstick")
        )
        _add_year_and_format(listing)
        budget = verbs.add("budget", self.budget, _("enter what a line cost in a fiscal year"))
        budget.add_argument("--year", type=year, required=True, help=_("fiscal year, from April"))
        lines = [line.value for line in BudgetLine]
        budget.add_argument("--line", choices=lines, required=True, help=_("line of the budget"))
        budget.add_argument(
            "--million-yen", type=_decimal, required=True, help=_("cost in million yen")
        )

    def figures(self, options: Options) -> None:
        """Print the yardsticks beside the plan."""
        today = utc_now().astimezone(TOKYO).date()
        counted = figures(options["year"] or fiscal_year(utc_now()), today)
        match options["format"]:
            case "json":
                self._raw(msgspec.json.format(msgspec.json.encode(counted)).decode() + "\n")
            case "csv":
                rows = [
                    (
                        one.id.value,
                        number(one.value),
                        one.unit,
                        number(one.plan),
                    )
                    for one in counted.figures
                ]
                self._raw(csv_text(("figure", "value", "unit", "plan"), rows))
            case _:
                yardsticks.show_figures(self.out, counted)

    def rows(self, options: Options) -> None:
        """Print the rows behind one yardstick."""
        today = utc_now().astimezone(TOKYO).date()
        of = options["year"] or fiscal_year(utc_now())
        found = rows_behind(System(), FigureId(options["figure"]), of, today)
        match options["format"]:
            case "json":
                listed = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
                self._raw(msgspec.json.format(msgspec.json.encode(listed)).decode() + "\n")
            case "csv":
                self._raw(csv_text(found.columns, found.rows))
            case _:
                show(self.out, found.columns, found.rows)

    def budget(self, options: Options) -> None:
        """Enter the cost of one line."""
        line, amount = BudgetLine(options["line"]), options["million_yen"]
        set_budget(options["year"], line, amount, now=utc_now(), actor="system")
        sentence = _("%(line)s in the fiscal year %(year)d: %(amount)s million yen")
        facts = {"line": line.value, "year": options["year"], "amount": f"{amount:f}"}
        say(self.out, sentence % facts)

    def _raw(self, text: str) -> None:
        # Not through the console: it would fold lines and cut what a program is to read.
        self.out.file.write(text)


def _add_year_and_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, help=_("fiscal year, from April (default: this one)"))
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help=_("for people, or for programs")
    )


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text[:40])
    except InvalidOperation as error:
        message = _("%(text)r is not a number") % {"text": text[:40]}
        raise argparse.ArgumentTypeError(message) from error
