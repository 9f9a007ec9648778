"""The OpenPGP signatures of CSAF advisories (CSAF 2.0 §7.1.19), held against the provider's keys.

A provider names its keys in its metadata (§7.1.20), by address and fingerprint. That makes sure
that an advisory is what the provider's people signed, as far as the metadata can be believed: they
come by https from the provider's host, and vouch for no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from pysequoia import Cert, Sig, verify

from noroshi.core.errors import FormatError, MissingSignature, UnexpectedAnswer, WrongSignature
from noroshi.edge.feeds.port import Answer, Client
from noroshi.edge.feeds.sources.csaf_listing import Advisory

LARGEST = 1_000_000
"""Bytes of a key or of a signature; most have a few thousand."""

MOST_KEYS = 20

_NOT_HEX = re.compile(r"[^0-9a-f]")


class Key(msgspec.Struct, frozen=True):
    """A key as the metadata name it."""

    url: str
    fingerprint: str = ""


class Signatures:
    """Tells whether an advisory is signed. ``unsigned``: one without a signature is taken."""

    def __init__(self, certificates: Sequence[Cert], *, unsigned: bool) -> None:
        self._certificates = list(certificates)
        self._unsigned = unsigned

    def wrong(self, client: Client, advisory: Advisory, answer: Answer) -> FormatError | None:
        """Return what is wrong with the signature of an advisory; ``None``: nothing.

        Where the provider publishes no key, nobody can sign for it.
        """
        signature = None
        if self._certificates and advisory.signature:
            signature = client.find(advisory.signature, f"{advisory.name}.asc")
        if signature is None:
            return None if self._unsigned else MissingSignature()
        return None if self._is_valid(answer, _bytes(signature)) else WrongSignature()

    def _is_valid(self, answer: Answer, signature: bytes) -> bool:
        try:
            verify(
                file=str(answer.path),
                store=lambda _ids: self._certificates,
                signature=Sig.from_bytes(signature),
            )
        except RuntimeError:  # whatever is wrong with it
            return False
        return True


def published(client: Client, keys: Sequence[Key], *, unsigned: bool) -> Signatures:
    """Fetch a provider's keys; raises `FetchError`, also for one that is not the one named."""
    found: list[Cert] = []
    for key in keys[:MOST_KEYS]:
        client.allow(key.url)
        answer = client.find(key.url, "key.asc")
        if answer is not None:
            found += _certificates(answer, key)
    return Signatures(found, unsigned=unsigned)


def _certificates(answer: Answer, key: Key) -> list[Cert]:
    named = _NOT_HEX.sub("", key.fingerprint.lower())
    try:
        found = Cert.split_bytes(_bytes(answer))
    except RuntimeError as error:
        raise UnexpectedAnswer(answer.address, detail="it is no OpenPGP key") from error
    usable = [one for one in found if not named or one.fingerprint.lower() == named]
    if not usable:
        detail = "it is not the key with the fingerprint that the provider names"
        raise UnexpectedAnswer(answer.address, detail=detail)
    return usable


def _bytes(answer: Answer) -> bytes:
    if answer.path.stat().st_size > LARGEST:
        raise UnexpectedAnswer(answer.address, detail="it is too large for what it should be")
    return answer.path.read_bytes()
