"""Putting the sample into the hub, through the same actions everybody uses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from noroshi.core.policy.community import CommunityFacts
from noroshi.edge.feeds.files import Limits
from noroshi.edge.feeds.importing import import_paths
from noroshi.hub.inventory.actions import add_inventory, system_named
from noroshi.hub.knowledge.actions import Ingest, Tally, source_named
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as who
from noroshi.hub.members.models import Community
from noroshi.run.demo.sample import FEEDS, CommunityEntry, Sample, sbom

ACTOR = "system"
LIMITS = Limits(file=50_000_000, unpacked=50_000_000, payload=50_000_000)

Advance = Callable[[], None]
"""Called after each step, for the progress bar."""


def organisations(sample: Sample, now: dt.datetime, advance: Advance) -> None:
    """Take in the hub first, then everybody else, their communities and their people."""
    for entry in sorted(sample.organisations, key=lambda o: (o.kind != "hub", o.kind != "bureau")):
        facts = members.OrganisationFacts(
            slug=entry.slug,
            name=entry.name,
            name_en=entry.name_en,
            kind=entry.kind,
            sector=entry.sector,
            district=entry.district,
        )
        members.add_organisation(facts, now=now, actor=ACTOR)
        advance()
    for community in sample.communities:
        _community(community, now)
    for person in sample.people:
        members.add_person(
            members.NewPerson(
                email=person.email,
                name=person.name,
                organisation=person.organisation,
                role=person.role,
            ),
            now=now,
            actor=ACTOR,
        )


def _community(entry: CommunityEntry, now: dt.datetime) -> None:
    inside = Community.objects.filter(slug__in=entry.communities).values_list("pk", flat=True)
    facts = CommunityFacts(
        kind=entry.kind,
        sector=entry.sector,
        district=entry.district,
        listed=who.ids_of(entry.members),
        inside=frozenset(inside),
    )
    new = members.NewCommunity(slug=entry.slug, name=entry.name, name_en=entry.name_en, facts=facts)
    members.add_community(new, now=now, actor=ACTOR)


def feeds(now: dt.datetime) -> Iterator[tuple[str, Tally]]:
    """Import the feeds; yield each source with what it brought."""
    for name, path in FEEDS:
        ingest = Ingest(source_named(name), now=now)
        with ingest.noted():
            import_paths(ingest, [Path(path)], LIMITS, cores=1)
        yield name, ingest.tally


def inventories(sample: Sample, now: dt.datetime, advance: Advance) -> int:
    """Upload every system's SBOM; return the number of components."""
    components = 0
    for entry in sample.systems:
        organisation = who.named(entry.organisation)
        system = system_named(
            organisation,
            entry.name,
            criticality=entry.criticality,
            exposure=entry.exposure,
        )
        added = add_inventory(
            system, entry.sbom, sbom(entry.sbom), now=now, actor=organisation.slug
        )
        components += added.components
        advance()
    return components
