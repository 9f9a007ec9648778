"""Entering what no event can supply: the budget of a year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.hub.audit import actions as audit
from noroshi.hub.reports.models import Budget, BudgetLine

MOST = Decimal(999_999_999)


@transaction.atomic
def set_budget(
    year: int, line: BudgetLine, million_yen: Decimal, *, now: dt.datetime, actor: str
) -> None:
    """Set the cost of one line in a fiscal year, in million yen, to three decimals."""
    if not 2000 <= year <= 2999:
        raise Refused(detail=_("%(year)s is not a fiscal year") % {"year": year})
    amount = million_yen
    if not (amount.is_finite() and 0 <= amount <= MOST and amount == round(amount, 3)):
        detail = _("a cost is a number of million yen, not negative, to three decimals")
        raise Refused(detail=detail)
    Budget.objects.update_or_create(year=year, line=line.value, defaults={"million_yen": amount})
    audit.record(
        "budget.set",
        f"budget:{year}",
        actor=actor,
        at=now,
        detail={"line": line.value, "million_yen": f"{amount:f}"},
    )
