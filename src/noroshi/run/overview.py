"""What ``noroshi`` says of itself: its own commands, with a line each."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from django.utils.translation import gettext as _

from noroshi.run.management import commands


def overview() -> str:
    """Return the list of commands, in the active language."""
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    lines = [_("usage: noroshi COMMAND … [--lang {en,ja}]"), ""]
    for name in names:
        command = import_module(f"{commands.__name__}.{name}").Command
        lines.append(f"  {name:15}{command.help}")
    lines.append(f"  {'migrate':15}{_('create the tables, or bring them up to date')}")
    lines += ["", _("More on one: noroshi COMMAND --help")]
    return "\n".join(lines) + "\n"
