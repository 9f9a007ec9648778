"""Identity of software: one product, one name, whoever speaks of it.

Product schemes and how their names are written:

``cpe``      ``part:vendor:product`` of a CPE 2.3 name, lower case, escapes kept
             (``a:apache:tomcat``)
``purl``     ``type/namespace/name`` of a package URL, canonical for its type, no version
             (``npm/@angular/core``, ``maven/org.apache.logging.log4j/log4j-core``,
             ``deb/debian/openssl``). A claim that holds for one release of a distribution, or for
             its source packages, says so in the qualifiers ``distro`` (``ubuntu-22.04``,
             ``debian-12``, ``alpine-3.18``, ``redhat-8``: the id and version of os-release) and
             ``arch=source``, in that canonical order: ``deb/ubuntu/curl?arch=source&distro=…``
``name``     ``vendor:product`` as people write them, folded (NFKC, lower case, single spaces):
             the weakest identity, for sources and inventories that offer nothing better
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

import msgspec
from packageurl import PackageURL

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.facets import Product

VERSION_SCHEMES = {
    "npm": "npm",
    "golang": "semver",
    "cargo": "semver",
    "nuget": "semver",
    "hex": "semver",
    "pub": "semver",
    "pypi": "pypi",
    "maven": "maven",
    "deb": "deb",
    "rpm": "rpm",
    "apk": "apk",
    "alpine": "apk",
}
"""purl type → version scheme; any other type orders its versions by ``generic``."""

DISTRIBUTION_TYPES = frozenset({"deb", "rpm", "apk", "alpine", "alpm"})
"""purl types whose versions carry backported fixes that no upstream version number shows."""

LONGEST = 2048
"""Characters beyond which a text is not taken for a package URL, nor its canonical form for one."""

LONGEST_CPE = 512
"""Characters beyond which a text is not taken for a CPE name; the longest of NVD's has 157."""

# purl types whose names are lower case by definition, though the library leaves them.
_CASELESS = frozenset({"deb"})

_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # no name has one, and PostgreSQL text cannot hold NUL


class Cpe(msgspec.Struct, frozen=True):
    """A CPE 2.3 formatted name (NISTIR 7695 §6.2), attributes as written, lower case.

    ``*`` is ANY and ``-`` is NA in every attribute.
    """

    part: str
    vendor: str
    product: str
    version: str
    update: str
    edition: str
    language: str
    sw_edition: str
    target_sw: str
    target_hw: str
    other: str

    @property
    def identity(self) -> Product:
        """The product named, without its version."""
        return Product("cpe", f"{self.part}:{self.vendor}:{self.product}")

    @property
    def text(self) -> str:
        """The whole name as a CPE 2.3 formatted string."""
        return ":".join(("cpe", "2.3", *msgspec.structs.astuple(self)))


class Purl(msgspec.Struct, frozen=True):
    """A package URL taken apart. ``qualifiers`` in canonical order."""

    type: str
    identity: Product
    version: str | None
    qualifiers: tuple[tuple[str, str], ...]
    text: str

    @property
    def versions(self) -> str:
        """The scheme that orders this package's versions."""
        return VERSION_SCHEMES.get(self.type, "generic")


def cve_id(text: str, where: str = "") -> str:
    """Return ``text`` if it is a CVE id; raise `NotAnIdentifier` otherwise."""
    if _CVE.fullmatch(text) is None:
        raise NotAnIdentifier(where, value=repr(text[:80]), kind="CVE id")
    return text


@lru_cache(maxsize=65_536)
def parse_cpe(text: str) -> Cpe:
    """Take a CPE 2.3 formatted name apart; a 2.2 URI (``cpe:/a:…``) is bound to 2.3 first.

    Raises `NotAnIdentifier`.
    """
    if len(text) > LONGEST_CPE:
        raise NotAnIdentifier(value=repr(text[:120]), kind="CPE name")
    if text.startswith("cpe:/"):
        text = _from_uri(text)
    fields = text.split(":") if "\\" not in text else _split_escaped(text)
    if len(fields) != 13 or fields[0] != "cpe" or fields[1] != "2.3" or "" in fields:
        raise NotAnIdentifier(value=repr(text[:120]), kind="CPE name")
    longer = len(text) > LONGEST_CPE  # binding a URI escapes what it holds
    if longer or fields[2] not in {"a", "o", "h", "*", "-"} or _CONTROL.search(text):
        raise NotAnIdentifier(value=repr(text[:120]), kind="CPE name")
    return Cpe(*(field.lower() for field in fields[2:]))


def unescape(value: str) -> str:
    r"""Return a CPE attribute's text without its escapes (``1\.0`` → ``1.0``)."""
    return re.sub(r"\\(.)", r"\1", value)


@lru_cache(maxsize=65_536)
def parse_purl(text: str) -> Purl:
    """Take a package URL apart in the canonical form of its type; raises `NotAnIdentifier`."""
    if len(text) > LONGEST or _CONTROL.search(unquote(text)):
        raise NotAnIdentifier(value=repr(text[:120]), kind="package URL")
    try:
        canonical = PackageURL.from_string(text).to_string()
        purl = PackageURL.from_string(canonical)  # only the text is canonical in every type
    except ValueError as error:
        raise NotAnIdentifier(value=repr(text[:120]), kind="package URL") from error
    if len(canonical) > LONGEST:  # quoting makes a Japanese letter nine times as long
        raise NotAnIdentifier(value=repr(text[:120]), kind="package URL")
    name = "/".join(part for part in (purl.type, purl.namespace, purl.name) if part)
    return Purl(
        type=purl.type,
        identity=Product("purl", name.lower() if purl.type in _CASELESS else name),
        version=purl.version or None,
        qualifiers=tuple(sorted(dict(purl.qualifiers).items())),
        text=canonical,
    )


def named(vendor: str, product: str) -> Product:
    """Return the weakest identity: vendor and product as people write them, folded."""
    return Product("name", f"{fold(vendor)}:{fold(product)}")


def fold(text: str) -> str:
    """NFKC, case folded, runs of space to one, ends trimmed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_FIELD = re.compile(r"(?:[^:\\]|\\.)*", re.DOTALL)


def _split_escaped(text: str) -> list[str]:
    """Split at the colons that no backslash escapes; an escaped backslash escapes nothing."""
    fields, position = [], 0
    while position <= len(text):
        field = _FIELD.match(text, position)
        if field is None or text[field.end() : field.end() + 1] not in {"", ":"}:
            return []  # a lone backslash at the end
        fields.append(field[0])
        position = field.end() + 1
    return fields


_URI_QUOTED = re.compile(r"%([0-9a-fA-F]{2})")


def _from_uri(text: str) -> str:
    """Bind a CPE 2.2 URI to the 2.3 formatted string (NISTIR 7695 §6.1.3)."""
    values = text.removeprefix("cpe:/").split(":")
    if len(values) > 7:
        raise NotAnIdentifier(value=repr(text[:120]), kind="CPE name")
    values += [""] * (7 - len(values))
    part, vendor, product, version, update, edition, language = values[:7]
    extended = ["*"] * 4
    if edition.startswith("~"):
        _, edition, *rest = [*edition.split("~"), "", "", "", "", ""]
        extended = [_bind(value) for value in rest[:4]]
    head = [_bind(v) for v in (part, vendor, product, version, update, edition, language)]
    return ":".join(["cpe", "2.3", *head, *extended])


def _bind(value: str) -> str:
    if value in {"", "-"}:
        return value or "*"
    plain = _URI_QUOTED.sub(_unquote, value)
    return re.sub(r"(?<!\\)([^\w\\*?.\-])", r"\\\1", plain, flags=re.ASCII)


def _unquote(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return {"\x01": "?", "\x02": "*"}.get(character, f"\\{character}")
