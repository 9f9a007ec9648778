"""The English grammar: each part of an `Outline` as a sentence, or nothing."""

from __future__ import annotations

from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.assess.exploits import READY
from noroshi.core.assess.outline import Outline


def title(told: Outline) -> str:
    """Say "〈Weakness〉 in 〈product〉"."""
    subject = _subject(told)
    if told.weakness:
        flaw_words = told.weakness[0].upper() + told.weakness[1:]
        return f"{flaw_words} in {subject or 'an unnamed product'}"
    if subject:
        return f"Vulnerability in {subject}"
    return f"Vulnerability {told.name} (product and weakness not stated)"


def flaw(told: Outline) -> str:
    """Say which product has which weakness."""
    subject = _subject(told)
    if not subject and not told.weakness:
        return "No source has named the product or the weakness yet."
    where = subject or "A product that is not named"
    if not told.weakness:
        return f"{where}: a vulnerability of a kind not stated."
    number = "" if told.cwe in told.weakness else f" ({told.cwe})"
    return f"{where}: {told.weakness}{number}."


def attack(told: Outline) -> str:
    """Say from where, by whom and with what result it can be attacked."""
    if not told.reach:
        return ""
    user = ", with the help of a user's action" if told.needs_user else ""
    result = f", leading to {_listed(told.impacts)}" if told.impacts else ""
    return f"It can be exploited {told.reach} {told.privileges}{user}{result}."


def severity(told: Outline) -> str:
    """Say how bad it is and who says so; an estimate is called one."""
    rating = told.rating
    if rating is None:
        return "No severity is stated."
    if rating.estimated:
        return (
            f"No source states a severity; it is estimated as {rating.word}"
            f" (estimate by model {rating.by}: CVSS {rating.version} base score {rating.score:.1f},"
            f" {rating.low:.1f}–{rating.high:.1f})."
        )
    if rating.said:
        return (
            f"{rating.by} rates it “{rating.said}” on its own scale, about {rating.word};"
            f" no source gives a CVSS vector (such words stand for base scores of"
            f" {rating.low:.1f}–{rating.high:.1f})."
        )
    return (
        f"The severity is {rating.word}"
        f" (CVSS {rating.version} base score {rating.score:.1f}, by {rating.by})."
    )


def exploitation(told: Outline) -> str:
    """Say what is known about attacks."""
    known = told.exploitation
    parts = [_LEVELS[known.level]]
    if known.maturity in READY:
        ready = "An exploit that is ready to use is public."
        parts = [ready] if known.level is ExploitationLevel.POC else [*parts, ready]
    if known.ransomware:
        parts.append("Ransomware attacks use it as well.")
    if known.epss is not None:
        parts.append(f"EPSS estimates a probability of {known.epss:.1%} of attacks in 30 days.")
    return " ".join(part for part in parts if part)


def fixed(told: Outline) -> str:
    """Name the versions without the flaw."""
    if not told.fixed:
        return ""
    more = f" and {told.more_fixed} more" if told.more_fixed else ""
    return f"Fixed in {', '.join(told.fixed)}{more}."


def trust(told: Outline) -> str:
    """Say how far the information can be trusted."""
    known = told.reliability
    confidence = "" if known.confidence is None else f" (confidence {known.confidence})"
    return f"The information is rated {known.admiralty}{confidence}."


_LEVELS = {
    ExploitationLevel.ACTIVE: "It is known to be used in attacks.",
    ExploitationLevel.POC: "A proof of concept or exploit is public.",
    ExploitationLevel.NONE: "No attacks are known.",
    ExploitationLevel.UNKNOWN: "",
}


def _subject(told: Outline) -> str:
    return f"{told.product} and other products" if told.more_products else told.product


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
