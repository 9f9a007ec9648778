"""The rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import contextlib
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import ROOT, SRC, files, modules, name, tree

SQL_ELSEWHERE: dict[str, str] = {}
"""Modules outside ``hub/*/queries.py`` that may speak SQL, and why."""

BROAD_BOUNDARIES: dict[str, str] = {
    "src/noroshi/run/stages/worker.py": "one object that makes a stage fail must not stop the rest",
    "src/noroshi/edge/outbound/sending.py": "one message that fails must not stop the rest",
}
"""Outermost boundaries that may catch everything, and why."""

LONG_MODULES: dict[str, str] = {
    "tests/hub/test_answering.py": "one set of rules, what each does to all the others",
}
"""Modules of more than 400 lines, and the one reason each still has."""

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "service"}

ASKS_THE_WORLD = (
    "edge/connecting.py",
    "edge/feeds",
    "edge/outbound",
    "edge/federation",
    "edge/agent",
)
LISTENS = ("run/serving.py",)  # it looks whether its own address is free

# Written so that the lists do not find themselves.
MACHINES = re.compile(r"/wor[k]/|/far[m]/|/roo[t]/|/hom[e]/\w|/opt/(?:whee[l]s|pyp[i])")
REGISTRIES = re.compile(
    r"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|(?<!no-emit-)index-ur[l]"
)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def called(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name of every call: ``cursor`` for ``connection.cursor()``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.lineno, node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.lineno, node.func.id


def test_imports_go_down_only():
    # A process of its own: import-linter silences every logger that was there before it.
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ended = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_the_standard_library_asks_the_world_only_where_the_world_is_asked():
    # import-linter sees packages of others as a whole: it cannot tell urllib.parse from this.
    clients = {"urllib.request", "http.client", "ftplib", "smtplib", "socket"}
    found = [
        f"{name(path)} {module}"
        for path in modules()
        if not path.relative_to(SRC).as_posix().startswith(ASKS_THE_WORLD + LISTENS)
        for module in imported(path) & clients
    ]
    assert found == []


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_raw_sql_lives_in_the_queries_of_the_hub():
    speaks = {"cursor", "execute", "executemany", "executescript", "raw", "RawSQL", "extra"}
    found = [
        f"{name(path)}:{line} {word}"
        for path in modules()
        if not (path.name == "queries.py" and path.parent.parent == SRC / "hub")
        and name(path) not in SQL_ELSEWHERE
        for line, word in called(path)
        if word in speaks
    ]
    assert found == []


def test_no_function_is_longer_than_sixty_lines():
    found = [
        f"{name(path)}:{function.lineno} {function.name} has {length(function)} lines"
        for folder in ("src", "tests", "bench")
        for path in modules(ROOT / folder)
        for function in functions(path)
        if length(function) > 60
    ]
    assert found == []


def test_the_function_in_the_middle_has_at_most_twelve_lines():
    lengths = [length(function) for path in modules() for function in functions(path)]
    assert statistics.median(lengths) <= 12


def test_a_long_module_has_a_reason():
    found = {
        name(path)
        for folder in ("src", "tests", "bench")
        for path in modules(ROOT / folder)
        if len(path.read_text("utf-8").splitlines()) > 400
    }
    assert found == set(LONG_MODULES)


def test_the_program_does_not_print():
    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert found == []


def test_names_say_what_is_inside():
    found = [name(path) for path in SRC.rglob("*.py") if path.stem in FORBIDDEN_NAMES]
    found += [
        name(path) for path in SRC.rglob("*") if path.is_dir() and path.name in FORBIDDEN_NAMES
    ]
    assert found == []


def test_everything_is_caught_only_at_the_outermost_boundaries():
    found = {
        f"{name(path)}:{node.lineno}"
        for path in modules()
        if name(path) not in BROAD_BOUNDARIES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type)
    }
    assert found == set()


def is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(is_broad(each) for each in caught.elts)
    return caught is None or (
        isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}
    )


@pytest.mark.parametrize("listed", [SQL_ELSEWHERE, BROAD_BOUNDARIES, LONG_MODULES])
def test_an_exception_from_a_rule_is_a_file_that_exists_and_has_a_reason(listed):
    for path, reason in listed.items():
        assert (ROOT / path).is_file()
        assert len(reason) > 10


def test_a_silenced_check_has_its_reason_beside_it():
    silenced = re.compile(r"#\s*(?:noqa|type:\s*ignore)\S*(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(.*)")
    found = [
        f"{name(path)}:{number} {line.strip()}"
        for folder in ("src", "tests", "bench", "docs")
        for path in modules(ROOT / folder)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (match := silenced.search(line)) and len(match[1].strip(" #-–—")) < 8
        if path != Path(__file__).resolve()
    ]
    assert found == []


def test_no_file_names_a_machine():
    assert [
        f"{name(path)}: {found}" for path, text in texts() for found in named(MACHINES, text)
    ] == []


def test_nothing_says_where_packages_come_from():
    # The program itself knows registries: CVE records name packages by their addresses.
    assert [
        f"{name(path)}: {found}"
        for path, text in texts()
        if path.relative_to(ROOT).parts[0] not in {"src", "tests"}
        for found in named(REGISTRIES, text)
    ] == []


def texts() -> Iterator[tuple[Path, str]]:
    for path in files():
        with contextlib.suppress(UnicodeDecodeError):  # a compressed fixture
            yield path, path.read_text("utf-8")


def named(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[0] for match in pattern.finditer(text)]
