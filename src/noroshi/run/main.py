"""The ``noroshi`` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a command; errors of ours are sentences on standard error and exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "noroshi.run.settings")
    sys.argv[0] = "noroshi"
    _take_language(sys.argv)
    if sys.argv[1:2] == ["demo"]:  # never in the folder where somebody's real data may be
        os.environ.setdefault("NOROSHI_DATA", "noroshi-demo")
    from noroshi.core.errors import MisconfiguredError, NoroshiError

    try:
        _run()
    except MisconfiguredError as error:  # there may be no settings to translate with
        _fail(str(error))
    except NoroshiError as error:
        from noroshi.edge.sentences import sentence

        _fail(sentence(error))
    except _database_error() as error:
        from noroshi.edge.sentences import database_failed

        if _interrupted(error):
            sys.exit(130)
        _fail(database_failed(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _run() -> None:
    import django
    from django.core.management import execute_from_command_line

    wanted = [word for word in sys.argv[1:] if not word.startswith("--lang")]
    if wanted in ([], ["help"], ["--help"], ["-h"], ["ja"], ["en"]):
        from noroshi.run.overview import overview

        django.setup()
        sys.stdout.write(overview())
        return
    execute_from_command_line(sys.argv)


def _interrupted(error: BaseException | None) -> bool:
    """Say whether Ctrl-C is behind a failure: undoing a transaction may fail because of it."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _database_error() -> type[Exception]:
    from django.db import DatabaseError

    return DatabaseError


def _fail(text: str) -> None:
    sys.stderr.write(f"noroshi: {text}\n")
    sys.exit(1)


def _take_language(arguments: list[str]) -> None:
    """``--lang ja`` speaks for the whole run, help included: so it is read before anything else."""
    for index, word in enumerate(arguments):
        name, _, value = word.partition("=")
        if name == "--lang":
            value = value or (arguments[index + 1] if index + 1 < len(arguments) else "")
            if value in {"en", "ja"}:
                os.environ["NOROSHI_LANGUAGE"] = value
