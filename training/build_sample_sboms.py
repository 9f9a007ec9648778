"""Write the inventories of the built-in sample and the list of its systems.

    python training/build_sample_sboms.py --out src/noroshi/run/sample

The systems are in ``sample_systems.toml``, their software in ``sample_software.toml``. The same
tables give the same bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from pathlib import Path

import msgspec
from packageurl import PackageURL
from sample_sboms import DIALECTS, Inventory, Item

HERE = Path(__file__).parent
FIRST_DAY = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
"""The first inventory is of this day, each further one of the day after."""


class Software(msgspec.Struct, frozen=True):
    """One thing by itself."""

    name: str
    supplier: str = ""
    cpe: str = ""
    purl: str = ""
    kind: str = "application"
    edition: str = "*"
    target: str = "*"


class Pack(msgspec.Struct, frozen=True):
    """What comes along with a platform. ``system`` is the operating system's name and version."""

    purl: str
    items: tuple[str, ...]
    system: str = ""
    qualifiers: dict[str, str] = {}


class Catalogue(msgspec.Struct, frozen=True):
    """All software of the sample."""

    software: dict[str, Software]
    pack: dict[str, Pack]


class System(msgspec.Struct, frozen=True):
    """One system of a member."""

    organisation: str
    slug: str
    name: str
    criticality: str
    exposure: str
    dialect: str
    software: tuple[str, ...]
    packs: tuple[str, ...] = ()


class Systems(msgspec.Struct, frozen=True):
    """The table of systems."""

    system: tuple[System, ...]


def main() -> None:
    """Write ``systems.toml`` and ``sboms/``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    catalogue = msgspec.toml.decode((HERE / "sample_software.toml").read_bytes(), type=Catalogue)
    systems = msgspec.toml.decode((HERE / "sample_systems.toml").read_bytes(), type=Systems).system
    (out / "sboms").mkdir(parents=True, exist_ok=True)
    entries = ["# Written by training/build_sample_sboms.py; edit training/sample_systems.toml.\n"]
    for number, system in enumerate(systems):
        dialect, _, version = system.dialect.rpartition("-")
        write, ending = DIALECTS[dialect]
        name = f"{system.organisation}-{system.slug}.{ending}"
        inventory = _inventory(system, catalogue, FIRST_DAY + dt.timedelta(days=number))
        (out / "sboms" / name).write_bytes(write(inventory, version))
        entries.append(_entry(system, name))
    (out / "systems.toml").write_text("\n".join(entries), encoding="utf-8")
    print(f"{len(systems)} systems")


def _entry(system: System, sbom: str) -> str:
    return (
        "[[system]]\n"
        f'organisation = "{system.organisation}"\n'
        f'name = "{system.name}"\n'
        f'criticality = "{system.criticality}"\n'
        f'exposure = "{system.exposure}"\n'
        f'sbom = "{sbom}"\n'
    )


def _inventory(system: System, catalogue: Catalogue, created: dt.datetime) -> Inventory:
    own = [_software(text, catalogue.software) for text in system.software]
    packs = [item for name in system.packs for item in _pack(catalogue.pack[name])]
    return Inventory(
        slug=f"{system.organisation}-{system.slug}",
        subject=system.name,
        owner=system.organisation,
        created=created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        items=(*own, *packs),
    )


def _software(text: str, catalogue: dict[str, Software]) -> Item:
    key, version, *as_cpe = text.split()
    software = catalogue[key]
    named = as_cpe[0] if as_cpe else version
    return Item(
        name=software.name,
        version="" if version == "-" else version,
        kind=software.kind,
        supplier=software.supplier,
        purl=_purl(software.purl, version, {}) if software.purl else "",
        cpe=_cpe(software.cpe, named, software.edition, software.target),
    )


def _pack(pack: Pack) -> list[Item]:
    items = tuple(_packed(text, pack) for text in pack.items)
    if not pack.system:
        return [*items]
    name, _, version = pack.system.partition(" ")
    return [Item(name=name, version=version, kind="operating-system", parts=items)]


def _packed(text: str, pack: Pack) -> Item:
    full, version, *cpe = text.split()
    group, _, name = full.rpartition(":")
    path = f"{pack.purl}/{full.replace(':', '/')}"
    return Item(
        name=name,
        version=version,
        group=group,
        purl=_purl(path, version, pack.qualifiers),
        cpe=_cpe(cpe[0], version, "*", "*") if cpe else "",
    )


def _purl(path: str, version: str, qualifiers: dict[str, str]) -> str:
    kind, _, rest = path.partition("/")
    namespace, _, name = rest.rpartition("/")
    return PackageURL(kind, namespace or None, name, version, qualifiers).to_string()


def _cpe(product: str, version: str, edition: str, target: str) -> str:
    r"""Bind a CPE 2.3 formatted name; ``version`` may carry an update after a colon."""
    if not product:
        return ""
    number, _, update = version.lower().partition(":")
    parts = [_quoted(number), _quoted(update) or "*", "*", "*", edition, target, "*", "*"]
    return ":".join(["cpe:2.3", product, *parts])


def _quoted(value: str) -> str:
    # NISTIR 7695 §6.2.2: hyphen, period and underscore stand bare, other punctuation is escaped.
    return re.sub(r"([^\w.\-])", r"\\\1", value, flags=re.ASCII)


if __name__ == "__main__":
    main()
