"""Organisations, communities, people, grants and audiences."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import District, OrganisationKind, Role, Sector


def choices(vocabulary: type[District | OrganisationKind | Role | Sector]) -> list[tuple[str, str]]:
    """Return a closed vocabulary as Django choices."""
    return [(item.value, item.value) for item in vocabulary]


class Organisation(models.Model):
    """A member: operator, broadcaster, vendor, bureau, hub or ministry."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=choices(OrganisationKind))
    sector = models.CharField(max_length=20, choices=choices(Sector))
    district = models.CharField(max_length=20, choices=choices(District), blank=True)
    active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class Community(models.Model):
    """A named set of organisations: listed, or by rule; may contain communities.

    A rule is the conjunction of the non-empty ``rule_…`` fields; no rule means listed only.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    rule_kind = models.CharField(max_length=20, choices=choices(OrganisationKind), blank=True)
    rule_sector = models.CharField(max_length=20, choices=choices(Sector), blank=True)
    rule_district = models.CharField(max_length=20, choices=choices(District), blank=True)
    organisations = models.ManyToManyField(Organisation, related_name="communities", blank=True)
    inside = models.ManyToManyField("self", symmetrical=False, related_name="outside", blank=True)

    def __str__(self) -> str:
        return self.slug


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their sign-in name, the mail address."""


class Person(AbstractBaseUser):
    """Somebody who signs in: one organisation, one role."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    role = models.CharField(max_length=20, choices=choices(Role))
    is_active = models.BooleanField(default=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.email


class Grant(models.Model):
    """``owner`` lets ``grantee`` see counts or details of its inventories and findings."""

    owner = models.ForeignKey(Organisation, models.CASCADE, related_name="grants_given")
    grantee = models.ForeignKey(Organisation, models.CASCADE, related_name="grants_received")
    level = models.SmallIntegerField(choices=[(g.value, g.name.lower()) for g in GrantLevel])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "grantee"], name="grant_once")]


class AudienceKind(models.TextChoices):
    """How an audience is described (`noroshi.core.policy.audience`)."""

    EVERYONE = "everyone"
    MEMBERS = "members"
    ORGANISATIONS = "organisations"
    PEOPLE = "people"


class Audience(models.Model):
    """Who may read an item, resolved when it was published and never changed afterwards.

    Equal audiences share one row: ``digest`` is SHA-256 over the kind and the sorted ids.
    """

    kind = models.CharField(max_length=15, choices=AudienceKind.choices)
    digest = models.BinaryField(max_length=32, unique=True)
    organisations = models.ManyToManyField(Organisation, related_name="audiences")
    people = models.ManyToManyField(Person, related_name="audiences")
