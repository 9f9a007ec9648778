"""The sources of the network: one file each, and one line here.

A feed says where a source is, how often it is asked, and how its answers become steps
(`noroshi.edge.feeds.port`). It writes nothing, knows no database, and asks only through its client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.registry import FORMATS
from noroshi.edge.feeds.sources import (
    alpine,
    csaf,
    cve5,
    debian,
    epss,
    exploitdb,
    jvn,
    kev,
    metasploit,
    nuclei,
    nvd,
    nvd_overrides,
    osv,
    redhat,
    ubuntu,
    vulnrichment,
)


class Options(msgspec.Struct, frozen=True):
    """What the settings say of single sources. ``csaf_providers``: beside the usual ones."""

    nvd_key: str = ""
    csaf_providers: tuple[str, ...] = ()


_ALL: Mapping[str, Callable[[Options], Feed]] = {
    "kev": lambda _: kev.feed(),
    "epss": lambda _: epss.feed(),
    "cve5": lambda _: cve5.feed(),
    "vulnrichment": lambda _: vulnrichment.feed(),
    "jvn": lambda _: jvn.feed(),
    "nvd": lambda options: nvd.feed(options.nvd_key),
    "osv": lambda _: osv.feed(),
    "csaf": lambda options: csaf.feed(options.csaf_providers),
    "exploitdb": lambda _: exploitdb.feed(),
    "metasploit": lambda _: metasploit.feed(),
    "nuclei": lambda _: nuclei.feed(),
    "debian": lambda _: debian.feed(),
    "alpine": lambda _: alpine.feed(),
    "nvd_overrides": lambda _: nvd_overrides.feed(),
    "ubuntu": lambda _: ubuntu.feed(),
    "redhat": lambda _: redhat.feed(),
}

FEEDS = {name: make for name, make in _ALL.items() if name in FORMATS}
"""Source name → its feed, in the order in which they are pulled: the small and urgent ones first.

A source whose format is not there yet is not either.
"""
