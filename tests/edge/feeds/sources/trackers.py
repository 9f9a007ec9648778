"""What repositories of records and distributions' trackers serve: real in layout, invented."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from typing import Literal

from noroshi.edge.feeds.sources import amazon
from tests.core.formats.contract import amazon as amazon_samples
from tests.core.formats.contract import nvd_overrides as override_samples
from tests.core.formats.contract import redhat as redhat_samples
from tests.core.formats.contract import ubuntu as ubuntu_samples
from tests.edge.feeds.server import World
from tests.edge.feeds.sources.worlds import Numbers, archive
from tests.hub.feeds import cve, raw

Mode = Literal["w", "w:gz", "w:xz", "w:bz2"]
MODES: Mapping[str, Mode] = {"": "w", "gz": "w:gz", "xz": "w:xz", "bz2": "w:bz2"}
"""How a tar archive is packed → the mode in which it is written."""

# --- repositories of records ---


class Repository:
    """A repository of CVE records on GitHub. ``record``: what stands in the file of one."""

    def __init__(self, world: World, name: str, record: Callable[[int], bytes]) -> None:
        self._world = world
        self._name = name
        self._record = record
        self._files: dict[str, bytes] = {}
        self._known: list[tuple[str, dict[str, bytes]]] = []

    def commit(self, branch: str, numbers: Numbers, text: bytes = b"") -> str:
        """Write records, and serve the commit as the newest one; return its hash."""
        written = {f"2024/0xxx/{cve(n)}.json": self._record(n) + text for n in numbers}
        self._files |= written
        listed = raw(sorted(self._files)) + text
        commit = hashlib.sha1(listed, usedforsecurity=False).hexdigest()
        folder = self._name.rpartition("/")[2]
        packed = {f"{folder}-{commit}/{name}": data for name, data in self._files.items()}
        packed[f"{folder}-{commit}/README.md"] = b"# Records"
        self._world.put(f"{GITHUB}/{self._name}/commits/{branch}", raw({"sha": commit}))
        self._world.put(f"https://github.com/{self._name}/archive/{commit}.zip", archive(packed))
        for name, data in self._files.items():
            self._world.put(f"{RAW}/{self._name}/{commit}/{name}", data)
        for before, files in self._known:
            changed = [
                {"filename": name, "status": "modified" if name in files else "added"}
                for name, data in self._files.items()
                if files.get(name) != data
            ]
            self.compare(before, commit, [*changed, {"filename": "README.md", "status": "added"}])
        self._known.append((commit, dict(self._files)))
        return commit

    def compare(
        self, before: str, commit: str, files: list[dict[str, str]], status: str = "ahead"
    ) -> None:
        """Serve what changed from one commit to another."""
        address = f"{GITHUB}/{self._name}/compare/{before}...{commit}"
        self._world.put(address, raw({"status": status, "files": files}))


GITHUB = "https://api.github.com/repos"
RAW = "https://raw.githubusercontent.com"


def override(number: int) -> bytes:
    """Return an override."""
    value = override_samples.override()
    value["_annotation"]["cve_id"] = cve(number)
    return raw(value)


# --- ubuntu ---


def put_ubuntu(world: World, numbers: Numbers, files: Mapping[str, bytes] | None = None) -> None:
    """Serve the archive of all records, with a notice that is none."""
    found = {f"osv/cve/2024/UBUNTU-{cve(n)}.json": ubuntu_record(n) for n in numbers}
    found["osv/usn/USN-99901-1.json"] = raw({"schema_version": "1.7.0", "id": "USN-99901-1"})
    world.put(UBUNTU, tar(found if files is None else files))


UBUNTU = "https://security-metadata.canonical.com/osv/osv-all.tar.xz"


def ubuntu_record(number: int) -> bytes:
    """Return the record of a CVE."""
    about = {"id": f"UBUNTU-{cve(number)}", "upstream": [cve(number)]}
    return json.dumps({**ubuntu_samples.osv(), **about}, indent=1).encode()


def tar(files: Mapping[str, bytes], packing: str = "xz") -> bytes:
    """Return a packed tar archive with a folder and a link in it."""
    packed = io.BytesIO()
    with tarfile.TarFile.open(fileobj=packed, mode=MODES[packing]) as packer:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE):
            other = tarfile.TarInfo(f"osv{kind.decode()}")
            other.type, other.linkname = kind, "/etc/passwd"
            packer.addfile(other)
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packer.addfile(member, io.BytesIO(data))
    return packed.getvalue()


# --- amazon ---


def put_amazon(world: World, numbers: Numbers, **changed: str) -> None:
    """Serve two releases' repositories; ``changed``: what their metadata say instead."""
    for release, mirrors in amazon.RELEASES.items():
        found = [amazon_samples.update(cve(n), advisory=f"ALAS-{release}-{n}") for n in numbers]
        data = gzip.compress(amazon_samples.updates(*found), mtime=0)
        base = f"{amazon.HOST}/{release}/core/guids/{len(data)}/x86_64"
        place = "repodata/0a1b-updateinfo.xml.gz"
        told = {"place": place, "kind": "sha256", "digest": hashlib.sha256(data).hexdigest()}
        world.put(mirrors, f"{base}/\n".encode())
        world.put(f"{base}/{place}", data)
        world.put(f"{base}/repodata/repomd.xml", REPOMD.format(**told | changed).encode())


REPOMD = """<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo">
  <data type="primary"><checksum type="sha256">00</checksum>
    <location href="repodata/primary.xml.gz"/></data>
  <data type="updateinfo"><checksum type="{kind}">{digest}</checksum>
    <location href="{place}"/></data>
</repomd>
"""

# --- redhat ---


class RedHat:
    """The table of changes of the VEX documents, and the API of the CVEs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._changed: dict[int, dt.datetime] = {}

    def put(self, numbers: Numbers, at: dt.datetime) -> None:
        """Add CVEs, or modify them."""
        self._changed |= dict.fromkeys(numbers, at)
        for number in numbers:
            value = {**redhat_samples.security_data(), "name": cve(number), "upstream_fix": str(at)}
            self._world.put(self.address(number), raw(value))
        written = io.StringIO()
        rows = sorted(self._changed.items(), key=lambda one: one[1], reverse=True)
        names = ((f"2024/{cve(n).lower()}.json", at.isoformat()) for n, at in rows)
        csv.writer(written, quoting=csv.QUOTE_ALL).writerows(names)
        self._world.put(REDHAT, written.getvalue().encode())

    def address(self, number: int) -> str:
        """Return where a CVE is."""
        return f"https://access.redhat.com/hydra/rest/securitydata/cve/{cve(number)}.json"


REDHAT = "https://security.access.redhat.com/data/csaf/v2/vex/changes.csv"
