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
    amazon,
    csaf,
    cve5,
    debian,
    epss,
    exploitdb,
    jvn,
    kev,
    metasploit,
    misp,
    nuclei,
    nvd,
    nvd_overrides,
    osv,
    redhat,
    rss,
    suse,
    taxii,
    ubuntu,
    vulnrichment,
)
from noroshi.edge.feeds.sources.given import NO_LOGINS, Given


class Options(msgspec.Struct, frozen=True):
    """What the settings say of single sources. ``csaf_providers``: beside the usual ones.

    ``csaf_unsigned``: advisories without a signature are taken.
    """

    nvd_key: str = ""
    csaf_providers: tuple[str, ...] = ()
    csaf_unsigned: bool = True
    rss: Given = ()
    misp: Given = ()
    taxii: Given = ()
    # By the names of those addresses, what is sent as ``Authorization``.
    taxii_logins: Mapping[str, str] = NO_LOGINS


_ALL: Mapping[str, Callable[[Options], Feed]] = {
    "kev": lambda _: kev.feed(),
    "epss": lambda _: epss.feed(),
    "cve5": lambda _: cve5.feed(),
    "vulnrichment": lambda _: vulnrichment.feed(),
    "jvn": lambda _: jvn.feed(),
    "nvd": lambda options: nvd.feed(options.nvd_key),
    "osv": lambda _: osv.feed(),
    "csaf": lambda options: csaf.feed(options.csaf_providers, unsigned=options.csaf_unsigned),
    "exploitdb": lambda _: exploitdb.feed(),
    "metasploit": lambda _: metasploit.feed(),
    "nuclei": lambda _: nuclei.feed(),
    "debian": lambda _: debian.feed(),
    "alpine": lambda _: alpine.feed(),
    "nvd_overrides": lambda _: nvd_overrides.feed(),
    "ubuntu": lambda _: ubuntu.feed(),
    "redhat": lambda _: redhat.feed(),
    "suse": lambda options: suse.feed(unsigned=options.csaf_unsigned),
    "amazon": lambda _: amazon.feed(),
    "rss": lambda options: rss.feed(options.rss),
    "misp": lambda options: misp.feed(options.misp),
    "taxii": lambda options: taxii.feed(options.taxii, options.taxii_logins),
}

FEEDS = {name: make for name, make in _ALL.items() if name in FORMATS}
"""Source name → its feed, in the order in which they are pulled: the small and urgent ones first.

A source whose format is not there yet is not either.
"""
