"""Systems, inventories, packages, components."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from noroshi.core.sector import Criticality, Exposure
from noroshi.hub.identity.models import Product
from noroshi.hub.members.models import Organisation
from noroshi.hub.scope import ScopedManager, Visibility, private


class System(models.Model):
    """A member's named system; ``retired_at``: since then nobody runs it, and its name is free."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="systems")
    name = models.CharField(max_length=200)
    criticality = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Criticality])
    exposure = models.CharField(max_length=10, choices=[(e.value, e.value) for e in Exposure])
    retired_at = models.DateTimeField(null=True)

    visibility: ClassVar[Visibility] = private("organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(retired_at=None),
                name="system_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Inventory(models.Model):
    """One SBOM uploaded for a system; ``body`` is a Zstandard frame of the bytes as received.

    At most one inventory of a system is ``current``; the others are its history. ``unmatchable``
    counts the components that have no identity with a comparable version; ``added``, ``removed``
    and ``updated`` the lines of software that differ from the inventory before (null: there was
    none).
    """

    system = models.ForeignKey(System, models.CASCADE, related_name="inventories")
    current = models.BooleanField(default=True)
    uploaded_at = models.DateTimeField()
    file = models.CharField(max_length=300)
    dialect = models.CharField(max_length=40)
    subject = models.CharField(max_length=600, blank=True)
    sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    component_count = models.IntegerField()
    problems = models.JSONField(default=list)
    problem_count = models.IntegerField(default=0)
    unmatchable = models.IntegerField(default=0)
    added = models.IntegerField(null=True)
    removed = models.IntegerField(null=True)
    updated = models.IntegerField(null=True)
    body = models.BinaryField()

    visibility: ClassVar[Visibility] = private("system__organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system"],
                condition=models.Q(current=True),
                name="inventory_one_current_per_system",
            ),
        ]


class Package(models.Model):
    """A distinct software item of the whole hub: matched once, however many systems run it.

    ``text`` identifies it (`noroshi.core.packages`): package URL or name, version, CPE names.
    ``purl_type`` is empty without a package URL.
    """

    text = models.CharField(max_length=2048, unique=True)
    name = models.CharField(max_length=512)
    version = models.CharField(max_length=512, blank=True)
    purl_type = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.text

    @property
    def purl(self) -> str:
        """The package URL; empty without one."""
        return self.text.partition(" ")[0] if self.purl_type else ""


class PackageIdentity(models.Model):
    """A product identity of a package, with the key of its version (null: no comparable version).

    ``cpe`` is the full CPE name when the identity came from one.
    """

    package = models.ForeignKey(Package, models.CASCADE, related_name="identities", db_index=False)
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="package_identities", db_index=False
    )
    key = models.BinaryField(null=True)
    cpe = models.CharField(max_length=1024, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "product", "cpe"], name="identity_once"),
        ]
        indexes = [models.Index(fields=["product", "package"], name="identity_by_product")]


class Component(models.Model):
    """One software item in an inventory."""

    inventory = models.ForeignKey(Inventory, models.CASCADE, related_name="components")
    package = models.ForeignKey(Package, models.PROTECT, related_name="components", db_index=False)
    path = models.CharField(max_length=600)
    kind = models.CharField(max_length=40)

    visibility: ClassVar[Visibility] = private("inventory__system__organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["package", "inventory"], name="component_by_package")]
