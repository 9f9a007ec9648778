"""The gate: nothing marked or private is read without saying for whom.

`core.policy.visibility` states the rule as data; here it is compiled to a query filter, once. A
model that holds marked items derives from `MarkedModel`; one that holds private things names its
owners in ``visibility``. Both are reachable through ``objects.visible_to(viewer)`` only: any other
query raises `UnscopedAccess` when it runs, also inside another query. (Saving, deleting and
following a foreign key from something already visible go through Django's base manager.)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn, Self, TypeVar

import msgspec
from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from noroshi.core.errors import UnscopedAccess
from noroshi.core.policy import visibility as rule
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import GrantLevel, Viewer
from noroshi.hub.remembering import once

M = TypeVar("M", bound=models.Model)


class Marked(msgspec.Struct, frozen=True):
    """The model has the columns of `MarkedModel`; ``path`` leads to them (empty: its own)."""

    path: str = ""


class Private(msgspec.Struct, frozen=True):
    """The model belongs to the organisations at the end of ``paths``."""

    paths: tuple[str, ...]


Visibility = Marked | Private


def private(*paths: str) -> Private:
    """Say which foreign keys lead from a private thing to its owner."""
    return Private(paths)


class ScopedQuery(Query):
    """A query that compiles only after it has been scoped."""

    scoped = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        """Refuse to become SQL unscoped; every way of running a query passes here."""
        if not self.scoped:
            refuse(self.model)
        compiler: SQLCompiler = super().get_compiler(*args, **kwargs)
        return compiler

    def chain(self, klass: type[Query] | None = None) -> Query:
        """Refuse to turn into another kind of query (UPDATE, DELETE) unscoped."""
        if klass is not None and not self.scoped:
            refuse(self.model)
        chained: Query = super().chain(klass)
        return chained


def refuse(model: type[models.Model] | None) -> NoReturn:
    """Raise `UnscopedAccess`."""
    raise UnscopedAccess(model=model.__name__ if model else "?")


class ScopedQuerySet(models.QuerySet[M]):
    """A query set that starts closed."""

    def __init__(self, model: type[M] | None = None, query: Query | None = None, **kw: Any) -> None:
        super().__init__(model, query if query is not None else ScopedQuery(model), **kw)

    def visible_to(self, viewer: Viewer, level: GrantLevel = GrantLevel.DETAIL) -> Self:
        """Keep what the viewer may read, and open the query.

        ``level``: of private things, those whose owner granted at least this much. A query that
        asks with `GrantLevel.COUNTS` must return nothing but counts.
        """
        statement = once(
            ("visible", self.model, viewer, level), lambda: compiled(self.model, viewer, level)
        )
        opened = self.all()
        if isinstance(opened.query, ScopedQuery):
            opened.query.scoped = True
        return opened.filter(statement)

    def _raw_delete(self, using: str | None) -> int:
        # Django turns the query into a DELETE here without chain(): the gate stands here as well.
        if not getattr(self.query, "scoped", False):
            refuse(self.model)
        deleted: int = super()._raw_delete(using)
        return deleted


class ScopedManager(models.Manager[M]):
    """Gives only ``visible_to``; the rest of a manager's methods raise when they run."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        """Return a closed query set."""
        return ScopedQuerySet(self.model, using=self._db)

    def visible_to(
        self, viewer: Viewer, level: GrantLevel = GrantLevel.DETAIL
    ) -> ScopedQuerySet[M]:
        """Return what the viewer may read; see `ScopedQuerySet.visible_to`."""
        return self.get_queryset().visible_to(viewer, level)


class MarkedModel(models.Model):
    """Base of everything that carries a marking.

    ``tlp`` stores `Tlp.rank`. ``published_at`` is null for a draft; a draft has no audience yet.
    """

    owner = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    author = models.ForeignKey("members.Person", models.PROTECT, related_name="+", null=True)
    tlp = models.SmallIntegerField(choices=[(tlp.rank, tlp.label) for tlp in Tlp])
    audience = models.ForeignKey("members.Audience", models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField(null=True)

    visibility: ClassVar[Visibility] = Marked()
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        abstract = True

    @property
    def marking(self) -> Tlp:
        """The TLP label."""
        return next(tlp for tlp in Tlp if tlp.rank == self.tlp)


def compiled(model: type[models.Model], viewer: Viewer, level: GrantLevel) -> Q:
    """Return the rule for ``viewer`` as a filter over ``model``."""
    seen: Visibility = model.visibility  # type: ignore[attr-defined]  # every scoped model has it
    if isinstance(seen, Marked):
        return _Compiler((seen.path,)).compile(rule.readable_by(viewer))
    expression = rule.private_readable_by(viewer, _granted(viewer, level))
    return _Compiler(seen.paths).compile(expression)


def _granted(viewer: Viewer, level: GrantLevel) -> frozenset[int]:
    if not isinstance(viewer, rule.Member):
        return frozenset()
    return granted_to(viewer.organisation, level)


def granted_to(organisation: int, level: GrantLevel) -> frozenset[int]:
    """Return the owners that granted an organisation at least this much."""
    grants = apps.get_model("members", "Grant").objects
    owners = grants.filter(grantee_id=organisation, level__gte=level)
    return once(
        ("granted", organisation, level),
        lambda: frozenset(owners.values_list("owner_id", flat=True)),
    )


class _Compiler(msgspec.Struct, frozen=True):
    """Turns an expression into a filter; ``paths`` lead to the columns (or the owners)."""

    paths: tuple[str, ...]

    def compile(self, expression: rule.Expression) -> Q:
        match expression:
            case rule.AnyOf(parts=parts):
                return _combined(Q.OR, (self.compile(part) for part in parts))
            case rule.AllOf(parts=parts):
                return _combined(Q.AND, (self.compile(part) for part in parts))
            case rule.Always():
                return Q()
            case rule.Never():
                return Q(pk__in=())
            case rule.OwnedBy(organisations=ids):
                return self._owned(ids)
            case _:
                return self._atom(expression)

    def _owned(self, ids: frozenset[int]) -> Q:
        owners = [path or "owner" for path in self.paths]
        return _combined(Q.OR, (Q((f"{owner}__in", sorted(ids))) for owner in owners))

    def _atom(self, atom: rule.Atom) -> Q:
        match atom:
            case rule.WrittenBy(person=person):
                return self._column("author", person)
            case rule.Published():
                return self._column("published_at__isnull", value=False)
            case rule.MarkedAtMost(tlp=tlp):
                return self._column("tlp__lte", tlp.rank)
            case rule.ForEveryone():
                return self._column("audience__kind", "everyone")
            case rule.ForMembers():
                return self._column("audience__kind", "members")
            case rule.ForOrganisation(organisation=organisation):
                return self._listed("organisations", "organisation_id", organisation)
            case rule.ForPerson(person=person):
                return self._listed("people", "person_id", person)
            case _:
                return Q(pk__in=())  # an atom nobody taught this compiler opens nothing

    def _column(self, lookup: str, value: object) -> Q:
        path = self.paths[0]
        return Q((f"{path}__{lookup}" if path else lookup, value))

    def _listed(self, kind: str, column: str, member: int) -> Q:
        """Say that the audience is of this kind and lists the member.

        A subquery, not a join: a join would multiply the rows that other parts of the rule open.
        """
        audience = apps.get_model("members", "Audience")
        through = getattr(audience, kind).through.objects
        listed = through.filter(audience_id=OuterRef(self._path("audience")), **{column: member})
        return self._column("audience__kind", kind) & Q(Exists(listed))

    def _path(self, column: str) -> str:
        return f"{self.paths[0]}__{column}" if self.paths[0] else column


def _combined(connector: str, parts: Iterable[Q]) -> Q:
    first, *rest = parts
    for part in rest:
        first = first | part if connector == Q.OR else first & part
    return first
