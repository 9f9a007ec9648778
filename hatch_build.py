"""Compiles the translations (.po → .mo) whenever the package is built or installed."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface):
    """Writes each catalogue's binary form beside it; git ignores the result."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Compile every catalogue below ``src``."""
        for source in sorted(Path(self.root, "src").rglob("*.po")):
            with source.open("rb") as handle:
                catalogue = read_po(handle)
            with source.with_suffix(".mo").open("wb") as handle:
                write_mo(handle, catalogue)
