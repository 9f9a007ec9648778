"""Who speaks in a CSAF document: a short name that stays the same.

A publisher is named by the domain it controls (``namespace``): the label that was registered, so
``https://www.cisa.gov/`` is ``cisa`` and ``https://msrc.microsoft.com`` ``microsoft``. That is also
the short name most vendors have as a CNA, and where it is not, `CALLED` has the CNA's: a vendor
that repeats its CVE record in CSAF is one voice, not two. A publisher without a namespace is named
by its name.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from noroshi.core.identity import fold

CALLED = {
    "bund": "bsi",
    "jpcert-cc": "jpcert",
    "nist": "nvd@nist.gov",
    "nvd": "nvd@nist.gov",
    "paloaltonetworks": "palo_alto",
}
"""Label or word → the name of the same voice elsewhere."""

LONGEST = 40
"""Characters of a voice."""

NOBODY = "unknown"
"""The voice of a publisher that says neither its name nor its namespace."""

_SECOND_LEVEL = frozenset(
    {"ac", "ad", "co", "com", "ed", "edu", "go", "gov", "gr", "lg", "ne", "net", "or", "org"}
)
_UNFIT = re.compile(r"[^\w.@-]+")


def voice(namespace: str, name: str = "") -> str:
    """Return the short name of a publisher (``cisco``, ``cisa``, ``palo_alto``)."""
    label = _label(namespace) or _UNFIT.sub("-", fold(name)).strip("-")
    return CALLED.get(label, label)[:LONGEST] or NOBODY


def author(source: str | None, publisher: str) -> str:
    """Return who determined a metric: the publisher, unless ``source`` names somebody else.

    ``source`` is an address (CSAF 2.1 §3.2.4.8.2) or, from JVN iPedia, a word: ``NVD``, ``IPA``,
    ``vendor`` for the maker, whoever that is.
    """
    if source is None or source.strip().lower() in {"", "vendor"}:
        return publisher
    return voice(source, source)


def _label(address: str) -> str:
    """Return the registered label of an address's host; empty if it has none."""
    try:
        host = urlsplit(address.strip()).hostname or ""
    except ValueError:
        return ""
    *labels, _ = host.split(".") if "." in host else ["", ""]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return labels[-1] if labels else ""
