"""Sources, documents, records, vulnerabilities, assessments."""

from __future__ import annotations

from django.db import models

from noroshi.hub.identity.models import Product
from noroshi.hub.knowledge.statuses import STATUS_CODES
from noroshi.hub.members.models import Person


class Source(models.Model):
    """Where documents come from, and how its last import went.

    ``kept_documents`` and ``kept_records`` are how many there are, counted as they are stored:
    counting half a million rows would take a page a quarter of a second. ``catalogue_at``: when
    the newest catalogue that was read was made, where each document of the source is a whole one.
    """

    name = models.CharField(max_length=40, unique=True)
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    kept_documents = models.BigIntegerField(default=0)
    kept_records = models.BigIntegerField(default=0)
    catalogue_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class FeedState(models.Model):
    """Where the pulling of one source stands.

    ``cursor``: what its feed needs to go on (`noroshi.edge.feeds.port`). ``marks``: by address,
    what makes the next request conditional. Both are those of what has been written, never of what
    has only been received. ``next_at``: nobody pulls by itself before; null: at once.
    ``error_code`` is empty unless the last pull ended with an error, ``failures`` counts those in a
    row.
    """

    source = models.OneToOneField(Source, models.CASCADE, related_name="feed")
    cursor = models.JSONField(default=dict)
    marks = models.JSONField(default=dict)
    attempted_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_facts = models.JSONField(default=dict)
    error_where = models.CharField(max_length=500, blank=True)


class Document(models.Model):
    """Bytes as received, kept unchanged (``body`` is a Zstandard frame of them).

    ``read_at`` is set once everything in it has been read and merged; until then an interrupted
    import comes back to it. ``unread`` counts the parts that went to quarantine.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="documents", db_index=False)
    external_id = models.CharField(max_length=200)
    retrieved_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    unread = models.IntegerField(default=0)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256", "source"], name="document_once"),
        ]


class Quarantine(models.Model):
    """Something received that could not be read: its place and the reason.

    ``document`` holds the bytes; null where they could not even be received whole.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="quarantine")
    document = models.ForeignKey(Document, models.CASCADE, related_name="quarantine", null=True)
    file = models.CharField(max_length=500)
    where = models.CharField(max_length=500)
    code = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "file", "where"], name="quarantine_once"),
        ]


class Vulnerability(models.Model):
    """One weakness in one product line, whatever its names.

    ``preferred_id``: its CVE id if it has one, else the first name it was known by.
    ``merged_into``: it turned out to be the same as another one, which now holds its names and
    records. The other columns are the fused answer of the newest assessment, for lists. ``words``
    is not used any more: `Entry` is.
    """

    preferred_id = models.CharField(max_length=120, unique=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")
    state = models.CharField(max_length=12, default="published")
    disputed = models.BooleanField(default=False)
    title_en = models.CharField(max_length=300, blank=True)
    title_ja = models.CharField(max_length=300, blank=True)
    severity = models.CharField(max_length=10, blank=True)
    score = models.FloatField(null=True)
    exploited_since = models.DateField(null=True)
    exploitation = models.CharField(max_length=10, blank=True)
    automatable = models.CharField(max_length=3, blank=True)
    epss = models.FloatField(null=True)
    confidence = models.SmallIntegerField(null=True)
    published = models.DateTimeField(null=True)
    modified = models.DateTimeField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["published", "id", "words"], name="vulnerability_published"),
            models.Index(fields=["modified", "id"], name="vulnerability_modified"),
            models.Index(fields=["score", "id"], name="vulnerability_score"),
            models.Index(fields=["exploitation", "published"], name="vulnerability_exploitation"),
        ]

    def __str__(self) -> str:
        return self.preferred_id


class Entry(models.Model):
    """What one vulnerability is found by (`noroshi.hub.knowledge.indexing`).

    ``terms``: tokens, a space on both sides of each (`noroshi.core.search.tokens`), over which each
    database has its own index: SQLite's FTS5 table ``knowledge_entry_text`` follows by triggers,
    PostgreSQL has a GIN index. ``shown``: what it is counted under, sources, vendors, weaknesses.
    """

    vulnerability = models.OneToOneField(
        Vulnerability, models.CASCADE, primary_key=True, related_name="entry"
    )
    terms = models.TextField()
    shown = models.TextField(blank=True)


class SavedSearch(models.Model):
    """A search that a person keeps under a name; nobody else sees it.

    ``query`` is as it is typed; ``mine``: only what concerns the systems of the person's
    organisation, whenever it is asked.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="searches", db_index=False)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    mine = models.BooleanField(default=False)
    order = models.CharField(max_length=10)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="saved_search_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """A name of a vulnerability; every name belongs to exactly one."""

    name = models.CharField(max_length=120, unique=True)
    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="aliases")


class AliasConflict(models.Model):
    """A name that a source also gives to another vulnerability: recorded, never guessed away."""

    name = models.CharField(max_length=120)
    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="conflicts")
    source = models.ForeignKey(Source, models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "vulnerability", "source"], name="alias_conflict_once"
            ),
        ]


class Record(models.Model):
    """What one source says about one vulnerability.

    ``facets`` is the encoded `noroshi.core.facets.Record` (JSON, as a Zstandard frame when that is
    smaller). ``asserted_at`` is the source's own time, 1970 where it names none; an older claim
    never replaces a newer one.
    """

    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="records")
    source = models.ForeignKey(Source, models.PROTECT, related_name="records", db_index=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="records")
    external_id = models.CharField(max_length=120)
    asserted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    facets = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["external_id", "source"], name="record_once"),
        ]


class PastRecord(models.Model):
    """What a source said of a vulnerability before, or said and it came too late.

    The fields are those of the `Record` as it stood; of one document there is one version. It
    outlives its document, should that be forgotten.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="past", db_index=False)
    document = models.ForeignKey(Document, models.SET_NULL, related_name="past_records", null=True)
    asserted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    facets = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "document"], name="past_record_once"),
        ]


class EpssScore(models.Model):
    """An earlier EPSS score of a record: a day on which it had moved (`core.probabilities`)."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="scores", db_index=False)
    day = models.DateField()
    score = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "day"], name="epss_score_once"),
        ]


class AffectedRange(models.Model):
    """Versions of one product that a record declares: ``low ≤ key < high``.

    ``claim`` and ``part`` lead back to the words: ``Record.facets.affected[claim].ranges[part]``
    (``part`` -1: the default outside all ranges). ``conditional``: only together with a platform.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="affected_ranges")
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="affected_ranges", db_index=False
    )
    low = models.BinaryField()
    high = models.BinaryField()
    status = models.SmallIntegerField(choices=[(code, s.value) for s, code in STATUS_CODES.items()])
    claim = models.IntegerField()
    part = models.IntegerField()
    conditional = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["product", "low"], name="range_by_product")]


class Assessment(models.Model):
    """Our judgement of one vulnerability at one time; append-only, the newest is current.

    ``body`` is the encoded `noroshi.core.assess.assessment.Assessment` (as `Record.facets`).
    """

    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="assessments")
    made_at = models.DateTimeField()
    model = models.CharField(max_length=40)
    body = models.BinaryField()
