"""What each source serves, small: real in layout, invented in content.

A world of a source has two sides: what there is at first, and what is there the next time. Records
are known by their identifiers.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pysequoia import SignatureMode, Tsk, sign

from tests.core.formats import csaf_samples, jvn_samples
from tests.core.formats.contract import alpine as alpine_samples
from tests.core.formats.contract import exploitdb as exploitdb_samples
from tests.core.formats.contract import metasploit as metasploit_samples
from tests.core.formats.contract import nuclei as nuclei_samples
from tests.core.formats.contract import osv as osv_samples
from tests.core.formats.feed_samples import NAME
from tests.edge.feeds.server import Query, World
from tests.hub.feeds import cve, cve5, epss, kev, nvd, raw
from tests.hub.sector import NOON

Numbers = Iterable[int]
LATER = NOON + dt.timedelta(days=2)
"""When the sources are asked the next time."""


# --- kev ---


def put_kev(world: World, numbers: Numbers, *, released: dt.datetime = NOON, **more: Any) -> None:
    """Serve the catalogue."""
    catalogue = kev(*(cve(number) for number in numbers))
    catalogue |= {"dateReleased": released.isoformat(), **more}
    world.put(KEV, raw(catalogue))


KEV = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"

# --- epss ---


def put_epss(world: World, day: dt.date, numbers: Numbers) -> str:
    """Serve the table of one day; return its address."""
    table = epss(day.isoformat(), {cve(number): 0.5 for number in numbers})
    address = f"https://epss.empiricalsecurity.com/epss_scores-{day}.csv.gz"
    world.put(address, gzip.compress(table, mtime=0))
    return address


# --- nvd ---

NVD = "services.nvd.nist.gov/rest/json/cves/2.0"


class Nvd:
    """NVD's list of records, as its API cuts it into pages. ``most``: records of a page."""

    def __init__(self, world: World, most: int = 3) -> None:
        self.modified: dict[int, dt.datetime] = {}
        self.most = most
        self.queries: list[Query] = []
        world.pages[NVD] = self.page

    def put(self, numbers: Numbers, at: dt.datetime) -> None:
        """Add records, or modify them."""
        for number in numbers:
            self.modified.pop(number, None)
            self.modified[number] = at

    def page(self, query: Query) -> bytes:
        """Return a page."""
        self.queries.append(query)
        since, until = query.get("lastModStartDate"), query.get("lastModEndDate")
        numbers = [
            number
            for number, at in self.modified.items()
            if not (since and until) or _at(since) <= at <= _at(until)
        ]
        start = int(query["startIndex"])
        found = numbers[start : start + min(self.most, int(query["resultsPerPage"]))]
        return raw(
            {
                "resultsPerPage": len(found),
                "startIndex": start,
                "totalResults": len(numbers),
                "format": "NVD_CVE",
                "version": "2.0",
                "timestamp": "2026-06-01T03:00:00.000",
                "vulnerabilities": [self._item(number) for number in found],
            }
        )

    def _item(self, number: int) -> dict[str, Any]:
        at = self.modified[number].replace(tzinfo=None)
        return nvd(cve(number), modified=at.isoformat(timespec="milliseconds"))


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# --- archives ---


def archive(members: Mapping[str, bytes]) -> bytes:
    """Return a zip archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as one:
        for name, data in members.items():
            one.writestr(name, data)
    return packed.getvalue()


# --- cve5 ---

LATEST = "https://api.github.com/repos/CVEProject/cvelistV5/releases/latest"
DOWNLOADS = "https://github.com/CVEProject/cvelistV5/releases/download"


def records(numbers: Numbers, updated: str = "2026-05-01T00:00:00Z") -> dict[str, bytes]:
    """Return the records as files of the list, and the list of changes that lies beside them."""
    files = {f"cves/2024/{cve(n)}.json": raw(cve5(cve(n), updated=updated)) for n in numbers}
    return {**files, "cves/delta.json": b'{"fetchTime": "2026-05-01T00:00:00Z"}'}


def put_release(world: World, day: dt.date, every: Numbers, changed: Numbers) -> None:
    """Serve the newest release: everything of midnight, and what changed since."""
    names = (f"{day}_all_CVEs_at_midnight.zip.zip", f"{day}_delta_CVEs_at_1200Z.zip")
    release = f"{DOWNLOADS}/cve_{day}_1200Z"
    assets = [{"name": name, "browser_download_url": f"{release}/{name}"} for name in names]
    world.put(LATEST, raw({"tag_name": f"cve_{day}_1200Z", "assets": assets}))
    world.put(f"{release}/{names[0]}", archive({"cves.zip": archive(records(every))}))
    put_archive(world, f"{release}/{names[1]}", changed)


def put_end_of_day(world: World, day: dt.date, changed: Numbers) -> str:
    """Serve what changed on a day; return its address."""
    name = f"{day}_delta_CVEs_at_end_of_day.zip"
    address = f"{DOWNLOADS}/cve_{day}_at_end_of_day/{name}"
    put_archive(world, address, changed)
    return address


def put_archive(world: World, address: str, numbers: Numbers) -> None:
    """Serve records in an archive."""
    files = records(numbers, "2026-06-01T00:00:00Z")
    world.put(address, archive({f"deltaCves/{name}": data for name, data in files.items()}))


# --- osv ---

OSV = "https://osv-vulnerabilities.storage.googleapis.com"


class Osv:
    """The records of one ecosystem; the others have one record each, which never changes."""

    def __init__(self, world: World, ecosystems: Iterable[str], ecosystem: str) -> None:
        self._world = world
        self._folder = f"{OSV}/{ecosystem}"
        self._changed: dict[int, dt.datetime] = {}
        for number, other in enumerate(ecosystems, start=900):
            if other != ecosystem:
                _put_ecosystem(world, f"{OSV}/{other}", {number: NOON})

    def put(self, numbers: Numbers, at: dt.datetime) -> None:
        """Add records, or modify them."""
        self._changed |= dict.fromkeys(numbers, at)
        _put_ecosystem(self._world, self._folder, self._changed)


def _put_ecosystem(world: World, folder: str, changed: Mapping[int, dt.datetime]) -> None:
    newest = sorted(changed.items(), key=lambda one: one[1], reverse=True)
    table = "".join(f"{at.isoformat()},{ghsa(number)}\n" for number, at in newest)
    world.put(f"{folder}/modified_id.csv", table.encode())
    files = {f"{ghsa(number)}.json": _advisory(number, at) for number, at in changed.items()}
    world.put(f"{folder}/all.zip", archive(files))
    for name, data in files.items():
        world.put(f"{folder}/{name}", data)


def ghsa(number: int) -> str:
    """An identifier that nobody has."""
    return f"GHSA-2345-cfgh-{number:04}".translate(str.maketrans("01", "vw"))


def _advisory(number: int, at: dt.datetime) -> bytes:
    about = {"id": ghsa(number), "aliases": [cve(number)], "modified": at.isoformat()}
    return raw({**osv_samples.advisory(), **about})


# --- csaf ---


class Signer:
    """Somebody with an OpenPGP key."""

    def __init__(self, name: str) -> None:
        self._key = Tsk.generate(name)
        self.certificate = self._key.extract_certificate()

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes, apart from them."""
        return sign(self._key.signer(), data, mode=SignatureMode.DETACHED)


class Csaf:
    """A provider. ``folder``: it has a table of changes instead of a ROLIE feed.

    ``signer``: signs what is written.
    """

    def __init__(
        self, world: World, provider: str, *, folder: bool = False, signer: Signer | None = None
    ) -> None:
        self._world = world
        self._base = provider.rpartition("/")[0]
        self._folder = folder
        self._signer = signer
        self._changed: dict[int, dt.datetime] = {}
        self.list = f"{self._base}/white/{'changes.csv' if folder else 'feed.json'}"
        world.put(provider, raw(self._metadata()))

    def _metadata(self) -> dict[str, Any]:
        rolie = {"feeds": [{"url": self.list, "tlp_label": "WHITE"}]}
        amber = {"feeds": [{"url": f"{self._base}/amber/feed.json", "tlp_label": "AMBER"}]}
        open_ = {"directory_url": f"{self._base}/white/"} if self._folder else {"rolie": rolie}
        told: dict[str, Any] = {"distributions": [open_, {"rolie": amber}]}
        if self._signer is not None:
            key = f"{self._base}/openpgp/key.asc"
            self._world.put(key, str(self._signer.certificate).encode())
            fingerprint = self._signer.certificate.fingerprint.upper()
            told["public_openpgp_keys"] = [{"url": key, "fingerprint": fingerprint}]
        return {"canonical_url": f"{self._base}/x", **told}

    def address(self, number: int) -> str:
        """Return where an advisory is."""
        return f"{self._base}/white/2026/ksa-{number}.json"

    def put(self, numbers: Numbers, at: dt.datetime) -> None:
        """Add advisories, or modify them."""
        self._changed |= dict.fromkeys(numbers, at)
        for number in numbers:
            self.write(number, at)
        self._world.put(self.list, self._table() if self._folder else self._rolie())

    def write(self, number: int, at: dt.datetime, about: bytes | None = None) -> None:
        """Write an advisory and the hash of it, or of something else."""
        data = _csaf(number, at)
        digest = hashlib.sha512(data if about is None else about).hexdigest()
        self._world.put(self.address(number), data)
        self._world.put(f"{self.address(number)}.sha512", f"{digest}  x.json\n".encode())
        if self._signer is not None:
            self._world.put(f"{self.address(number)}.asc", self._signer.sign(data))

    def _table(self) -> bytes:
        written = io.StringIO()
        rows = sorted(self._changed.items(), key=lambda one: one[1], reverse=True)
        csv.writer(written).writerows((f"2026/ksa-{n}.json", at.isoformat()) for n, at in rows)
        return written.getvalue().encode()

    def _rolie(self) -> bytes:
        return raw({"feed": {"entry": [self._entry(n, at) for n, at in self._changed.items()]}})

    def _entry(self, number: int, at: dt.datetime) -> dict[str, Any]:
        address = self.address(number)
        hashes = [{"rel": "hash", "href": f"{address}.{kind}"} for kind in ("sha256", "sha512")]
        signature = {"rel": "signature", "href": f"{address}.asc"}
        links = [{"rel": "self", "href": address}, *hashes, signature]
        return {"id": f"KSA-{number}", "updated": at.isoformat(), "link": links}


def _csaf(number: int, at: dt.datetime) -> bytes:
    advisory = csaf_samples.csaf()
    advisory["document"]["tracking"]["id"] = f"KSA-{number}"
    advisory["document"]["tracking"]["current_release_date"] = at.isoformat()
    advisory["vulnerabilities"][0]["cve"] = cve(number)
    return raw(advisory)


# --- jvn ---

JVN = "https://jvndb.jvn.jp/ja/feed"


def put_jvn(world: World, numbers: Numbers, *, written: bool = True) -> None:
    """Serve two years' files, and the list of them; ``written``: with the hashes they have."""
    even, odd = (jvn([n for n in numbers if n % 2 == rest]) for rest in (0, 1))
    listed = []
    for year, data in ((2025, odd), (2026, even)):
        name = f"jvndb_detail_{year}.rdf"
        digest = hashlib.sha256(data if written else b"of before").hexdigest().upper()
        listed.append({"url": f"{JVN}/detail/{name}", "filename": name, "sha256": digest})
        world.put(f"{JVN}/detail/{name}", data)
    other = {"url": f"{JVN}/x.rdf", "filename": "jvndb_new.rdf", "sha256": "0" * 64}
    world.put(f"{JVN}/checksum.txt", raw([other, *listed]))


def jvn(numbers: Numbers) -> bytes:
    """Return a year's file."""
    entries = []
    for number in numbers:
        entry = jvn_samples.vulinfo(jvndb=f"JVNDB-2026-{number:06}")
        entries.append(entry.replace(NAME, cve(number)))
    return jvn_samples.vuldef(*entries)


# --- sources that are one file ---


def _padded(data: bytes) -> bytes:
    return data + b" " * 2000 + b"\n"


def exploitdb(numbers: Numbers) -> bytes:
    """Return the table of exploits."""
    rows = []
    for number in numbers:
        row = exploitdb_samples.ROW.replace(b"99001", str(99000 + number).encode())
        rows.append(row.replace(b"CVE-2024-99990001", cve(number).encode()))
    filler = b'1,x.py,"%s",2024-07-20,x,remote,hardware,,,,0,,,,,,' % (b"x" * 2000)
    return b"\n".join([exploitdb_samples.HEADING, filler, *rows, b""])


def metasploit(numbers: Numbers) -> bytes:
    """Return what is said of all modules."""
    modules = {}
    for number in numbers:
        name = f"exploit/linux/http/kasumi_{number}"
        modules[name] = {
            **metasploit_samples.module(),
            "fullname": name,
            "references": [cve(number)],
        }
    return _padded(raw(modules))


def nuclei(numbers: Numbers) -> bytes:
    """Return the list of templates."""
    lines = []
    for number in numbers:
        about = {"id": cve(number), "path": f"http/cves/{cve(number)}.yaml"}
        lines.append(raw({**nuclei_samples.template(), **about, "classification": None}))
    return _padded(b"\n".join(lines))


def debian(numbers: Numbers) -> bytes:
    """Return the tracker."""
    issue = {
        "description": "x" * 2000,
        "scope": "remote",
        "releases": {
            "bookworm": {
                "status": "resolved",
                "repositories": {"bookworm": "2.3-1"},
                "fixed_version": "2.3-1",
                "urgency": "medium",
            }
        },
    }
    return raw({"kasumi": {cve(number): issue for number in numbers}})


def alpine(numbers: Numbers) -> bytes:
    """Return a repository of one release."""
    packages = [{"pkg": {"name": "kasumid", "secfixes": {f"2.{n}-r0": [cve(n)]}}} for n in numbers]
    return raw({**alpine_samples.database(), "packages": packages})


Fill = Callable[[World, Numbers], None]
