"""Inputs of the figures that no event can supply."""

from __future__ import annotations

from django.db import models


class BudgetLine(models.TextChoices):
    """What the programme pays for."""

    SHARING = "sharing"
    LINKING = "linking"
    DISTRICTS = "districts"


class Budget(models.Model):
    """Cost of one line in one fiscal year (April to March), in million yen."""

    year = models.IntegerField()
    line = models.CharField(max_length=10, choices=BudgetLine.choices)
    million_yen = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "line"], name="budget_once")]
