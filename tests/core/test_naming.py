"""Names become vulnerabilities: the rules, and that the order of arrival does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.naming import Conflict, Resolution, resolve

ONE, TWO = "CVE-2024-10001", "CVE-2024-10002"
GHSA, OTHER, THIRD = "GHSA-2345-cfgh-jmpq", "GHSA-2345-cfgh-jmpr", "GHSA-2345-cfgh-jmpv"
Names = tuple[str, ...]


class Store:
    """What the hub keeps of names: applied batch after batch, as its tables are."""

    def __init__(self) -> None:
        self.holder: dict[str, int] = {}
        self.absorbed: dict[int, int] = {}
        self.preferred: dict[int, str] = {}
        self.count = 0

    def apply(self, batch: Sequence[Names]) -> Resolution:
        known = {name: self.holder[name] for names in batch for name in names if self.holds(name)}
        cves = {item: name for name, item in self.holder.items() if name.startswith("CVE-")}
        result = resolve(
            batch, known, {item: cves[item] for item in cves if item in known.values()}
        )
        real = {}
        for item in sorted(result.created, reverse=True):
            self.count += 1
            real[item] = self.count
            self.preferred[self.count] = result.created[item]
        self.preferred |= result.preferred
        for name, item in result.named.items():
            assert not self.holds(name), "a name that somebody has is not given again"
            self.holder[name] = real.get(item, item)
        for gone, survivor in result.merged.items():
            self.absorbed[gone] = real.get(survivor, survivor)
            for name, item in self.holder.items():
                if item == gone:
                    self.holder[name] = self.absorbed[gone]
        return result

    def holds(self, name: str) -> bool:
        return name in self.holder

    @property
    def partition(self) -> set[frozenset[str]]:
        groups: dict[int, set[str]] = {}
        for name, item in self.holder.items():
            groups.setdefault(item, set()).add(name)
        return {frozenset(group) for group in groups.values()}


def stored(*batches: Sequence[Names]) -> Store:
    store = Store()
    for batch in batches:
        store.apply(batch)
    return store


class TestWhoARecordSpeaksOf:
    def test_names_nobody_knows_make_one_new_vulnerability(self):
        result = resolve([(ONE, GHSA)], {}, {})
        assert result == Resolution((-1,), {-1: ONE}, {}, {ONE: -1, GHSA: -1}, {}, ())

    def test_a_record_speaks_of_the_vulnerability_of_its_first_name(self):
        result = resolve([(ONE,), (TWO,)], {ONE: 7, TWO: 9}, {7: ONE, 9: TWO})
        assert result == Resolution((7, 9), {}, {}, {}, {}, ())

    def test_names_nobody_knows_yet_go_to_the_vulnerability_of_the_first(self):
        result = resolve([(ONE, GHSA, OTHER)], {ONE: 7}, {7: ONE})
        assert (result.assigned, result.named) == ((7,), {GHSA: 7, OTHER: 7})

    def test_a_first_name_nobody_knows_joins_what_the_others_name(self):
        result = resolve([(OTHER, GHSA)], {GHSA: 7}, {})
        assert (result.assigned, result.created, result.named) == ((7,), {}, {OTHER: 7})

    def test_records_of_one_batch_know_of_each_other(self):
        result = resolve([(GHSA,), (ONE, GHSA)], {}, {})
        assert result.assigned[0] == result.assigned[1]
        assert len(result.created) == 1

    def test_one_name_twice_in_a_record_is_one_name(self):
        assert resolve([(ONE, ONE, GHSA, GHSA)], {}, {}).named == {ONE: -1, GHSA: -1}


class TestBecomingOne:
    def test_the_one_with_the_cve_id_survives_even_if_it_is_younger(self):
        result = resolve([(GHSA, ONE)], {GHSA: 3, ONE: 8}, {8: ONE})
        assert (result.assigned, result.merged) == ((8,), {3: 8})

    def test_without_a_cve_id_the_older_survives(self):
        result = resolve([(GHSA, OTHER)], {GHSA: 8, OTHER: 3}, {})
        assert (result.assigned, result.merged) == ((3,), {8: 3})

    def test_what_is_stored_survives_what_is_new(self):
        result = resolve([(OTHER,), (OTHER, GHSA)], {GHSA: 5}, {})
        assert (result.assigned, result.created, result.merged) == ((5, 5), {}, {})
        assert result.named == {OTHER: 5}

    def test_a_stored_one_survives_a_new_one_and_takes_over_its_cve_id(self):
        for batch in ([(ONE,), (GHSA, ONE)], [(ONE, GHSA)], [(GHSA, ONE)]):
            result = resolve(batch, {GHSA: 5}, {})
            assert (result.created, result.merged) == ({}, {})
            assert (set(result.assigned), result.named) == ({5}, {ONE: 5})
            assert result.preferred == {5: ONE}

    def test_a_cve_id_that_was_taken_over_keeps_a_second_one_out(self):
        result = resolve([(ONE, GHSA), (TWO, GHSA)], {GHSA: 5}, {})
        assert result.named == {ONE: 5, TWO: -2}
        assert result.conflicts == (Conflict(GHSA, -2, 1),)

    def test_a_chain_ends_at_one_survivor(self):
        result = resolve([(GHSA, OTHER), (OTHER, THIRD)], {GHSA: 3, OTHER: 2, THIRD: 1}, {})
        assert (result.assigned, result.merged) == ((1, 1), {3: 1, 2: 1})

    def test_a_cve_id_given_to_a_vulnerability_without_one_is_its_own_from_then_on(self):
        result = resolve([(GHSA, ONE), (GHSA, TWO)], {GHSA: 4}, {})
        assert (result.named, result.preferred) == ({ONE: 4}, {4: ONE})
        assert result.conflicts == (Conflict(TWO, 4, 1),)

    def test_what_is_new_is_called_by_its_cve_id_even_if_another_name_came_first(self):
        assert resolve([(GHSA,), (GHSA, ONE)], {}, {}).created == {-1: ONE}

    def test_who_had_a_cve_id_or_gives_his_up_is_not_renamed(self):
        assert resolve([(ONE, GHSA)], {ONE: 7}, {7: ONE}).preferred == {}
        assert resolve([(GHSA, ONE)], {GHSA: 3, ONE: 8}, {8: ONE}).preferred == {}


class TestConflicts:
    def test_an_alias_that_would_join_two_cves_joins_neither(self):
        store = stored([(ONE, GHSA)], [(TWO, GHSA)])
        assert store.partition == {frozenset({ONE, GHSA}), frozenset({TWO})}

    def test_the_conflict_names_the_record_the_name_and_the_vulnerability(self):
        result = resolve([(ONE,), (TWO, GHSA)], {ONE: 1, GHSA: 1, TWO: 2}, {1: ONE, 2: TWO})
        assert result.conflicts == (Conflict(GHSA, 2, 1),)
        assert (result.assigned, result.named, result.merged) == ((1, 2), {}, {})

    def test_a_second_cve_id_in_one_record_stays_without_a_holder(self):
        store = stored([(ONE, TWO, GHSA)])
        assert store.partition == {frozenset({ONE, GHSA})}
        store.apply([(TWO,)])
        assert store.partition == {frozenset({ONE, GHSA}), frozenset({TWO})}

    def test_an_alias_of_a_conflicting_alias_stays_with_the_first_name(self):
        result = resolve([(TWO, GHSA, OTHER)], {GHSA: 1, TWO: 2}, {1: ONE, 2: TWO})
        assert (result.named, [c.name for c in result.conflicts]) == ({OTHER: 2}, [GHSA])

    def test_a_conflict_names_the_survivor_where_its_vulnerability_was_absorbed(self):
        batch = [(GHSA, ONE), (GHSA, TWO), (OTHER, GHSA)]
        result = resolve(batch, {GHSA: 5, OTHER: 3, ONE: 9, TWO: 8}, {9: ONE, 8: TWO})
        assert [c.vulnerability for c in result.conflicts] == [9]
        assert result.merged == {5: 9, 3: 9}


_cves = st.integers(10001, 10004).map(lambda n: f"CVE-2024-{n}")
_others = st.sampled_from("cfghjm").map(lambda c: f"GHSA-2345-cfgh-jmp{c}")
_any_names = st.lists(_cves | _others, min_size=1, max_size=3).map(tuple)


@st.composite
def _compatible(draw: st.DrawFn) -> list[Names]:
    """Records whose names could all be right: no chain of them leads from one CVE id to another."""
    letters = iter("cfghjmpqrvwx")
    records: list[Names] = []
    for number in range(draw(st.integers(1, 3))):
        names = [f"GHSA-2345-cfgh-jmp{c}" for c in islice(letters, draw(st.integers(1, 4)))]
        names += [f"CVE-2024-{10001 + number}"] * draw(st.booleans())
        subset = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True).map(tuple)
        records += draw(st.lists(subset, min_size=1, max_size=5))
    return records


@st.composite
def _batches(draw: st.DrawFn, records: list[Names]) -> list[list[Names]]:
    order = draw(st.permutations(records))
    batches = []
    while order:
        size = draw(st.integers(1, len(order)))
        batches.append(list(order[:size]))
        order = order[size:]
    return batches


def _connected(records: Iterable[Names]) -> set[frozenset[str]]:
    """The names that chains of records connect, found the plain way."""
    groups: set[frozenset[str]] = set()
    for names in records:
        touching = {group for group in groups if group & set(names)}
        groups = (groups - touching) | {frozenset(names).union(*touching)}
    return groups


@given(st.data())
def test_compatible_records_give_the_same_vulnerabilities_in_any_order(data):
    records = data.draw(_compatible())
    store = stored(*data.draw(_batches(records)))
    assert store.partition == _connected(records)


@given(st.lists(_any_names, min_size=1, max_size=12), st.data())
def test_no_vulnerability_ever_has_two_cve_ids(records, data):
    store = Store()
    for batch in data.draw(_batches(records)):
        store.apply(batch)
        for group in store.partition:
            assert sum(name.startswith("CVE-") for name in group) <= 1


@given(st.lists(_any_names, min_size=1, max_size=12), st.data())
def test_no_two_are_called_alike_and_each_by_its_cve_id_if_it_has_one(records, data):
    store = stored(*data.draw(_batches(records)))
    assert len(set(store.preferred.values())) == len(store.preferred)
    for name, item in store.holder.items():
        if name.startswith("CVE-"):
            assert store.preferred[item] == name


@given(st.lists(_any_names, min_size=1, max_size=12), st.data())
def test_every_record_speaks_of_the_holder_of_its_first_name(records, data):
    store = Store()
    for batch in data.draw(_batches(records)):
        before = store.count
        result = store.apply(batch)
        fresh = sorted(result.created, reverse=True)
        real = {item: before + 1 + place for place, item in enumerate(fresh)}
        for names, item in zip(batch, result.assigned, strict=True):
            assert store.holder[names[0]] == real.get(item, item)
        assert not set(result.merged) & set(result.assigned)
        assert not set(store.absorbed) & set(store.holder.values())
