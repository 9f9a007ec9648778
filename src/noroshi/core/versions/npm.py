"""npm's versions: Semantic Versioning, with what node-semver forgives in front.

The rule that a range admits pre-releases only of its own bounds belongs to requirements, not to
affected ranges, and is not known here.
"""

from __future__ import annotations

from noroshi.core.versions import semver
from noroshi.core.versions.pieces import accept

NAME = "npm"


def key(version: str, /) -> bytes:
    """Return the key of an npm version (``=v1.2.3`` is ``1.2.3``). Raises `VersionError`."""
    return semver.ordered(accept(version, NAME).lstrip("=v \t"), NAME)
