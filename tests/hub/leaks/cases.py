"""Every case there is."""

from __future__ import annotations

from tests.hub.leaks import (
    asking,
    concern_cases,
    dispatch_cases,
    district_cases,
    editing_cases,
    figure_cases,
    finding_cases,
    inventory_cases,
    member_cases,
    notice_cases,
    page_cases,
    review_cases,
)

Case = asking.Case
CASES = asking.CASES
"""By the place of the function below the hub; filled by the modules imported here."""

__all__ = [
    "CASES",
    "Case",
    "concern_cases",
    "dispatch_cases",
    "district_cases",
    "editing_cases",
    "figure_cases",
    "finding_cases",
    "inventory_cases",
    "member_cases",
    "notice_cases",
    "page_cases",
    "review_cases",
]
