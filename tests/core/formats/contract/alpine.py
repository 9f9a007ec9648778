"""Alpine's security database."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, raw


def package(name: str = "kasumid") -> dict[str, Any]:
    """A package, and which version of it fixed what."""
    return {"pkg": {"name": name, "secfixes": {"2.4-r0": [NAME], "0": ["CVE-2024-99990002"]}}}


def database(*packages: dict[str, Any]) -> dict[str, Any]:
    """A repository of one release."""
    return {
        "apkurl": "{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}.apk",
        "archs": ["x86_64"],
        "reponame": "main",
        "urlprefix": "https://mirror.example/alpine",
        "distroversion": "v3.18",
        "packages": list(packages or (package(), package("kasumi-tools"))),
    }


_ONE = raw({"pkg": {"name": "kasumid", "secfixes": {"2.4-r0": [NAME]}}})

PAYLOADS = [raw(database())]
BAD = (b'{"distroversion":"v3.18","reponame":"main","packages":[%s,%s,%s]}', _ONE)
VALUES = database
