"""What a fiscal year cost, line by line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.edge.web.figures import counting, wording
from noroshi.edge.web.figures.counting import BUDGETING
from noroshi.edge.web.forms import Form, filled, refuse
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.reports import actions
from noroshi.hub.reports.models import Budget, BudgetLine


class BudgetForm(Form):
    """The cost of each line, in million yen; a line left empty stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in BudgetLine:
            self.fields[line.value] = forms.DecimalField(
                label=_("Cost of %(line)s (million yen)") % {"line": wording.line(line.value)},
                required=False,
                min_value=0,
                max_value=actions.MOST,
                decimal_places=3,
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )


@page(BUDGETING, methods=("GET", "POST"))
def budget(request: Visit, year: int) -> HttpResponse:
    """Enter what each line cost in a fiscal year."""
    entered = dict(Budget.objects.filter(year=year).values_list("line", "million_yen"))
    form = filled(BudgetForm, request, initial=entered)
    if request.method == "POST" and form.is_valid():
        try:
            _enter(request, year, form, entered)
        except Refused as error:
            refuse(form, error)
        else:
            counting.forget(year)
            return done(request, _("The costs have been entered."), "figures-of", year=year)
    context = {"form": form, "year": year}
    return show(request, "figures/budget.html", context, status=422 if form.errors else 200)


def _enter(request: Visit, year: int, form: BudgetForm, entered: dict[str, Any]) -> None:
    now, actor = timezone.now(), request.person.email
    for line in BudgetLine:
        amount = form.cleaned_data[line.value]
        if amount is not None and amount != entered.get(line.value):
            actions.set_budget(year, line, amount, now=now, actor=actor)
