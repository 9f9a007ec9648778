"""What the sources serve that have no address of their own: feeds, MISP feeds, TAXII servers."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from typing import Any

from noroshi.edge.feeds.sources import Options
from tests.core.formats.contract import misp as misp_samples
from tests.core.formats.contract import rss as rss_samples
from tests.core.formats.contract import taxii as taxii_samples
from tests.core.formats.feed_samples import raw
from tests.edge.feeds.server import Request, World, send
from tests.hub.feeds import cve
from tests.hub.sector import NOON

RSS = "https://www.kasumi.example/news.xml"
MISP = "https://misp.nagomi.example/feed"
TAXII = "https://taxii.nagomi.example/taxii2/"
ROOT = "https://taxii.nagomi.example/sector/"
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
OBJECTS = f"{ROOT}collections/{COLLECTION}/objects/"
LOGIN = "Basic c2VjdG9yOnNlY3JldA=="

OPTIONS = Options(
    rss=(("kasumi", RSS),),
    misp=(("nagomi", f"{MISP}/"),),
    taxii=(("sector", TAXII),),
    taxii_logins={"sector": LOGIN},
)

Numbers = Iterable[int]


def put_rss(world: World, numbers: Numbers) -> None:
    """Serve a feed, the newest item first."""
    items = (rss_samples.item(cve(number), number=number) for number in reversed([*numbers]))
    world.put(RSS, rss_samples.rss(*items))


class Misp:
    """A MISP feed with one event for each number."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.listed: dict[str, dict[str, Any]] = {}

    @staticmethod
    def uuid(number: int) -> str:
        """Return what an event is called."""
        return f"5f0b5c0e-3a52-4c1e-9d0b-{number:012}"

    def address(self, number: int) -> str:
        """Return where an event is."""
        return f"{MISP}/{self.uuid(number)}.json"

    def put(self, numbers: Numbers, at: dt.datetime, *tags: str, hashed: bool = True) -> None:
        """Add events, or modify them."""
        for number in numbers:
            about = {"uuid": self.uuid(number), "timestamp": str(int(at.timestamp()))}
            object_ = misp_samples.vulnerability(cve(number))
            event = misp_samples.event(*tags, **about, Attribute=[], Object=[object_])
            data = raw(event)
            self._world.put(self.address(number), data)
            listed = {key: event["Event"][key] for key in ("info", "date", "Orgc", "timestamp")}
            listed["Tag"] = [{"name": tag} for tag in tags]
            if hashed:
                listed["integrity:sha256"] = hashlib.sha256(data).hexdigest()
            self.listed[self.uuid(number)] = listed
        self.list()

    def list(self) -> None:
        """Write the manifest."""
        self._world.put(f"{MISP}/manifest.json", raw(self.listed))


class Taxii:
    """A TAXII 2.1 server with one collection. ``most``: objects of a page.

    ``follows``: a page that has more says what leads on. ``dated``: it says when its objects were
    added.
    """

    def __init__(self, world: World, most: int = 3) -> None:
        self.most = most
        self.follows = True
        self.dated = True
        self.added: list[tuple[str, dict[str, Any]]] = []
        self.collection: dict[str, Any] = {
            "id": COLLECTION,
            "title": "Sector",
            "can_read": True,
            "can_write": False,
            "media_types": ["application/stix+json;version=2.1"],
        }
        self.root = {
            "title": "Sector",
            "versions": ["application/taxii+json;version=2.1"],
            "max_content_length": 10_000_000,
        }
        self.discovery = {"title": "Nagomi", "default": "/sector/", "api_roots": ["/sector/"]}
        self.requests: list[dict[str, str]] = []
        for address, answer in {
            TAXII: lambda: self.discovery,
            ROOT: lambda: self.root,
            f"{ROOT}collections/": lambda: {"collections": [self.collection]},
            f"{ROOT}collections/{COLLECTION}/": lambda: self.collection,
        }.items():
            world.answers[address.removeprefix("https://")] = self._static(answer)
        world.answers[OBJECTS.removeprefix("https://")] = self._objects

    def put(self, objects: Iterable[dict[str, Any]], at: dt.datetime) -> None:
        """Add objects, a second apart."""
        for number, one in enumerate(objects):
            time = at + dt.timedelta(seconds=number)
            self.added.append((time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), one))

    def put_numbers(self, numbers: Numbers, at: dt.datetime) -> None:
        """Add vulnerabilities."""
        self.put((taxii_samples.vulnerability(cve(n), n) for n in numbers), at)

    def _static(self, answer: Any) -> Any:
        def send_it(handler: BaseHTTPRequestHandler, request: Request) -> None:
            if request.headers.get("authorization") == LOGIN:
                _send(handler, answer())
            else:
                send(handler, 401, WWW_Authenticate="Basic")

        return send_it

    def _objects(self, handler: BaseHTTPRequestHandler, request: Request) -> None:
        self.requests.append(request.query)
        after = request.query.get("added_after", "")
        types = request.query["match[type]"].split(",")
        found = [(at, one) for at, one in self.added if at > after and one["type"] in types]
        start = int(request.query.get("next", "0"))
        page = found[start : start + min(self.most, int(request.query["limit"]))]
        rest = start + len(page) < len(found)
        body: dict[str, Any] = {"more": rest} if page else {}
        if page:
            body["objects"] = [one for _, one in page]
        if rest and self.follows:
            body["next"] = str(start + len(page))
        dates = (
            {"X_TAXII_Date_Added_First": page[0][0], "X_TAXII_Date_Added_Last": page[-1][0]}
            if page
            else {}
        )
        _send(handler, body, **(dates if self.dated else {}))


def _send(handler: BaseHTTPRequestHandler, value: Any, **headers: str) -> None:
    kind = "application/taxii+json;version=2.1"
    send(handler, 200, json.dumps(value).encode(), Content_Type=kind, **headers)


class Worlds:
    """What there is for the contract of all feeds: at first, and the next day."""

    @staticmethod
    def rss(world: World, numbers: list[int], _at: dt.datetime) -> None:
        """Serve a feed."""
        put_rss(world, numbers)

    @staticmethod
    def misp(world: World, numbers: list[int], at: dt.datetime) -> None:
        """Serve a MISP feed."""
        served = Misp(world)
        served.put(numbers[:6], NOON)
        served.put(numbers[6:], at)

    @staticmethod
    def taxii(world: World, numbers: list[int], at: dt.datetime) -> None:
        """Serve a collection."""
        served = Taxii(world)
        served.put_numbers(numbers[:6], NOON)
        served.put_numbers(numbers[6:], at)
