"""Bulk SQL does on both databases what the ORM would do row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.hub.bulk import queries as bulk
from noroshi.hub.identity.models import Product
from noroshi.hub.knowledge.models import Document, Source
from noroshi.hub.todo.models import Todo
from tests.hub.committing import Other, committed
from tests.hub.sector import NOON

PRODUCT = "identity_product"


def named(*names: str) -> list[tuple[str, str]]:
    return [("name", name) for name in names]


@pytest.mark.usefixtures("database")
class TestReserve:
    def test_ids_follow_each_other_without_holes(self):
        first, second = bulk.reserve(PRODUCT, 3), bulk.reserve(PRODUCT, 2)
        numbers = [*first, *second]
        assert numbers == list(range(numbers[0], numbers[0] + 5))

    def test_nothing_wanted_is_nothing_reserved(self):
        before = bulk.reserve(PRODUCT, 1)[0]
        assert bulk.reserve(PRODUCT, 0) == []
        assert bulk.reserve(PRODUCT, 1) == [before + 1]

    def test_what_is_reserved_is_nobody_elses_even_if_it_is_never_used(self):
        reserved = bulk.reserve(PRODUCT, 4)
        row = Product.objects.create(scheme="name", name="x")
        assert row.pk == reserved[-1] + 1

    def test_what_the_orm_inserted_is_not_reserved(self):
        Product.objects.bulk_create(Product(scheme="name", name=str(n)) for n in range(3))
        taken = set(Product.objects.values_list("pk", flat=True))
        assert not taken & set(bulk.reserve(PRODUCT, 5))

    def test_rows_under_reserved_ids_do_not_collide_with_the_orms(self):
        numbers = bulk.reserve(PRODUCT, 2)
        bulk.insert(PRODUCT, ("id", "scheme", "name"), [(n, "name", str(n)) for n in numbers])
        row = Product.objects.create(scheme="name", name="x")
        assert row.pk > numbers[-1]

    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(st.tuples(st.sampled_from(["reserve", "insert", "orm"]), st.integers(0, 4))))
    def test_no_id_is_ever_given_twice(self, steps):
        with transaction.atomic():
            given_out: list[int] = []
            for step, count in steps:
                given_out += _take(step, count, f"{len(given_out)}-{step}")
            transaction.set_rollback(True)
        assert len(set(given_out)) == len(given_out)


def _take(step: str, count: int, label: str) -> list[int]:
    if step == "orm":
        return [
            Product.objects.create(scheme="name", name=f"{label}-{number}").pk
            for number in range(count)
        ]
    numbers = bulk.reserve(PRODUCT, count)
    if step == "insert":
        rows = [(number, "name", f"{label}-{number}") for number in numbers]
        bulk.insert(PRODUCT, ("id", "scheme", "name"), rows)
    return numbers


@pytest.mark.usefixtures("database")
class TestRows:
    def test_every_kind_of_value_comes_back_as_it_was(self):
        source = Source.objects.create(name="s")
        text, body = "日本語 \\ \t \n ' \" \\N", bytes(range(256))
        columns = ("source_id", "external_id", "retrieved_at", "read_at", "sha256", "size")
        row = (source.pk, text, bulk.moment(NOON), bulk.moment(None), body[:32], 2**40)
        bulk.insert("knowledge_document", (*columns, "unread", "body"), [(*row, 0, body)])
        stored = Document.objects.get()
        assert (stored.external_id, stored.retrieved_at, stored.read_at) == (text, NOON, None)
        assert (bytes(stored.sha256), stored.size, bytes(stored.body)) == (body[:32], 2**40, body)

    def test_no_rows_are_no_statement(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            bulk.insert(PRODUCT, ("scheme", "name"), [])
            bulk.insert_missing(PRODUCT, ("scheme", "name"), [])
            bulk.update(PRODUCT, ("name",), [])
            bulk.delete_by(PRODUCT, "id", [])
            assert bulk.select_in(f"SELECT id FROM {PRODUCT} WHERE id IN {{in}}", []) == []

    def test_rows_that_exist_are_left_as_they_are(self):
        bulk.insert(PRODUCT, ("scheme", "name"), named("a"))
        before = Product.objects.get().pk
        bulk.insert_missing(PRODUCT, ("scheme", "name"), named("b", "a", "c", "b"))
        assert set(Product.objects.values_list("name", flat=True)) == {"a", "b", "c"}
        assert Product.objects.get(name="a").pk == before

    def test_an_update_reaches_the_rows_it_names_and_no_others(self):
        bulk.insert(PRODUCT, ("scheme", "name"), named("a", "b", "c"))
        ids = dict(Product.objects.values_list("name", "pk"))
        bulk.update(PRODUCT, ("scheme", "name"), [("cpe", "A", ids["a"]), ("purl", "C", ids["c"])])
        assert set(Product.objects.values_list("scheme", "name")) == {
            ("cpe", "A"),
            ("name", "b"),
            ("purl", "C"),
        }

    def test_a_delete_reaches_the_rows_it_names_and_no_others(self):
        bulk.insert(PRODUCT, ("scheme", "name"), named("a", "b", "c"))
        ids = dict(Product.objects.values_list("name", "pk"))
        bulk.delete_by(PRODUCT, "id", [ids["a"], ids["c"], 10**12])
        assert list(Product.objects.values_list("name", flat=True)) == ["b"]

    def test_more_values_than_one_list_takes_are_asked_in_pieces(self):
        numbers = bulk.reserve(PRODUCT, bulk.CHUNK + 7)
        rows = [(number, "name", str(number)) for number in numbers]
        bulk.insert(PRODUCT, ("id", "scheme", "name"), rows)
        sql = f"SELECT id FROM {PRODUCT} WHERE scheme = %s AND id IN {{in}}"
        found = bulk.select_in(sql, numbers, ["name"])
        assert {row[0] for row in found} == set(numbers)
        assert bulk.select_in(sql, numbers, ["cpe"]) == []
        bulk.delete_by(PRODUCT, "id", numbers)
        assert not Product.objects.exists()

    @pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=9))])
    def test_a_moment_is_the_same_moment_in_any_zone(self, zone):
        at = NOON.astimezone(zone)
        row = ("s", 1, bulk.moment(at), 0)
        bulk.insert("todo_todo", ("stage", "object_id", "not_before", "claim"), [row])
        assert Todo.objects.get().not_before == NOON


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (2, [2]), (3, [3]), (7, [3, 3, 1])])
def test_values_are_cut_into_chunks(count, sizes):
    cut = list(bulk.chunks(range(count), 3))
    assert [len(chunk) for chunk in cut] == sizes
    assert [value for chunk in cut for value in chunk] == list(range(count))


class TestTwoAtOnce:
    """On PostgreSQL; SQLite has one writer at a time by itself."""

    @pytest.fixture(autouse=True)
    def _committing(self, databases, django_db_blocker):
        with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
            self.database = database
            yield

    def aside(self, work: Callable[[], None]) -> Other:
        return Other(self.database, work)

    def test_two_reservations_never_overlap_although_the_orm_inserts_between_them(self):
        found: list[int] = []

        def insert_and_reserve() -> None:
            found.append(Product.objects.create(scheme="name", name="x").pk)
            found.extend(bulk.reserve(PRODUCT, 3))

        with transaction.atomic():
            mine = bulk.reserve(PRODUCT, 3)
            self.aside(insert_and_reserve).finish()
            mine += bulk.reserve(PRODUCT, 3)
        assert len({*mine, *found}) == 10

    def test_who_holds_a_name_keeps_others_out_until_the_transaction_ends(self):
        order: list[str] = []

        def follow() -> None:
            with transaction.atomic():
                bulk.hold("packages")
                order.append("second")

        with transaction.atomic():
            bulk.hold("packages")
            other = self.aside(follow)
            assert other.waits
            order.append("first")
        other.finish()
        assert order == ["first", "second"]

    def test_another_name_hinders_nobody(self):
        def go_on() -> None:
            with transaction.atomic():
                bulk.hold("names")

        with transaction.atomic():
            bulk.hold("packages")
            self.aside(go_on).finish()
        assert connection.vendor == "postgresql"


def test_statistics_are_made_for_a_table_that_has_none(database):
    if connection.vendor != "postgresql":
        bulk.refresh_statistics()  # nothing to do, and nothing goes wrong
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE grown AS SELECT generate_series(1, 1500) AS n")
        bulk.refresh_statistics()
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'grown'")
        assert cursor.fetchone()[0] == 1500
