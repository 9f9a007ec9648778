"""STIX objects and collections."""

from __future__ import annotations

from django.db import models

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
