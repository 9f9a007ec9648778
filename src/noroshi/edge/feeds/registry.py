"""The sources: one line each."""

from __future__ import annotations

from collections.abc import Mapping

from noroshi.core.formats import (
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
from noroshi.core.formats.feed import CatalogueFormat, FeedFormat

FORMATS: Mapping[str, FeedFormat] = {
    module.SOURCE: module
    for module in (
        cve5,
        nvd,
        kev,
        epss,
        csaf,
        jvn,
        osv,
        nvd_overrides,
        redhat,
        exploitdb,
        metasploit,
        nuclei,
        ubuntu,
        debian,
        alpine,
        taxii,
        rss,
        misp,
        vulnrichment,
        suse,
        amazon,
    )
}
"""Source name → the format of its documents."""

CATALOGUES: Mapping[str, CatalogueFormat] = {module.SOURCE: module for module in (kev,)}
"""Those whose every document is the whole of it: what is missing there was taken back."""

COMPLETE = frozenset(
    module.SOURCE for module in (csaf, suse, amazon, osv, exploitdb, rss, misp, taxii)
)
"""Those that call a record ``<document>/<vulnerability>``: a document is all that is said there."""
