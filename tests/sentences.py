"""The sentences that people read: gathered from the source, kept in the Japanese catalogue.

Run as a program (``make messages``) it brings the catalogue up to date: new sentences are added
with an empty translation, those that are gone are dropped.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.sources import ROOT, SRC, modules, name, tree

HEADER = r"""# Noroshi in Japanese. "make messages" keeps the sentences, people their translations.
msgid ""
msgstr ""
"Language: ja\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
CATALOGUE = SRC / "run" / "locale" / "ja" / "LC_MESSAGES" / "django.po"

_TEXT = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"\b(gettext|ngettext|_)\(\s*({_TEXT})(?:,\s*({_TEXT}))?")

SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}


def template() -> Catalog:
    """Return every sentence of the source, with the files it stands in.

    The syntax tree is asked, not Babel's extractor: that one overlooks calls inside f-strings.
    """
    found = Catalog()
    for path in modules():
        for sentence in _spoken(path):
            found.add(sentence, locations=[(name(path), 0)])
    for path in templates():
        for sentence in _shown(path):
            found.add(sentence, locations=[(name(path), 0)])
    for path, sentence in error_sentences():
        found.add(sentence, locations=[(name(path), 0)])
    return found


def templates() -> list[Path]:
    """Return every template of the pages and mails."""
    found = [path for path in SRC.rglob("templates/**/*") if path.suffix in {".html", ".txt"}]
    return sorted(found)


def _shown(path: Path) -> Iterator[str | tuple[str, str]]:
    """Yield the sentences of a template: Django itself says what is to be translated in it."""
    for call in _CALL.finditer(templatize(path.read_text("utf-8"))):
        words = [ast.literal_eval(word) for word in call.groups()[1:] if word]
        yield (words[0], words[1]) if call[1] == "ngettext" else words[0]


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield the calls of a module that ask for a translation."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and _called(node) in SINGULAR | PLURAL:
            yield node


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return word
        case _:
            return ""


def _spoken(path: Path) -> Iterator[str | tuple[str, str]]:
    for call in calls(path):
        words = [str(word.value) for word in call.args if isinstance(word, ast.Constant)]
        if _called(call) in SINGULAR and words:
            yield words[0]
        elif len(words) > 1:
            yield words[0], words[1]


def error_sentences() -> Iterator[tuple[Path, str]]:
    """Yield the ``sentence`` of each class of the error tree; core knows nothing of gettext."""
    path = SRC / "core" / "errors.py"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                target, value = _assigned(line)
                if target == "sentence" and isinstance(value, ast.Constant):
                    yield path, str(value.value)


def _assigned(line: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
        return line.target.id, line.value
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
        return line.targets[0].id, line.value
    return "", None


def catalogue() -> Catalog:
    """Return the Japanese catalogue as it is stored."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ja")


def is_complete(message: Message) -> bool:
    """Tell whether a sentence has its translation."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(forms) and not message.fuzzy


def store(catalogue: Catalog) -> None:
    """Write the Japanese catalogue; equal sentences give equal bytes, whenever it was."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        file.write(HEADER.encode())
        write_po(
            file, catalogue, width=100, omit_header=True, sort_output=True, include_lineno=False
        )


def main() -> None:
    """Bring the catalogue up to date."""
    kept = catalogue() if CATALOGUE.exists() else Catalog(locale="ja")
    kept.update(template(), no_fuzzy_matching=True)
    kept.obsolete.clear()
    store(kept)
    missing = sum(1 for message in kept if message.id and not is_complete(message))
    sys.stdout.write(f"{CATALOGUE.relative_to(ROOT)}: {missing} without a translation\n")


if __name__ == "__main__":
    main()
