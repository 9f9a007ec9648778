"""What an uploaded SBOM says: read in full before anything is locked or written."""

from __future__ import annotations

import hashlib

import msgspec
import zstandard

from noroshi.core.changes import Item
from noroshi.core.components import InventoryDocument
from noroshi.core.formats import sbom
from noroshi.core.packages import PackageFacts, package_of


class Upload(msgspec.Struct, frozen=True):
    """An SBOM as it came (``body`` is a Zstandard frame of it), and what it says.

    ``packages`` are those of the document's components, in the same order.
    """

    file: str
    size: int
    sha256: bytes
    body: bytes
    document: InventoryDocument
    packages: tuple[PackageFacts, ...]

    @property
    def unmatchable(self) -> int:
        """How many components have no identity with a comparable version."""
        return sum(all(each.key is None for each in fact.identities) for fact in self.packages)

    @property
    def items(self) -> dict[str, Item]:
        """The distinct packages, by their texts."""
        return {fact.text: Item(fact.text, fact.name, fact.version) for fact in self.packages}


def read_upload(file: str, data: bytes) -> Upload:
    """Read an SBOM. Raises `FormatError` if it cannot be read as a whole."""
    document = sbom.read(data)
    return Upload(
        file=file.encode(errors="replace").decode()[-300:],  # a name on disk may be no text
        size=len(data),
        sha256=hashlib.sha256(data).digest(),
        body=zstandard.ZstdCompressor(level=9).compress(data),
        document=document,
        packages=tuple(package_of(component) for component in document.components),
    )
