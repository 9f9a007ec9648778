"""A search as an Atom feed, for feed readers."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from noroshi.core.formats import atom_feed
from noroshi.core.formats.atom_feed import Entry, Feed
from noroshi.core.search import typing
from noroshi.core.search.asked import Asked
from noroshi.edge.exchange.rest.asking import SearchFilters, asked_by
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import PLACE, Bytes, Promise, reading
from noroshi.hub.knowledge import catalogue
from noroshi.hub.knowledge.catalogue import Line, Order
from noroshi.hub.members.keys import Scope

router = Router(tags=["vulnerabilities"])

ENTRIES = 100
"""Entries of a feed."""


class FeedFilters(SearchFilters):
    """What is asked of a feed; it has one page."""

    order: Order = Field(Order.MODIFIED, description="What comes first; else the last changed.")


@reading(
    router,
    "/vulnerabilities.atom",
    Promise(
        scope=Scope.READ_VULNERABILITIES,
        gives=str,
        media_type=atom_feed.MEDIA_TYPE,
        by_password=True,
    ),
)
def get_vulnerability_feed(request: Call, filters: Query[FeedFilters]) -> Bytes:  # noqa: ARG001 - what the sources say is the same for everybody
    """Give the first 100 of a search as an Atom feed, those that were changed last first.

    A feed reader that knows no bearer keys sends the key as the password of HTTP Basic, with any
    name. Who sends the ETag of the last answer (`If-None-Match`) gets 304 while nothing is new.
    """
    what = asked_by(filters)
    page = catalogue.listing(what, None, ENTRIES, order=filters.order)
    return Bytes(atom_feed.written(_feed(what, filters.order, page.items)), atom_feed.MEDIA_TYPE)


def _feed(what: Asked, order: Order, lines: tuple[Line, ...]) -> Feed:
    site = settings.NOROSHI.site_url
    query = typing.write(what)
    asked = urlencode({"q": query, "order": order.value})
    lang = "ja" if get_language() == "ja" else "en"
    return Feed(
        address=f"{site}{PLACE}/vulnerabilities.atom?{asked}",
        page=f"{site}/vulnerabilities?{asked}",
        title=_("Vulnerabilities: %(query)s") % {"query": query} if query else _("Vulnerabilities"),
        author="Noroshi",
        lang=lang,
        entries=tuple(_entry(site, line, lang) for line in lines),
    )


def _entry(site: str, line: Line, lang: str) -> Entry:
    title = line.title_ja if lang == "ja" else line.title_en
    terms = (line.severity, "exploited" if line.exploitation == "active" else "", line.state)
    return Entry(
        id=f"{site}/vulnerabilities/{quote(line.name)}",
        title=f"{line.name} {title}".strip(),
        address=f"{site}/vulnerabilities/{quote(line.name)}",
        updated=line.modified or line.published or atom_feed.NEVER,
        published=line.published,
        summary=_summary(line),
        terms=tuple(term for term in terms if term and term != "published"),
    )


def _summary(line: Line) -> str:
    """Say in words what stands in the columns of the list."""
    said = []
    if line.score is not None:
        said.append(_("CVSS base score %(score)s.") % {"score": f"{line.score:.1f}"})
    if line.exploitation == "active":
        said.append(_("Known to be used in attacks."))
    if line.disputed:
        said.append(_("Disputed."))
    if line.state == "rejected":
        said.append(_("Rejected."))
    return " ".join(said)
