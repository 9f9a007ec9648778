"""Every case there is."""

from __future__ import annotations

from tests.hub.leaks import asking, member_cases, notice_cases

Case = asking.Case
CASES = asking.CASES
"""By the place of the function below the hub; filled by the modules imported here."""

__all__ = ["CASES", "Case", "member_cases", "notice_cases"]
