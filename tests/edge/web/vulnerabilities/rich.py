"""A vulnerability of which sources say all that they can say."""

from __future__ import annotations

import datetime as dt

from noroshi.core.facets import (
    Affected,
    Credit,
    Exploit,
    Maturity,
    Product,
    Rating,
    Remedy,
    RemedyKind,
    Severity,
    Status,
    Text,
    VersionRange,
)
from noroshi.hub.knowledge.models import Vulnerability
from tests.edge.web.vulnerabilities.telling import told
from tests.hub.sector import NOON

GATE = Product("cpe", "a:kasumi:gate")
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LONG = "https://kasumi.example/" + "advisories/" * 12


def remedies(number: int) -> tuple[Remedy, ...]:
    """So many of each kind, long words and addresses among them."""
    return tuple(
        Remedy(
            "kasumi",
            kind,
            "ja" if place % 2 else "en",
            f"{place}: 設定を変更します。\nRestart the gate afterwards; {'long' * 30}.",
            LONG if place == 0 else None,
            tuple(Product("cpe", f"a:kasumi:gate-{n}") for n in range(place * 3)),
        )
        for kind in RemedyKind
        for place in range(number)
    )


def exploits(number: int) -> tuple[Exploit, ...]:
    """So many of each maturity."""
    return tuple(
        Exploit(
            "exploitdb" if place % 2 else "metasploit",
            f"exploit/linux/http/kasumi_gate_{maturity.value}_{place}",
            maturity,
            title="Kasumi gate 1.0 - command injection",
            since=dt.date(2024, 7, 1 + place),
            url=f"https://exploits.example/{place}",
            verified=place == 0,
        )
        for maturity in Maturity
        for place in range(number)
    )


def say_all(row: Vulnerability) -> int:
    """Let sources say all of it; return the number of a document."""
    first = told(
        row,
        "redhat",
        titles=(Text("en", "gate: commands of neighbours are run", "redhat"),),
        severities=(Severity("redhat", "3.1", VECTOR, 9.8),),
        ratings=(Rating("redhat", "important"),),
        advisories=tuple(f"RHSA-2024:{9000 + n}" for n in range(8)),
        credits=(Credit("redhat", "Akira Sora", "finder"), Credit("redhat", "Umi")),
        affected=(
            Affected(
                "redhat",
                GATE,
                "rpm",
                (VersionRange(Status.NOT_AFFECTED),),
                reason="vulnerable_code_not_present",
            ),
            Affected("redhat", GATE, "rpm", (VersionRange(),), reason="will-not-fix"),
        ),
        remedies=remedies(2),
        body=b'{"name": "gate", "text": "' + b"word" * 600 + b'"}',
    )
    told(row, "csaf", "KSA-2024-1", remedies=remedies(7), ratings=(Rating("kasumi", "grave"),))
    told(
        row,
        "ubuntu",
        withdrawn_at=NOON,
        ratings=(Rating("ubuntu", "low"),),
        titles=(Text("en", "A weakness that was none", "ubuntu"),),
    )
    told(row, "exploitdb", "EDB-99001/CVE", exploits=exploits(4))
    return int(first.document_id)
