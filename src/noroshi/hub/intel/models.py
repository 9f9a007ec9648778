"""STIX objects, collections, and reports on their way to being shared."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce

from noroshi.hub.scope import MarkedModel


class IntelObject(MarkedModel):
    """One version of a STIX 2.1 object; ``body`` is its JSON, served byte for byte."""

    stix_id = models.CharField(max_length=120)
    version = models.DateTimeField()
    type = models.CharField(max_length=60)
    body = models.BinaryField()

    class Meta(MarkedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["stix_id", "version"], name="intel_object_once"),
        ]
        indexes = [
            models.Index(fields=["type", "version"], name="intel_by_type"),
            models.Index(Coalesce("published_at", "version"), "stix_id", name="intel_by_sharing"),
        ]


class Collection(models.Model):
    """A TAXII collection: a named stream of objects."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)


class CollectionEntry(models.Model):
    """An object in a collection; ``date_added`` strictly increases per collection."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="entries")
    object = models.ForeignKey(IntelObject, models.CASCADE, related_name="entries")
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "date_added"], name="entry_order"),
            models.UniqueConstraint(fields=["collection", "object"], name="entry_once"),
        ]


class ReviewState(models.TextChoices):
    """Where a report stands on its way from a member to those it is shared with."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"
    SHARED = "shared"


class Review(MarkedModel):
    """A copy of a member's draft that was given to the hub's analysts, to be shared.

    Who reads it is said as of any marked thing: ``owner`` and ``author`` gave it, ``audience`` is
    the hub (TLP:RED: the analysts named), ``published_at`` is when it was given, and null while the
    hub does not read it: it was taken back, or is shared already. ``name`` is what the analysts
    call it, a random text; ``draft`` the STIX id of what it is a copy of, ``shared_as`` of what was
    made of it: both are for its owner alone. ``nameless``: the analysts are not told who it is.
    ``body`` is the encoded `noroshi.core.formats.stix.Report`.
    """

    name = models.CharField(max_length=32, unique=True)
    draft = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=ReviewState)
    nameless = models.BooleanField(default=False)
    body = models.BinaryField()
    question = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    shared_as = models.CharField(max_length=120, blank=True)
