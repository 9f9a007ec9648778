"""The pages of the documentation, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.sources import ROOT

LANGUAGES = ("en", "ja")

_markdown = MarkdownIt("commonmark").enable("table")


class Heading(msgspec.Struct, frozen=True):
    """A heading: 1 is the page's title."""

    level: int
    text: str


@cache
def tokens(path: Path) -> tuple[Token, ...]:
    """Return the page's blocks in order."""
    return tuple(_markdown.parse(path.read_text("utf-8")))


def pages(language: str) -> list[str]:
    """Return the names of the pages in a language, as they stand below its folder."""
    folder = ROOT / "docs" / language
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.md"))


def page(language: str, name: str) -> Path:
    """Return the file of a page."""
    return ROOT / "docs" / language / name


def headings(path: Path) -> list[Heading]:
    """Return the page's headings, without the marks of code."""
    blocks = tokens(path)
    return [
        Heading(int(block.tag[1]), blocks[index + 1].content.replace("`", ""))
        for index, block in enumerate(blocks)
        if block.type == "heading_open"
    ]


def sections(path: Path) -> dict[str, str]:
    """Return heading → the text below it, up to the next heading of any level."""
    parts = re.split(r"^#+ +(.*)$", path.read_text("utf-8"), flags=re.MULTILINE)
    return {
        title.replace("`", ""): text for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def code(text: str) -> set[str]:
    """Return everything that is written as code inside running text."""
    return set(re.findall(r"`([^`\n]+)`", text))


def links(path: Path) -> Iterator[str]:
    """Yield the address of every link and picture."""
    for block in tokens(path):
        for inline in block.children or ():
            address = inline.attrGet("href") or inline.attrGet("src")
            if address:
                yield str(address)


def commands(path: Path) -> Iterator[str]:
    """Yield the commands of the page's console blocks, without prompt and remark."""
    for block in tokens(path):
        if block.type == "fence" and block.info.strip() == "console":
            joined = block.content.replace("\\\n", " ")
            for line in joined.splitlines():
                if line.startswith("$ "):
                    yield re.sub(r"\s+#\s.*$", "", line[2:]).strip()
