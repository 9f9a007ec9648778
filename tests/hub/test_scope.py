"""The gate refuses every way of asking without a viewer."""

from __future__ import annotations

import pytest
from django.db.models import Count, F

from noroshi.core.errors import UnscopedAccess
from noroshi.core.policy.visibility import System
from noroshi.hub.inventory.models import Inventory
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.matching.models import Finding
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices.models import Delivery, Notice

pytestmark = pytest.mark.usefixtures("database")

GATED = [MemberSystem, Finding, Notice, Delivery, Inventory]

WAYS_TO_ASK = {
    "list": lambda m: list(m.objects.all()),
    "filter": lambda m: list(m.objects.filter(pk=1)),
    "count": lambda m: m.objects.count(),
    "exists": lambda m: m.objects.filter(pk=1).exists(),
    "first": lambda m: m.objects.first(),
    "get": lambda m: m.objects.get(pk=1),
    "values": lambda m: list(m.objects.values("pk")),
    "iterator": lambda m: list(m.objects.all().iterator()),
    "aggregate": lambda m: m.objects.aggregate(n=Count("pk")),
    "update": lambda m: m.objects.update(id=F("id")),
    "delete": lambda m: m.objects.all().delete(),
    "raw delete": lambda m: m.objects.all()._raw_delete("default"),
    "in bulk": lambda m: m.objects.in_bulk([1]),
    "union": lambda m: list(m.objects.filter(pk=1).union(m.objects.filter(pk=2))),
    "subquery": lambda m: list(Organisation.objects.filter(pk__in=m.objects.values("pk"))),
    "explain": lambda m: m.objects.all().explain(),
    "dates": lambda m: list(m.objects.values_list("pk").distinct()),
}


@pytest.mark.parametrize("model", GATED, ids=lambda m: m.__name__)
@pytest.mark.parametrize("ask", WAYS_TO_ASK.values(), ids=WAYS_TO_ASK.keys())
def test_unscoped_access_is_refused(model, ask):
    with pytest.raises(UnscopedAccess):
        ask(model)


def test_a_related_manager_is_refused_too():
    organisation = Organisation(pk=1)
    with pytest.raises(UnscopedAccess):
        list(organisation.systems.all())


@pytest.mark.parametrize("model", GATED, ids=lambda m: m.__name__)
def test_the_system_asks_explicitly(model):
    assert list(model.objects.visible_to(System())) == []
