"""Vulnerabilities that come apart when a source no longer says that two names are one."""

from __future__ import annotations

from itertools import permutations

import pytest

from noroshi.core.policy.visibility import System
from noroshi.hub.knowledge.models import Alias, AliasConflict, Entry, Record, Vulnerability
from noroshi.hub.matching.models import Finding, FindingStatus
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, npm_component, osv, work
from tests.hub.running import runs
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO, THREE = cve(1), cve(2), cve(3)
A, B, C = "GHSA-2345-cfgh-jmpq", "GHSA-2345-cfgh-jmpr", "GHSA-2345-cfgh-jmpv"
LATER, LAST = "2024-05-05T00:00:00Z", "2024-05-06T00:00:00Z"


def names():
    """Each vulnerability that is not part of another, and its names."""
    rows = Vulnerability.objects.filter(merged_into=None)
    found = {row.preferred_id: set(row.aliases.values_list("name", flat=True)) for row in rows}
    assert sum(map(len, found.values())) == Alias.objects.count()
    return found


def spoken_of(external_id):
    return Record.objects.get(external_id=external_id).vulnerability.preferred_id


def numbers():
    return dict(Vulnerability.objects.values_list("preferred_id", "pk"))


class TestApart:
    def test_an_advisory_that_no_longer_names_a_cve_is_one_of_its_own(self):
        bring("cve5", cve5(ONE))
        bring("osv", osv(A, ONE))
        assert names() == {ONE: {ONE, A}}
        work()
        bring("osv", osv(A, modified=LATER))
        assert names() == {ONE: {ONE}, A: {A}}
        assert (spoken_of(ONE), spoken_of(A)) == (ONE, A)
        asked = set(Todo.objects.values_list("stage", "object_id"))
        rows = numbers()
        assert {("assess", rows[ONE]), ("assess", rows[A])} <= asked
        work()
        assert Entry.objects.filter(vulnerability__preferred_id=A).exists()

    def test_what_was_joined_is_itself_again(self):
        bring("cve5", cve5(ONE))
        bring("osv", osv(A), osv(B))
        before = numbers()
        bring("osv", osv(A, ONE, modified=LATER))
        assert names() == {ONE: {ONE, A}, B: {B}}
        bring("osv", osv(A, modified=LAST))
        assert names() == {ONE: {ONE}, A: {A}, B: {B}}
        assert numbers() == before

    def test_one_in_the_midst_of_a_chain_lets_go(self):
        bring("cve5", cve5(ONE))
        bring("osv", osv(A, B), osv(B), osv(B, ONE, modified=LATER), osv(C, A))
        assert names() == {ONE: {ONE, A, B, C}}
        bring("osv", osv(A, modified=LATER))
        assert names() == {ONE: {ONE, B}, A: {A, C}}
        assert spoken_of(C) == A

    def test_all_that_were_joined_with_it_go_with_it(self):
        bring("osv", osv(A), osv(B))
        bring("osv", osv(C, A, B))
        bring("cve5", cve5(ONE))
        bring("osv", osv(A, ONE, modified=LATER))
        assert names() == {ONE: {ONE, A, B, C}}
        bring("osv", osv(A, modified=LAST))
        assert names() == {ONE: {ONE}, A: {A, B, C}}
        joined = Vulnerability.objects.exclude(merged_into=None)
        assert set(joined.values_list("merged_into__preferred_id", flat=True)) == {A}

    def test_it_goes_over_to_another_cve(self):
        bring("cve5", cve5(ONE), cve5(TWO))
        bring("osv", osv(A, ONE))
        bring("osv", osv(A, TWO, modified=LATER))
        assert names() == {ONE: {ONE}, TWO: {TWO, A}}
        assert spoken_of(A) == TWO
        assert not AliasConflict.objects.exists()

    def test_a_name_that_another_record_still_gives_stays(self):
        bring("cve5", cve5(ONE, advisory=A))
        bring("osv", osv(A, ONE))
        work()
        bring("osv", osv(A, modified=LATER))
        assert names() == {ONE: {ONE, A}}
        work()
        assert spoken_of(A) == ONE

    def test_a_cve_id_that_nobody_gives_any_more_names_nothing(self):
        bring("osv", osv(A, ONE))
        assert names() == {ONE: {ONE, A}}
        bring("osv", osv(A, modified=LATER))
        assert names() == {A: {A}}
        bring("cve5", cve5(ONE))
        assert names() == {A: {A}, ONE: {ONE}}

    def test_names_change_places_with_one_that_was_joined(self):
        bring("osv", osv(A), osv(B, ONE))
        bring("osv", osv(A, ONE, modified=LATER))
        bring("osv", osv(B, modified=LATER))
        bring("osv", osv(A, modified=LAST))
        assert names() == {A: {A}, B: {B}}

    def test_what_was_taken_back_joins_nothing(self):
        bring("cve5", cve5(ONE))
        bring("osv", osv(A, ONE))
        bring("osv", osv(A, ONE, modified=LATER, withdrawn=LATER))
        assert names() == {ONE: {ONE}, A: {A}}
        work()
        assert Vulnerability.objects.get(preferred_id=A).state == "rejected"

    def test_of_one_that_was_taken_back_alone_the_names_stay(self):
        bring("osv", osv(A, ONE))
        bring("osv", osv(A, ONE, modified=LATER, withdrawn=LATER))
        assert names() == {ONE: {ONE, A}}


class TestConflicts:
    def test_a_name_that_two_want_goes_to_the_other_when_the_first_lets_go(self):
        bring("cve5", cve5(ONE, advisory=A), cve5(TWO, advisory=A))
        assert AliasConflict.objects.get().vulnerability.preferred_id == TWO
        bring("cve5", cve5(ONE, updated=LATER))
        assert names() == {ONE: {ONE}, TWO: {TWO, A}}
        assert not AliasConflict.objects.exists()

    def test_who_no_longer_wants_a_name_has_no_conflict_any_more(self):
        bring("cve5", cve5(ONE, advisory=A), cve5(TWO, advisory=A))
        bring("cve5", cve5(TWO, updated=LATER))
        assert names() == {ONE: {ONE, A}, TWO: {TWO}}
        assert not AliasConflict.objects.exists()

    def test_a_name_that_three_want_goes_from_one_to_the_next(self):
        bring("cve5", *(cve5(name, advisory=A) for name in (ONE, TWO, THREE)))
        bring("cve5", cve5(ONE, updated=LATER))
        assert names() == {ONE: {ONE}, TWO: {TWO, A}, THREE: {THREE}}
        assert AliasConflict.objects.get().vulnerability.preferred_id == THREE
        bring("cve5", cve5(TWO, updated=LATER))
        assert names() == {ONE: {ONE}, TWO: {TWO}, THREE: {THREE, A}}


class TestOrder:
    FIRST = (osv(A, ONE), osv(B, A), osv(C, B))
    THEN = (osv(A, modified=LATER), osv(B, modified=LATER))

    @pytest.mark.parametrize("batch", [1, 2, 10])
    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_the_end_is_that_of_the_last_versions_however_they_came(self, order, batch):
        bring("cve5", cve5(ONE))
        bring("osv", *(self.FIRST[place] for place in order), batch=batch)
        assert names() == {ONE: {ONE, A, B, C}}
        bring("osv", *self.THEN, batch=batch)
        groups = sorted(map(sorted, names().values()))
        assert groups == [[ONE], [A], [B, C]]
        assert spoken_of(A) == A
        assert spoken_of(B) == spoken_of(C) in {B, C}

    def test_versions_in_one_portion_come_to_the_same(self):
        bring("cve5", cve5(ONE))
        bring("osv", *self.FIRST, *self.THEN)
        assert names() == {ONE: {ONE}, A: {A}, B: {B, C}}


class TestFindings:
    def test_who_was_affected_is_told_of_the_one_that_is_left(self):
        world.organisation("hikari")
        system = runs(npm_component("left", "1.0.0"))
        bring("cve5", cve5(ONE))
        bring("osv", osv(A, ONE))
        work()
        assert findings(system) == {ONE: FindingStatus.OPEN}
        bring("osv", osv(A, modified=LATER))
        work(NOON + DAY)
        assert findings(system) == {ONE: FindingStatus.RETRACTED, A: FindingStatus.OPEN}


def findings(system):
    rows = Finding.objects.visible_to(System()).filter(system=system)
    return {row.vulnerability.preferred_id: FindingStatus(row.status) for row in rows}
