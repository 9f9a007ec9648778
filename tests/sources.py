"""The project's own files, for tests that look at what was written instead of what it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The top of the project."""

SRC = ROOT / "src" / "noroshi"

_MADE = {"__pycache__", "build", "dist", "site", "data", "noroshi-data", "noroshi-demo"}


def files() -> Iterator[Path]:
    """Yield every file that somebody wrote; what tools and runs left behind is not of them."""
    yield from _below(ROOT)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name == ".ci" or not (path.name.startswith(".") or path.name in _MADE):
                yield from _below(path)
        elif path.suffix not in {".mo", ".pyc"} and ".sqlite3" not in path.name:
            yield path


def modules(folder: Path = SRC) -> Iterator[Path]:
    """Yield the Python modules below ``folder``, without those that Django's tools write."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def name(path: Path) -> str:
    """Return the path as it is spoken of: below the top of the project."""
    return path.relative_to(ROOT).as_posix()
