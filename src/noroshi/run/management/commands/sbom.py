"""``noroshi sbom``: what members run."""

from __future__ import annotations

import sys
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import FormatError, NoroshiError, NotFound, Refused, TooLarge
from noroshi.core.policy.visibility import System
from noroshi.core.sector import Criticality, Exposure
from noroshi.edge.sentences import sentence
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.actions import AddedInventory, NewSystem, add_system_inventory
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation
from noroshi.run.console import Options, RoomCommand, Verbs, local_time
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Take in SBOMs."""

    help = _("take in SBOMs, and list what is stored")

    def declare(self, verbs: Verbs) -> None:
        """Declare add and list."""
        add = verbs.add("add", self.add, _("store an SBOM as a system's current inventory"))
        add.add_argument("--organisation", required=True, metavar="SLUG", help=_("whose it is"))
        add.add_argument(
            "--system",
            metavar="NAME",
            help=_("name of the system (default: the file's name without its endings)"),
        )
        add.add_argument(
            "--criticality",
            choices=[item.value for item in Criticality],
            default=Criticality.MEDIUM.value,
            help=_("how much depends on the system, if it is new"),
        )
        add.add_argument(
            "--exposure",
            choices=[item.value for item in Exposure],
            default=Exposure.CONTROLLED.value,
            help=_("how reachable the system is, if it is new"),
        )
        add.add_argument(
            "files",
            nargs="+",
            type=Path,
            metavar="FILE",
            help=_("CycloneDX JSON or XML, SPDX JSON or tag-value; several: one system each"),
        )
        verbs.add("list", self.list, _("list the current inventories"))
        show_one = verbs.add("show", self.show, _("show an inventory, and what could not be used"))
        show_one.add_argument("--organisation", required=True, metavar="SLUG", help=_("whose"))
        show_one.add_argument("--system", required=True, metavar="NAME", help=_("which system's"))

    def add(self, options: Options) -> None:
        """Store the files, each as the inventory of one system."""
        files: list[Path] = options["files"]
        if options["system"] and len(files) > 1:
            raise Refused(detail=_("--system names one system; give one file with it"))
        organisation = members.named(options["organisation"])
        failed = 0
        for path in files:
            try:
                self._add(organisation, path, options)
            except NoroshiError as error:  # the files beside it are good all the same
                if len(files) == 1:
                    raise
                say(self.err, sentence(error))
                failed += 1
        if failed < len(files):
            say(self.out, _("Findings appear after: noroshi run --until-idle"))
        if failed:
            sys.exit(1)

    def _add(self, organisation: Organisation, path: Path, options: Options) -> None:
        data = _read(path)
        name = path.name.partition(".")[0] if options["system"] is None else options["system"]
        # The shell passes a name that is no text in half characters, which nothing can store.
        name = name.encode(errors="replace").decode()
        try:
            added = add_system_inventory(
                organisation,
                NewSystem(name, Criticality(options["criticality"]), Exposure(options["exposure"])),
                path.name,
                data,
                now=utc_now(),
                actor=organisation.slug,
            )
        except FormatError as error:
            raise error.at(path.name) from error
        say(self.out, _added(name, added))

    def list(self, _options: Options) -> None:
        """Show every current inventory on this node."""
        columns = (_("Organisation"), _("System"), _("Format"), _("Components"), _("Uploaded"))
        rows = [
            (
                row.system.organisation.slug,
                row.system.name,
                row.dialect,
                f"{row.component_count:,}",
                local_time(row.uploaded_at),
            )
            for row in queries.inventories(System())
        ]
        show(self.out, columns, rows)

    def show(self, options: Options) -> None:
        """Show one current inventory: its components, and the problems found in it."""
        organisation = members.named(options["organisation"])
        viewer = members.viewer_of(organisation)
        inventory = queries.inventory_of(viewer, organisation.pk, options["system"])
        say(self.out, f"{inventory.system.name}: {inventory.file}, {inventory.dialect}")
        rows = [
            (row.package.name, row.package.version or "–", row.kind, row.path)
            for row in queries.components(viewer, inventory.pk)
        ]
        show(self.out, (_("Component"), _("Version"), _("Kind"), _("Place")), rows)
        problems = [(each["where"], each["text"]) for each in inventory.problems]
        if problems:
            say(self.out, "")
            show(self.out, (_("Place"), _("Could not be used")), problems)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise NotFound(kind=_("file"), name=str(path))
    limit = settings.NOROSHI.max_document_bytes
    if path.stat().st_size > limit:
        raise TooLarge(path.name, limit=limit)
    return path.read_bytes()


def _added(name: str, added: AddedInventory) -> str:
    if added.unchanged:
        return _("%(system)s: this SBOM is stored already; nothing has changed") % {"system": name}
    text = _("%(system)s: %(components)d components, %(fresh)d packages new to the hub") % {
        "system": name,
        "components": added.components,
        "fresh": added.new_packages,
    }
    if added.problems:
        text += _("; %(problems)d parts could not be used") % {"problems": added.problems}
    return text
