"""Sentences for the built-in sample, made from facts alone.

Nothing here reads a source's text: a sentence is put together from the product's name, the
versions, the weakness (CWE) and the CVSS vector. Which of several wordings is taken follows from
the identifier, so a rebuilt sample reads the same.
"""

from __future__ import annotations

import zlib

import msgspec

WEAKNESSES = {
    "CWE-20": "missing checks of what comes in",
    "CWE-22": "an escape from the intended folder",
    "CWE-27": "an escape from the intended folder",
    "CWE-59": "links that are followed where they should not be",
    "CWE-74": "input that turns into instructions for another part",
    "CWE-77": "commands that can be smuggled in",
    "CWE-78": "operating-system commands that can be smuggled in",
    "CWE-79": "script that can be planted in its pages",
    "CWE-80": "script that can be planted in its pages",
    "CWE-88": "command arguments that can be smuggled in",
    "CWE-89": "database statements that can be smuggled in",
    "CWE-94": "code that can be smuggled in and is run",
    "CWE-95": "expressions that are evaluated though they come from outside",
    "CWE-113": "headers that can be split by what a client sends",
    "CWE-116": "output that is not escaped for the place it goes to",
    "CWE-117": "log lines that can be forged",
    "CWE-119": "access outside the bounds of a buffer",
    "CWE-120": "copying into a buffer without asking for its size",
    "CWE-121": "an overflow of a buffer on the stack",
    "CWE-122": "an overflow of a buffer on the heap",
    "CWE-125": "reading past the end of a buffer",
    "CWE-126": "reading past the end of a buffer",
    "CWE-130": "a stated length that is believed too readily",
    "CWE-134": "format strings that can be controlled from outside",
    "CWE-158": "a null character that cuts a name short",
    "CWE-178": "letter case that is not treated alike everywhere",
    "CWE-182": "data that changes meaning when it is shortened",
    "CWE-190": "a number that wraps around",
    "CWE-193": "counting that is off by one",
    "CWE-197": "a number that is cut to too few bits",
    "CWE-200": "a leak of information",
    "CWE-203": "answers whose difference gives something away",
    "CWE-250": "a part that runs with more rights than it needs",
    "CWE-258": "an empty password in a configuration file",
    "CWE-266": "rights that are given out wrongly",
    "CWE-267": "a right that allows more than it should",
    "CWE-269": "careless handling of privileges",
    "CWE-276": "default permissions that are too wide",
    "CWE-284": "gaps in access control",
    "CWE-285": "gaps in authorisation",
    "CWE-287": "gaps in authentication",
    "CWE-288": "a side door around the sign-in",
    "CWE-290": "a sign-in that can be impersonated",
    "CWE-295": "certificates that are not checked properly",
    "CWE-305": "a sign-in that can be bypassed",
    "CWE-306": "a function that asks for no sign-in",
    "CWE-307": "no limit on sign-in attempts",
    "CWE-311": "data that is left unencrypted",
    "CWE-326": "encryption that is too weak",
    "CWE-327": "a broken cryptographic method",
    "CWE-345": "data whose origin is not verified",
    "CWE-347": "signatures that are not verified properly",
    "CWE-352": "requests that another site can forge",
    "CWE-362": "a race between two actions",
    "CWE-364": "a race in a signal handler",
    "CWE-367": "a check that can be outrun before its result is used",
    "CWE-384": "sessions that can be fixed beforehand",
    "CWE-400": "resources that can be used up",
    "CWE-401": "memory that is not given back",
    "CWE-404": "resources that are not released",
    "CWE-405": "work far greater than the request that causes it",
    "CWE-415": "memory that is freed twice",
    "CWE-416": "memory that is used after it was freed",
    "CWE-420": "an unprotected second channel",
    "CWE-426": "a search path that can be influenced",
    "CWE-427": "a search path that can be influenced",
    "CWE-434": "files of any type being accepted for upload",
    "CWE-444": "requests whose borders are read differently by two servers",
    "CWE-459": "incomplete cleaning up",
    "CWE-476": "use of a pointer that points nowhere",
    "CWE-494": "downloads whose integrity is not checked",
    "CWE-502": "rebuilding objects out of untrusted data",
    "CWE-506": "malicious code that was planted in the product",
    "CWE-521": "weak password rules",
    "CWE-522": "poorly protected credentials",
    "CWE-532": "secrets written to a log",
    "CWE-552": "files that outsiders can reach",
    "CWE-601": "redirects to any address",
    "CWE-606": "a loop whose bound comes from outside",
    "CWE-611": "external entities in XML",
    "CWE-617": "an assertion that outsiders can trigger",
    "CWE-639": "identifiers that open other people's data",
    "CWE-640": "a weak way to recover a password",
    "CWE-653": "parts that are not kept apart",
    "CWE-667": "locks taken in the wrong way",
    "CWE-668": "a resource in the wrong hands",
    "CWE-669": "a resource passed on wrongly",
    "CWE-670": "control flow that is always wrong",
    "CWE-674": "recursion without a limit",
    "CWE-680": "a number that wraps around and makes a buffer too small",
    "CWE-697": "a wrong comparison",
    "CWE-732": "permissions that are too wide for an important resource",
    "CWE-755": "exceptional conditions that are not handled",
    "CWE-770": "resources handed out without a limit",
    "CWE-787": "writing past the end of a buffer",
    "CWE-798": "credentials that are built in",
    "CWE-822": "use of a pointer that comes from outside",
    "CWE-834": "far too many rounds of a loop",
    "CWE-835": "a loop that never ends",
    "CWE-843": "a value taken for another type",
    "CWE-862": "an authorisation check that is missing",
    "CWE-863": "an authorisation check that is wrong",
    "CWE-915": "object attributes that clients may set at will",
    "CWE-917": "expression language that can be smuggled in",
    "CWE-918": "requests that the server can be made to send",
    "CWE-1050": "costly work repeated inside a loop",
    "CWE-1220": "access control that is too coarse",
    "CWE-1286": "syntax that is not checked",
    "CWE-1321": "prototypes of objects that clients can change",
    "CWE-1333": "a regular expression that can take very long",
}
"""CWE id → what it means, in words of ours that follow "suffers from"."""

UNSTATED = "a weakness of an unstated kind"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the sentences about one vulnerability are made from.

    ``versions`` are phrases of `span`; ``vector`` is a CVSS 3 vector or empty; ``exploited`` is
    the date of its entry in CISA's KEV catalogue (ISO), or empty.
    """

    name: str
    product: str
    versions: tuple[str, ...]
    cwe: str
    vector: str
    exploited: str
    disputed: bool


def span(low: str, high: str, *, inclusive: bool) -> str:
    """Put an interval of versions into words; ``low`` may be empty."""
    end = f"up to and including {high}" if inclusive else f"before {high}"
    return f"from {low} {end}" if low else end


def title(facts: Facts) -> str:
    """Return a short title."""
    return f"{facts.product}: {weakness(facts.cwe)}"


def weakness(cwe: str) -> str:
    """Return the weakness in words."""
    return WEAKNESSES.get(cwe, UNSTATED)


def description(facts: Facts) -> str:
    """Return two to four sentences about one vulnerability."""
    sentences = [_what(facts), _who(facts)]
    if _metric(facts.vector, "AC") == "H":
        sentences.append("An attack needs particular circumstances to succeed.")
    if facts.exploited:
        sentences.append(f"CISA lists it as exploited; the entry dates from {facts.exploited}.")
    if facts.disputed:
        sentences.append("Whether this is a vulnerability at all is disputed.")
    return " ".join(sentence for sentence in sentences if sentence)


def withdrawn(replaced_by: list[str]) -> str:
    """Return the reason for a rejected identifier."""
    if replaced_by:
        return f"Withdrawn as a duplicate; the same matter is tracked as {', '.join(replaced_by)}."
    return "Withdrawn by its assigner; nothing is tracked under this identifier any more."


def _what(facts: Facts) -> str:
    flaw = weakness(facts.cwe)
    where = f"{facts.product}{_versions(facts.versions)}"
    return (
        f"{where} suffers from {flaw}.",
        f"{where} is open to attack through {flaw}.",
        f"The trouble with {where} lies in {flaw}.",
    )[_choice(facts.name, 3)]


def _versions(spans: tuple[str, ...]) -> str:
    if not spans:
        return ""
    if len(spans) == 1:
        return f" ({spans[0]})"
    return f" ({'; '.join(spans[:-1])}; and {spans[-1]})"


def _who(facts: Facts) -> str:
    if not facts.vector:
        return ""
    who = {"N": "Anybody", "L": "A user with an ordinary account", "H": "An administrator"}
    reach = {
        "N": "across the network",
        "A": "from a neighbouring network",
        "L": "from within the machine",
        "P": "standing at the device",
    }
    help_needed = " as soon as somebody else plays along unknowingly"
    actor = who.get(_metric(facts.vector, "PR"), "Somebody")
    place = reach.get(_metric(facts.vector, "AV"), "")
    aided = help_needed if _metric(facts.vector, "UI") in {"R", "P", "A"} else ""
    return f"{actor} {place} can {_effect(facts)}{aided}."


def _effect(facts: Facts) -> str:
    prefix = "V" if facts.vector.startswith("CVSS:4") else ""
    read, change, disturb = (_metric(facts.vector, prefix + letter) for letter in "CIA")
    if read == change == disturb == "H":
        wordings = ("take over the system", "gain full control", "do anything the system can do")
        return wordings[_choice(facts.name, 3)]
    parts = [*_data(read, change), *_service(disturb)]
    return " and ".join(parts) or "misuse the product"


def _data(read: str, change: str) -> list[str]:
    amount = {"H": "any data", "L": "some data"}
    if read in amount and read == change:
        return [f"read and change {amount[read]}"]
    verbs = (("read", read), ("change", change))
    return [f"{verb} {amount[level]}" for verb, level in verbs if level in amount]


def _service(disturb: str) -> list[str]:
    return {"H": ["bring the service down"], "L": ["slow the service"]}.get(disturb, [])


def _metric(vector: str, name: str) -> str:
    for part in vector.split("/"):
        key, _, value = part.partition(":")
        if key == name:
            return value
    return ""


def _choice(name: str, among: int) -> int:
    return zlib.crc32(name.encode()) % among
