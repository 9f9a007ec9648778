"""OSV records."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, V31, raw


def advisory() -> dict[str, Any]:
    """A record of GitHub's database about the console of the SR-200."""
    return {
        "schema_version": "1.7.0",
        "id": "GHSA-2345-cfgh-jmpq",
        "modified": "2024-07-15T01:02:03Z",
        "published": "2024-07-09T10:29:43.626Z",
        "aliases": [NAME],
        "related": ["CVE-2024-99990007"],
        "summary": "The console of the SR-200 trusts its neighbours",
        "details": "A neighbour can run commands on the console.",
        "severity": [{"type": "CVSS_V3", "score": V31}],
        "affected": [
            {
                "package": {"ecosystem": "npm", "name": "@kasumi/console"},
                "ranges": [
                    {"type": "SEMVER", "events": [{"introduced": "2.0.0"}, {"fixed": "2.4.0"}]},
                    {
                        "type": "GIT",
                        "repo": "https://github.com/kasumi/console",
                        "events": [{"introduced": "0"}, {"fixed": "0a1b2c"}],
                    },
                ],
                "versions": ["2.0.0", "2.1.0"],
                "database_specific": {"source": "ours"},
            }
        ],
        "references": [
            {"type": "FIX", "url": "https://kasumi.example/fix/1"},
            {"type": "WEB", "url": "https://kasumi.example/sa/1"},
        ],
        "credits": [{"name": "Hanako", "type": "REMEDIATION_DEVELOPER"}],
        "database_specific": {"severity": "CRITICAL", "cwe_ids": ["CWE-78", "CWE-x"]},
    }


def of_a_distribution() -> dict[str, Any]:
    """A distribution's advisory, which treats two vulnerabilities."""
    return {
        "schema_version": "1.7.3",
        "id": "USN-99990-1",
        "modified": "2024-07-15T01:02:03Z",
        "upstream": [NAME, "CVE-2024-99990002"],
        "affected": [
            {
                "package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "kasumi-console"},
                "severity": [{"type": "Ubuntu", "score": "high"}],
                "ranges": [
                    {
                        "type": "ECOSYSTEM",
                        "events": [{"introduced": "0"}, {"fixed": "2.3-1ubuntu0.1"}],
                    }
                ],
            }
        ],
    }


PAYLOADS = [
    raw(advisory()),
    raw([advisory(), of_a_distribution()]),
    raw({"vulns": [of_a_distribution(), advisory()]}),
]
BAD = (b'{"vulns":[%s,%s,%s]}', raw({**advisory(), "id": NAME, "aliases": []}))
VALUES = advisory
