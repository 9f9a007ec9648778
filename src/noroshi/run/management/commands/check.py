"""``noroshi check``: what is misconfigured, and how to mend it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from noroshi.run import health
from noroshi.run.console import Command as Base
from noroshi.run.tables import say


class Command(Base):
    """Look at the configuration and the database; exit status 1 if something must be mended."""

    help = _("say what is misconfigured, and how to mend it")

    def add_arguments(self, parser: CommandParser) -> None:
        """Take nothing of its own."""

    def handle(self, **_options: Any) -> None:
        """Print each finding as a sentence with its remedy."""
        findings = health.look()
        for finding in findings:
            say(self.out, f"{'✗' if finding.grave else '!'} {finding.what}")
            say(self.out, f"  → {finding.remedy}")
        if not findings:
            say(self.out, _("Everything is in order."))
        if any(finding.grave for finding in findings):
            sys.exit(1)
