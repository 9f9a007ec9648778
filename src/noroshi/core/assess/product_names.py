"""Names of products: which spellings are one product, and how to name it to people.

A package of a distribution is named with the release it is in: "openssl (ubuntu 22.04)".

Spellings are brought together where that needs no guess: a CPE name and a plain name with the same
vendor and product are one; a package URL stands for itself. (The alias table that knows more is the
matcher's.)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from noroshi.core.facets import Product
from noroshi.core.identity import unescape

_PACKAGED = ("deb/", "rpm/", "apk/", "alpm/")


@lru_cache(maxsize=32_768)
def same_product(product: Product) -> str:
    """Return a text that is equal for spellings of one product."""
    if product.scheme == "purl":
        return f"purl {product.name}"
    name = product.name
    if product.scheme == "cpe":
        name = unescape(name.partition(":")[2])
    return name.replace("_", " ")


def label(product: Product, texts: Sequence[str]) -> str:
    """Name a product as the sources' texts spell it; identities are all lower case.

    The vendor is put before it if the texts name the vendor too.
    """
    if of_distribution(product):
        return _package(product, texts)
    vendor, name = vendor_and_name(product)
    firmware = " firmware" if name.endswith(" firmware") else ""
    spelt = _spelt(name, texts) or (firmware and _spelt(name.removesuffix(firmware), texts))
    if not spelt:
        return f"{vendor} {name}" if vendor and vendor not in name else name or vendor
    spelt_vendor = "" if vendor in name else _spelt(vendor, texts)
    ending = "" if spelt.lower() == name else firmware
    return f"{spelt_vendor} {spelt}{ending}".strip()


def vendor_and_name(product: Product) -> tuple[str, str]:
    """Return the vendor and the name in words, in lower case; a package has no vendor."""
    if product.scheme == "purl":
        name = product.name.partition("?")[0]
        return "", name.partition("/")[2] or name
    vendor, _, name = same_product(product).partition(":")
    return vendor, name


def of_distribution(product: Product) -> bool:
    """Say whether it is a package of an operating system rather than what its maker publishes."""
    return product.scheme == "purl" and product.name.startswith(_PACKAGED)


def _package(product: Product, texts: Sequence[str]) -> str:
    name, place = _packaged(product.name)
    return f"{_spelt(name.lower(), texts) or name}{place}"


@lru_cache(maxsize=65_536)
def _packaged(identity: str) -> tuple[str, str]:
    """Return a package's name and, in brackets, the release or the distribution it is in."""
    whole, _, qualifiers = identity.partition("?")
    distribution, _, name = whole.partition("/")[2].rpartition("/")
    release = dict(each.partition("=")[::2] for each in qualifiers.split("&")).get("distro", "")
    where = release.replace("-", " ", 1) or distribution
    return name, f" ({where})" if where else ""


def _spelt(name: str, texts: Sequence[str]) -> str:
    """Return ``name`` as the first text spells it that uses capital letters, else ``""``."""
    for text in texts if name else ():
        found = _spelling(text, name)
        if found and found != found.lower():
            return found
    return ""


def _spelling(text: str, name: str) -> str | None:
    """Return ``name`` in the upper and lower case of ``text``, found as whole words."""
    lowered = text.lower()
    if len(lowered) != len(text):  # some letters change length: places would not agree
        return None
    at = lowered.find(name)
    if at < 0:
        return None
    end = at + len(name)
    alone = not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())
    return text[at:end] if alone else None
