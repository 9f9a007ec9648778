"""Every error of Noroshi, in one tree.

::

    NoroshiError
    ├── FormatError            bytes that are not what they claim to be (quarantined)
    │   ├── NotText            not valid UTF-8, or a NUL character inside
    │   ├── BrokenJson · BrokenXml · BrokenLine
    │   ├── WrongShape         well-formed, but a value has the wrong type or is missing
    │   ├── TooDeep · TooLarge
    │   ├── DuplicateKey       a JSON object says the same key twice
    │   ├── ForbiddenXml       a document type or an entity
    │   ├── NotAnIdentifier    a CVE id, purl or CPE name that is not one
    │   ├── UnknownFormat · UnsupportedVersion
    │   ├── BrokenArchive      a compressed file that cannot be opened
    │   ├── MissingPart        what a source lists and does not have
    │   ├── Shrunken           a whole catalogue that lost too much at once
    │   ├── WrongHash          bytes without the hash that their source gives
    │   └── WrongSignature · MissingSignature
    ├── FetchError             a source that could not be asked, or did not answer as it should
    │   ├── Unreachable        no connection, no trust, no answer in time, half an answer
    │   ├── AddressRefused     an address, of the source or of a redirect, that is not asked
    │   ├── BadStatus          403, 404, 429, 500 …
    │   └── UnexpectedAnswer   an answer, but not to what was asked
    ├── VersionError           text that is not a version in its scheme
    ├── PolicyError            an audience wider than its marking allows
    │   └── NobodyNamed        an audience, choice or rule that names nobody
    ├── NotFound               no such thing — or none that this viewer may see
    ├── Refused                a rule of the hub says no
    ├── Stale                  what it was based on has changed meanwhile
    ├── QueryError             a search that cannot be understood; each names its place
    │   ├── NoSuchField · UnusableValue
    │   ├── QuoteLeftOpen      a quotation mark without its other one
    │   ├── NothingSought      no letter and no digit in it
    │   └── TooMuchAsked
    ├── BadCursor              a page asked for by a cursor that no page gave
    ├── UnscopedAccess         a query without a viewer (a programming error, never shown)
    └── MisconfiguredError     a setting that cannot be used

Each error has a ``code`` (stable, for programs), a ``sentence`` for a person (English, with
``{named}`` places; translated by whoever shows it), ``facts`` that fill the places, and ``where``.
"""

from __future__ import annotations

from typing import ClassVar


class NoroshiError(Exception):
    """The root of the tree. ``where`` names the file, line or JSON path (``x.json:12 $.a.b``)."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = "something went wrong"

    def __init__(self, where: str = "", **facts: object) -> None:
        super().__init__(where, facts)
        self.where = where
        self.facts = facts

    def text(self, template: str | None = None) -> str:
        """Return the sentence with its places filled; ``template`` is a translated sentence."""
        return (template or self.sentence).format_map(self.facts)

    def __str__(self) -> str:
        return f"{self.where}: {self.text()}" if self.where else self.text()

    def at(self, outer: str) -> NoroshiError:
        """Return the same error seen from outside: ``outer`` is put before ``where``."""
        return type(self)(f"{outer} {self.where}".strip(), **self.facts)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.where, self.facts)


def _rebuild(kind: type[NoroshiError], where: str, facts: dict[str, object]) -> NoroshiError:
    return kind(where, **facts)


class FormatError(NoroshiError):
    """Bytes that are not what they claim to be."""

    code = "format"
    sentence = "this cannot be read"


class NotText(FormatError):
    """Not valid UTF-8, or a NUL character inside."""

    code = "not-text"
    sentence = "not readable text: {detail}"


class BrokenJson(FormatError):
    """Not JSON."""

    code = "broken-json"
    sentence = "not valid JSON: {detail}"


class BrokenXml(FormatError):
    """Not well-formed XML."""

    code = "broken-xml"
    sentence = "not well-formed XML: {detail}"


class BrokenLine(FormatError):
    """A line of a table or a tag-value file that does not follow its format."""

    code = "broken-line"
    sentence = "this line cannot be read: {detail}"


class WrongShape(FormatError):
    """Well-formed, but a value is missing or has the wrong type."""

    code = "wrong-shape"
    sentence = "a value is missing or of the wrong kind: {detail}"


class TooDeep(FormatError):
    """Nested beyond reason."""

    code = "too-deep"
    sentence = "nested too deeply"


class TooLarge(FormatError):
    """Larger than the limit, or growing beyond it while being unpacked."""

    code = "too-large"
    sentence = "larger than the limit of {limit} bytes"


class DuplicateKey(FormatError):
    """A JSON object says the same key twice, so nobody can tell which value is meant."""

    code = "duplicate-key"
    sentence = "the key {key} occurs twice in one object"


class ForbiddenXml(FormatError):
    """A document type definition or an entity: refused, whatever it says."""

    code = "forbidden-xml"
    sentence = "document types and entities are not accepted in XML"


class NotAnIdentifier(FormatError):
    """A CVE id, purl or CPE name that is not one."""

    code = "not-an-identifier"
    sentence = "{value} is not a valid {kind}"


class UnknownFormat(FormatError):
    """None of the formats that could be here."""

    code = "unknown-format"
    sentence = "the format is not recognised; expected {expected}"


class UnsupportedVersion(FormatError):
    """A known format in a version that is not read."""

    code = "unsupported-version"
    sentence = "{format} version {version} is not supported; supported: {supported}"


class BrokenArchive(FormatError):
    """A compressed file that cannot be opened."""

    code = "broken-archive"
    sentence = "the compressed file cannot be opened: {detail}"


class MissingPart(FormatError):
    """What a source lists and does not have."""

    code = "missing-part"
    sentence = "the source lists this and does not have it"


class Shrunken(FormatError):
    """A whole catalogue in which more is missing than a source takes back at once."""

    code = "shrunken"
    sentence = "{missing} of {held} entries are missing at once; nothing was taken back"


class WrongHash(FormatError):
    """Bytes whose hash is not the one that their source gives beside them."""

    code = "wrong-hash"
    sentence = "this does not have the {kind} that the source gives for it"


class WrongSignature(FormatError):
    """Bytes with a signature beside them that no key of their publisher has made of them."""

    code = "wrong-signature"
    sentence = "the signature beside this is not one that its publisher made of it"


class MissingSignature(FormatError):
    """Bytes that nobody has signed, or whose publisher names no key to check them with."""

    code = "missing-signature"
    sentence = "nobody whose key is known has signed this"


class FetchError(NoroshiError):
    """A source that could not be asked, or did not answer as it should. ``where``: its address."""

    code = "fetch"
    sentence = "this could not be fetched"


class Unreachable(FetchError):
    """No connection, no trust, no answer in time, or half an answer."""

    code = "unreachable"
    sentence = "the server did not give a whole answer: {detail}"


class AddressRefused(FetchError):
    """An address that is not asked: of a host that is not the source's, or not public."""

    code = "address-refused"
    sentence = "this address is not asked: {detail}"


class BadStatus(FetchError):
    """An answer that is a refusal. ``wait``: seconds that the server asks to be left alone."""

    code = "bad-status"
    sentence = "the server answered with the status {status}"


class UnexpectedAnswer(FetchError):
    """An answer, but not to what was asked: an empty catalogue, a page for people."""

    code = "unexpected-answer"
    sentence = "the answer is not what was asked for: {detail}"


class VersionError(NoroshiError):
    """Text that is not a version in its scheme."""

    code = "version"
    sentence = "{value} is not a version in the scheme {scheme}"


class PolicyError(NoroshiError):
    """An audience wider than its marking allows."""

    code = "policy"
    sentence = "the marking {marking} does not allow this audience: {detail}"


class NobodyNamed(PolicyError):
    """An audience, a choice or a rule over an empty set: refused, lest it come to mean all."""

    code = "nobody-named"
    sentence = "nobody is named: {detail}"


class NotFound(NoroshiError):
    """No such thing, or none that this viewer may see: the two answer alike."""

    code = "not-found"
    sentence = "there is no {kind} {name}"


class Refused(NoroshiError):
    """A rule of the hub says no."""

    code = "refused"
    sentence = "{detail}"


class Stale(NoroshiError):
    """What somebody looked at while deciding has changed before the decision arrived."""

    code = "stale"
    sentence = "this has changed since you looked at it; nothing was done: please look again"


class QueryError(NoroshiError):
    """A search that cannot be understood. ``at`` counts its characters from 1."""

    code = "query"
    sentence = "this search cannot be understood"


class NoSuchField(QueryError):
    """A word before a colon that is no field."""

    code = "no-such-field"
    sentence = "at character {at}: there is no field {field}; there are: {known}"


class UnusableValue(QueryError):
    """A value that its field cannot have."""

    code = "unusable-value"
    sentence = "at character {at}: {field} cannot be “{value}”; for example: {expected}"


class QuoteLeftOpen(QueryError):
    """A quotation mark without its other one."""

    code = "quote-left-open"
    sentence = "at character {at}: this quotation mark has no other one"


class NothingSought(QueryError):
    """No letter and no digit in a word."""

    code = "nothing-sought"
    sentence = "at character {at}: there is nothing to look for in “{text}”"


class TooMuchAsked(QueryError):
    """A query that is too long."""

    code = "too-much-asked"
    sentence = "at character {at}: this search is too long; the most is {most}"


class BadCursor(NoroshiError):
    """A page asked for by a cursor that no page of this list gave."""

    code = "bad-cursor"
    sentence = "this is not a place in this list: begin again at its first page"


class UnscopedAccess(NoroshiError):
    """A query over marked things without saying for whom."""

    code = "unscoped-access"
    sentence = "{model} was queried without visible_to(viewer)"


class MisconfiguredError(NoroshiError):
    """A setting that cannot be used."""

    code = "misconfigured"
    sentence = "the setting {setting} cannot be used: {detail}"
