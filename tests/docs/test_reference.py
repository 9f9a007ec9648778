"""The documentation is complete, says the same in both languages, and names nothing that is not."""

from __future__ import annotations

import re

import pytest

from noroshi.core import errors
from noroshi.edge.feeds.registry import FORMATS
from noroshi.run.configuration import CONFIG_VARIABLE, SETTINGS
from tests.docs import pages, parsers
from tests.docs.pages import LANGUAGES
from tests.sources import ROOT, files, name

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def kinds(root: type[errors.NoroshiError] = errors.NoroshiError) -> set[type[errors.NoroshiError]]:
    return {root}.union(*(kinds(kind) for kind in root.__subclasses__()))


def documents() -> list[str]:
    return [name(path) for path in files() if path.suffix == ".md"]


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return str(request.param)


# --- complete ---


def test_every_command_and_option_is_described(language):
    described = pages.sections(pages.page(language, "reference/commands.md"))
    missing = [
        f"{one.name}: {word}"
        for one in parsers.accepted()
        for word in (one.name, *one.options, *one.arguments)
        if one.name not in described or (word != one.name and word not in described[one.name])
    ]
    assert missing == []


def test_no_command_or_option_is_described_that_does_not_exist(language):
    described = pages.sections(pages.page(language, "reference/commands.md"))
    existing = {one.name: set(one.options) for one in parsers.accepted()}
    about = {title: text for title, text in described.items() if title.startswith("noroshi ")}
    assert set(about) <= set(existing) | {"noroshi migrate"}
    invented = {
        title: wrong
        for title, text in about.items()
        if title in existing and (wrong := set(OPTION.findall(text)) - existing[title] - {"--lang"})
    }
    assert invented == {}


def test_every_setting_is_described_with_its_variable_and_default(language):
    text = pages.page(language, "reference/settings.md").read_text("utf-8")
    rows = {
        row.split("|")[1].strip(" `"): row for row in text.splitlines() if row.startswith("| `")
    }
    described = {title for title in rows if re.fullmatch(r"[a-z_]+", title)}
    assert described == {setting.name for setting in SETTINGS}
    for setting in SETTINGS:
        words = pages.code(rows[setting.name])
        assert setting.variable in words
        assert not setting.default or setting.default in words
    assert CONFIG_VARIABLE in pages.code(text)


def test_every_error_is_described(language):
    text = pages.page(language, "reference/errors.md").read_text("utf-8")
    described = {
        row.split("|")[1].strip(" `") for row in text.splitlines() if row.startswith("| `")
    }
    assert described == {kind.code for kind in kinds()}


def test_every_feed_is_described(language):
    titles = {
        heading.text for heading in pages.headings(pages.page(language, "reference/feeds.md"))
    }
    assert set(FORMATS) <= titles


# --- the same in both languages ---


def test_both_languages_have_the_same_pages():
    assert pages.pages("en") == pages.pages("ja")


@pytest.mark.parametrize("page", pages.pages("en"))
def test_a_page_has_the_same_outline_in_both_languages(page):
    outlines = [
        [heading.level for heading in pages.headings(pages.page(language, page))]
        for language in LANGUAGES
    ]
    assert outlines[0] == outlines[1]


@pytest.mark.parametrize("page", pages.pages("en"))
def test_a_page_shows_the_same_commands_in_both_languages(page):
    shown = [
        [command.split()[:3] for command in pages.commands(pages.page(language, page))]
        for language in LANGUAGES
    ]
    assert shown[0] == shown[1]


# --- true ---


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document):
    path = ROOT / document
    dead = [
        address
        for address in pages.links(path)
        if not re.match(r"[a-z]+:", address)
        and not (path.parent / address.partition("#")[0]).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("document", documents())
def test_commands_shown_would_be_accepted(document):
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    for command in pages.commands(ROOT / document):
        if command.startswith("noroshi "):
            parsers.check(command)
        elif command.startswith("make "):
            assert command.split()[1] in targets


def test_commands_named_in_the_text_exist():
    known = {one.name for one in parsers.accepted()} | {"noroshi migrate"}
    lost = [
        f"{document}: {word}"
        for document in documents()
        for word in pages.code((ROOT / document).read_text("utf-8"))
        if re.match(r"noroshi [a-z]", word)
        and not any(f"{word} ".startswith(f"{name} ") for name in known)
    ]
    assert lost == []


def test_the_two_commands_stand_on_top_of_both_readmes():
    for document in ("README.md", "README.ja.md"):
        assert [line.split()[:2] for line in pages.commands(ROOT / document)][:2] == [
            ["make", "demo"],
            ["make", "test"],
        ]


def test_the_documentation_names_files_that_exist():
    """Paths written as code in the pages are paths of the source."""
    lost = [
        f"{document}: {word}"
        for document in documents()
        if document.startswith("docs/") or "/" not in document
        for word in pages.code((ROOT / document).read_text("utf-8"))
        if re.fullmatch(r"(?:core|hub|edge|run)/[\w/.-]+", word)
        and not (ROOT / "src" / "noroshi" / word).exists()
    ]
    assert lost == []
