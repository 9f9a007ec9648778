"""The world of the hub's leak tests, in which each hidden thing carries a mark of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.policy.visibility import System, Viewer
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.inventory.models import Package
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.matching.models import Finding
from noroshi.hub.notices.models import Notice, Response
from tests.hub.leaks import oracle, reviews
from tests.hub.leaks.dispatch_cases import undelivered
from tests.hub.leaks.world import World, build

MARK = re.compile(r"canary-(notice|report|system|package|answer)-([a-z0-9-]+?)-end")
COPY = re.compile(r"copy [0-9a-f]{32}")
NUMBER = re.compile(r"\bN-2026-\d{4}\b|\bdraft-\d+\b|\breport--[0-9a-f-]{36}\b")


class Marks(msgspec.Struct):
    """The world, and who may know each of its marks."""

    world: World
    notices: dict[str, int]
    reports: dict[str, int]

    def known(self, viewer: Viewer, mark: str) -> bool:
        """Say whether the viewer may meet this mark."""
        found = MARK.fullmatch(mark)
        if COPY.fullmatch(mark):
            return self._copied(viewer, mark.removeprefix("copy "))
        if found is None:
            return self._named(viewer, mark)
        kind, name = found.groups()
        match kind:
            case "notice":
                return oracle.may_read(self.world, viewer, self.world.notices[int(name)])
            case "report":
                return oracle.may_read(self.world, viewer, self.world.reports[int(name)])
            case "system" | "package":
                return name in oracle.granted(self.world, viewer, 2)
            case _:
                return name in oracle.granted(self.world, viewer, 2)

    def _copied(self, viewer: Viewer, name: str) -> bool:
        mine = (*reviews.reviewed(self.world, viewer), *reviews.followed(self.world, viewer))
        return name in {one.name for one in mine}

    def _named(self, viewer: Viewer, name: str) -> bool:
        if name in self.notices:
            facts = self.world.notices[self.notices[name]]
            return oracle.may_read(self.world, viewer, facts)
        if name in self.reports:
            return oracle.may_read(self.world, viewer, self.world.reports[self.reports[name]])
        return True  # a name that the test itself asked for, and that nothing has

    def in_text(self, text: str) -> Iterator[str]:
        """Yield every mark and every name in an answer, each once."""
        yield from dict.fromkeys(found[0] for found in MARK.finditer(text))
        yield from dict.fromkeys(COPY.findall(text))
        yield from dict.fromkeys(NUMBER.findall(text))


def marked() -> Marks:
    """Build the world and put the marks on."""
    world = build()
    if not world.reviews:
        reviews.add(world)
    undelivered(world)
    for place, facts in enumerate(world.notices):
        mark = f"canary-notice-{place}-end"
        Notice.objects.visible_to(System()).filter(pk=facts.number).update(
            title_ja=mark, title_en=mark, text_ja=mark, text_en=mark
        )
    _reports(world)
    for row in MemberSystem.objects.visible_to(System()).select_related("organisation"):
        row.name = f"canary-system-{row.organisation.slug}-end"
        row.save()
    for package in Package.objects.all():
        slug = package.name.removeprefix("soft-")
        mark = f"canary-package-{slug}-end"
        Package.objects.filter(pk=package.pk).update(name=mark, text=f"{mark} {package.pk}")
    for answer in Response.objects.visible_to(System()).select_related("delivery__organisation"):
        answer.text = f"canary-answer-{answer.delivery.organisation.slug}-end"
        answer.save()
    return Marks(
        world,
        {facts.name: place for place, facts in enumerate(world.notices)},
        {facts.stix_id: place for place, facts in enumerate(world.reports)},
    )


def _reports(world: World) -> None:
    rows = IntelObject.objects.visible_to(System()).in_bulk([one.number for one in world.reports])
    for place, facts in enumerate(world.reports):
        row = rows[facts.number]
        title = f"report {place} of {facts.owner}".encode()
        row.body = bytes(row.body).replace(title, f"canary-report-{place}-end".encode())
        row.save()


def numbers(world: World) -> dict[str, dict[int, str]]:
    """Return the rows that belong to organisations: kind → number → short name of the owner."""
    systems = MemberSystem.objects.visible_to(System()).select_related("organisation")
    findings = Finding.objects.visible_to(System()).select_related("system__organisation")
    return {
        "system": {row.pk: row.organisation.slug for row in systems},
        "inventory": {number: slug for slug, number in world.inventories.items()},
        "finding": {row.pk: row.system.organisation.slug for row in findings},
    }
