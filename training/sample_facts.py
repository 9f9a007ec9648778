"""Gather, from one vulnerability's records, the facts its sentences are made from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sample_layouts import CpeMatch, CveAffected, CveContainer, CveRecord, KevEntry, NvdItem
from sample_prose import WEAKNESSES, Facts, span

SPANS = 3
"""Intervals of versions told in one sentence at most."""

LONGEST = 24
"""Characters beyond which a source's version text is a sentence of its own and is not told."""

NO_VERSION = frozenset({"", "0", "-", "*", "?", "n/a", "unspecified"})
"""What sources write where no lower bound is meant."""


def facts_of(
    name: str, product: str, cve: CveRecord | None, nvd: NvdItem | None, kev: KevEntry | None
) -> Facts:
    """Return the facts about ``name``, the CNA's first, then those of other publishers, the NVD."""
    containers = [cve.containers.cna, *(cve.containers.adp or [])] if cve else []
    cwes = [*_cwes(containers), *_nvd_cwes(nvd)]
    vectors = [*_vectors(containers), *_nvd_vectors(nvd)]
    spans = _spans(containers, product) or _nvd_spans(nvd, product)
    return Facts(
        name=name,
        product=product,
        versions=tuple(dict.fromkeys(spans))[:SPANS],
        cwe=next((cwe for cwe in cwes if cwe in WEAKNESSES), ""),
        vector=next((vector for vector in vectors if vector.startswith("CVSS:")), ""),
        exploited=kev.date_added if kev else "",
        disputed=bool(containers and "disputed" in (containers[0].tags or [])),
    )


def _cwes(containers: list[CveContainer]) -> Iterator[str]:
    for container in containers:
        for problem in container.problem_types or []:
            yield from (one.cwe_id for one in problem.descriptions if one.cwe_id)


def _nvd_cwes(nvd: NvdItem | None) -> Iterator[str]:
    for weakness in (nvd.cve.weaknesses or []) if nvd else []:
        yield from (one.value for one in weakness.description)


def _vectors(containers: list[CveContainer]) -> Iterator[str]:
    for container in containers:
        for metric in container.metrics or []:
            yield from (score.vector_string for score in metric.scores())


def _nvd_vectors(nvd: NvdItem | None) -> Iterator[str]:
    if nvd:
        for metric in [*(nvd.cve.metrics.cvss_v31 or []), *(nvd.cve.metrics.cvss_v30 or [])]:
            yield metric.cvss_data.vector_string


def _spans(containers: list[CveContainer], product: str) -> list[str]:
    """Take the ranges of the entry that is most about ``product`` and has any."""
    entries = [entry for container in containers for entry in container.affected or []]
    entries.sort(key=lambda entry: -_closeness(f"{entry.vendor} {entry.product}", product))
    return next((found for entry in entries if (found := [*_entry_spans(entry)])), [])


def _closeness(said: str, product: str) -> int:
    """Count how often words of ``product`` stand in a source's vendor and product name."""
    words = re.split(r"[\W_]+", said.casefold())
    return sum(words.count(word) for word in product.casefold().split())


def _entry_spans(entry: CveAffected) -> Iterator[str]:
    for one in entry.versions or []:
        if one.status != "affected":
            continue
        low = "" if one.version in NO_VERSION else one.version.strip()
        high = (one.less_than or one.less_than_or_equal or "").strip()
        if low[:1] in {"<", ">"} and "<" in low and not high:
            yield f"versions {low}"
        elif high and "*" not in high + low and not _is_odd(low, high):
            yield span(low, high, inclusive=one.less_than is None)


def _nvd_spans(nvd: NvdItem | None, product: str) -> list[str]:
    matches = [
        match
        for configuration in (nvd.cve.configurations if nvd else None) or []
        for node in configuration.nodes
        for match in node.cpe_match
        if match.vulnerable and _match_span(match)
    ]
    names = {match.criteria: _closeness(match.criteria, product) for match in matches}
    best = max(names.values(), default=0)
    return [_match_span(match) for match in matches if names[match.criteria] == best]


def _match_span(match: CpeMatch) -> str:
    low = match.version_start_including or match.version_start_excluding or ""
    if match.version_end_excluding:
        return span(low, match.version_end_excluding, inclusive=False)
    if match.version_end_including:
        return span(low, match.version_end_including, inclusive=True)
    return ""


def _is_odd(low: str, high: str) -> bool:
    return max(len(low), len(high)) > LONGEST or low == high
