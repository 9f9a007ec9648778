"""Metasploit's modules: all in one object, or one a line."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, raw


def module() -> dict[str, Any]:
    """An exploit that finds its target by itself."""
    return {
        "name": "Kasumi SR-200 Command Injection",
        "fullname": "exploit/linux/http/kasumi_sr200_ping",
        "aliases": [],
        "rank": 600,
        "disclosure_date": "2024-07-09",
        "type": "exploit",
        "author": ["somebody <somebody@kasumi.example>"],
        "description": "Commands are given to the router's page for testing a line.",
        "references": [f"{NAME}", "URL-https://kasumi.example/sa/1", "OSVDB-999999"],
        "platform": "Linux",
        "rport": 443,
        "mod_time": "2024-07-21 17:38:06 +0900",
        "path": "/modules/exploits/linux/http/kasumi_sr200_ping.rb",
        "is_install_path": True,
        "ref_name": "linux/http/kasumi_sr200_ping",
        "check": True,
    }


PAYLOADS = [raw({"exploit_linux/http/kasumi_sr200_ping": module()}), raw(module())]
BAD = (b'{"a":%s,"b":%s,"c":%s}', raw(module()))
VALUES = module
