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
    """Somebody who signs in: one organisation, one role.

    ``language`` and ``by_mail``: in what language, and whether at all, mails are sent.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    role = models.CharField(max_length=20, choices=choices(Role))
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, choices=[("ja", "ja"), ("en", "en")], default="ja")
    by_mail = models.BooleanField(default=True)

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


class ApiKey(models.Model):
    """A key with which a program of an organisation asks.

    ``digest`` is SHA-256 over the secret, which is shown once and kept nowhere (it has 256 random
    bits, so that a slow hash would protect nothing); ``prefix`` is its beginning, for people.
    ``role`` is what the program may do, never more than its maker; ``scopes`` are the parts of the
    API it may use, ``networks`` the addresses it may come from (CIDR; none: anywhere).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="keys")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=32, unique=True)
    role = models.CharField(max_length=20, choices=choices(Role))
    scopes = models.JSONField(default=list)
    networks = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Submission(models.Model):
    """A form or a request that was carried out, so that it is not carried out a second time.

    ``sender`` is who sent it (``person:3``, ``key:7``), ``token`` the name it gave the attempt,
    ``fingerprint`` SHA-256 over what was sent; the rest is the answer it got.
    """

    sender = models.CharField(max_length=40)
    token = models.CharField(max_length=80)
    fingerprint = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(db_index=True)
    status = models.SmallIntegerField(default=0)
    place = models.CharField(max_length=500, blank=True)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "token"], name="submission_once"),
        ]
