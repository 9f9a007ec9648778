"""Whose names have to be out of a report before others read it, and taking them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.core.formats.stix import Report
from noroshi.core.policy.anonymity import named_in, redact
from noroshi.core.sector import OrganisationKind
from noroshi.hub.members.models import Organisation, Person


def names_of(organisation: Organisation) -> tuple[str, ...]:
    """Return everything that names an organisation: itself, its people, its mail domains.

    A mail domain that people of several organisations use names none of them.
    """
    people = Person.objects.filter(organisation=organisation).values_list("name", "email")
    domains = {email.rpartition("@")[2] for _, email in people}
    others = Person.objects.exclude(organisation=organisation).values_list("email", flat=True)
    shared = {email.rpartition("@")[2] for email in others}
    own = (organisation.name, organisation.name_en, organisation.slug)
    return (*own, *(each for pair in people for each in pair), *sorted(domains - shared))


def names_of_members() -> frozenset[str]:
    """Return everything that names any member but the hub, as `names_of` does for one."""
    members = Organisation.objects.exclude(kind=OrganisationKind.HUB.value)
    names = {each for row in members.values_list("name", "name_en", "slug") for each in row}
    using: defaultdict[str, set[int]] = defaultdict(set)
    hubs = Organisation.objects.filter(kind=OrganisationKind.HUB.value).values_list("pk", flat=True)
    of_hub = set(hubs)
    for name, email, organisation in Person.objects.values_list("name", "email", "organisation"):
        using[email.rpartition("@")[2]].add(organisation)
        if organisation not in of_hub:
            names |= {name, email}
    return frozenset(names) | {
        domain for domain, users in using.items() if len(users) == 1 and not users & of_hub
    }


def wording(report: Report) -> str:
    """Return all words of a report: what is searched for names."""
    parts = (report.title, report.text, report.title_en, report.text_en)
    return "\n".join((*parts, *report.vulnerabilities, *(one.value for one in report.indicators)))


def naming(report: Report, names: Iterable[str]) -> frozenset[str]:
    """Return the values of the indicators that name somebody: a person must decide about them."""
    known = tuple(names)
    return frozenset(one.value for one in report.indicators if named_in(one.value, known))


def redacted(report: Report, names: Iterable[str]) -> Report:
    """Return the report with the names taken out of its titles and texts."""
    known = tuple(names)
    return msgspec.structs.replace(
        report,
        title=redact(report.title, known),
        text=redact(report.text, known),
        title_en=redact(report.title_en, known),
        text_en=redact(report.text_en, known),
    )


def anonymous(report: Report, names: Iterable[str], without: Collection[str] = ()) -> Report:
    """Return the report without the names, and without the indicators of these values.

    Raises `Refused` where a name stands in something that cannot be cut: an indicator, the name of
    a vulnerability.
    """
    known = tuple(names)
    kept = tuple(item for item in report.indicators if item.value not in without)
    clean = msgspec.structs.replace(redacted(report, known), indicators=kept)
    for value in sorted(naming(clean, known)):
        detail = _("the indicator %(value)s names who reported it: leave it out")
        raise Refused(detail=detail % {"value": value})
    if named_in(wording(clean), known):
        raise Refused(detail=_("the report still names a member: leave the name out"))
    return clean
