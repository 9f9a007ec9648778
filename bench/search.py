"""Searching 320,000 vulnerabilities, on SQLite and on PostgreSQL.

``python -m bench.search [--database ADDRESS] [--rows N] [--times N] [--plans]`` fills a database
with generated vulnerabilities (made-up words whose frequencies fall as those of real texts do) and
asks what people ask: words in both languages, phrases, fields, days, all orders, further pages.
Every question is one page of 50 with its counts, as the list of the site asks it. Without an
address it does so on SQLite in a temporary folder, and in a new database of the PostgreSQL server
that the tests use.

The floor is a page of 50 rows by primary key. The aim: p95 of everything asked within 100 ms.
``--plans`` prints how the database finds what the index is asked.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.first_fire import run
from bench.site import percentile, ready

if TYPE_CHECKING:
    from noroshi.hub.bulk.queries import Row

ROWS = 320_000
TIMES = 12
PAGE = 50
PORTION = 10_000
NEWEST = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

SYLLABLES = [
    "ka",
    "ki",
    "ku",
    "ke",
    "ko",
    "sa",
    "shi",
    "su",
    "se",
    "so",
    "ta",
    "chi",
    "tsu",
    "te",
    "to",
    "na",
    "ni",
    "nu",
    "ne",
    "no",
    "ma",
    "mi",
    "mu",
    "me",
    "mo",
]
JAPANESE = (
    "認証の不備",
    "認可制御の欠如",
    "バッファオーバーフロー",
    "クロスサイトスクリプティング",
    "任意のコードが実行される",
    "情報が漏えいする",
    "サービス運用妨害",
    "鍵の管理不備",
    "ルータの管理画面",
    "署名の検証不備",
)
SOURCES = ("cve5", "nvd", "jvn", "osv", "redhat", "kev")
SEVERITIES = ("critical", "high", "medium", "low", "none", "")

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("", "published"),
    ("", "modified"),
    ("", "score"),
    ("認証", "published"),
    ("認証の不備 ルータ", "modified"),
    ("鍵", "published"),
    ("allows", "published"),
    ("allows", "score"),
    ("{common}", "published"),
    ("{rare}", "published"),
    ("{rare} 情報", "score"),
    ("{common} {middle}", "published"),
    ('"{common} allows"', "published"),
    ("{middle} -{common}", "modified"),
    ("{stem}*", "published"),
    ("vendor:{big}", "published"),
    ("vendor:{big} severity:critical", "published"),
    ("vendor:{big} cwe:79 認証", "modified"),
    ("vendor:{small}", "published"),
    ("cwe:79", "published"),
    ("cwe:79 source:jvn", "score"),
    ("source:kev", "published"),
    ("severity:critical", "published"),
    ("severity:none", "modified"),
    ("severity:low,none", "score"),
    ("exploited:yes", "published"),
    ("exploited:yes {common}", "score"),
    ("published:2024", "published"),
    ("published:2019-05 severity:high", "published"),
    ("published:2012 {common}", "published"),
    ("cpe:a:{big}:*", "published"),
    ("CVE-2024-1", "published"),
    ("id:CVE-2024-10017", "published"),
)
"""What is asked, and in which order."""


def main() -> None:
    """Fill and ask, on one database or on both kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="address; default: one of each kind")
    parser.add_argument("--rows", type=int, default=ROWS, help="vulnerabilities")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each question is put")
    parser.add_argument("--plans", action="store_true", help="print plans as well")
    options = parser.parse_args()
    if not options.database:
        for address in both():
            again = [sys.executable, "-m", "bench.search", "--database", address]
            more = ["--rows", str(options.rows), "--times", str(options.times)]
            subprocess.run(
                again + more + (["--plans"] if options.plans else []),
                check=True,
            )
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = {"NOROSHI_DATA": folder, "NOROSHI_DATABASE": options.database}
        run(environment, "migrate", "-v0")
        os.environ.update(environment)
        ready()
        fill(options.rows)
        ask(options.times)
        if options.plans:
            plans()


def both() -> Iterator[str]:
    """Yield the address of an empty database of each kind; it goes when the next is asked for."""
    import psycopg

    from tests import services

    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite://{Path(folder) / 'search.sqlite3'}"
    server, name = services.postgresql(), f"noroshi_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


# --- filling ---


class Words:
    """Made-up words; the first are the most frequent, as in real texts."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        made = ("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(30_000))
        self.all = list(dict.fromkeys(made))

    def word(self, most: int | None = None) -> str:
        """Return a word: one of the first far more often than one of the last."""
        most = most or len(self.all)
        return self.all[int(most ** self.chance.random()) - 1]


def fill(rows: int) -> None:
    """Store so many vulnerabilities with what they are found by."""
    from django.db import connection, transaction

    from noroshi.hub.bulk import queries as bulk

    chance = random.Random(4)
    words, started = Words(chance), time.perf_counter()
    for begin in range(0, rows, PORTION):
        made = [
            one(number, rows, chance, words) for number in range(begin + 1, begin + PORTION + 1)
        ]
        with transaction.atomic():
            bulk.insert("knowledge_vulnerability", VULNERABILITY, [row[0] for row in made])
            bulk.insert("knowledge_alias", ("name", "vulnerability_id"), [row[1] for row in made])
            bulk.insert("knowledge_entry", ENTRY, [row[2] for row in made])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    taken = time.perf_counter() - started
    print(f"{connection.vendor}: {rows} vulnerabilities stored and indexed in {taken:.0f} s")


VULNERABILITY = (
    "id", "preferred_id", "state", "disputed", "title_en", "title_ja", "severity", "score",
    "exploitation", "automatable", "epss", "confidence", "published", "modified", "words",
)  # fmt: skip
ENTRY = ("vulnerability_id", "terms", "shown")


def one(number: int, rows: int, chance: random.Random, words: Words) -> tuple[Row, Row, Row]:
    """Return the rows of one vulnerability; the last are the newest."""
    from noroshi.core.search import tokens
    from noroshi.hub.bulk import queries as bulk

    published = NEWEST - dt.timedelta(minutes=(rows - number) * 30 + chance.randint(0, 600))
    modified = published + dt.timedelta(days=chance.expovariate(1 / 300))
    severity = chance.choices(SEVERITIES, (8, 35, 40, 6, 1, 10))[0]
    vendor, product = words.word(4000), words.word(12_000)
    weakness = str(int(1200 ** chance.random()) + 15)
    japanese = chance.choice(JAPANESE) if chance.random() < 0.5 else ""
    english = [words.word() for _ in range(chance.randint(20, 60))]
    english.insert(len(english) // 2, "allows")
    sources = sorted({"cve5", *chance.choices(SOURCES, (30, 40, 20, 10, 5, 1), k=2)})
    name = f"CVE-{published.year}-{10_000 + number}"
    title_ja, title_en = f"{product}の{japanese or '欠陥'}", f"Flaw in {vendor} {product}"
    texts = [tokens.tokens(text) for text in (title_ja, title_en, " ".join(english))]
    fields = [f"vendor={vendor}", f"product={product}", f"cpe=a:{vendor}:{product}"]
    fields += [f"cwe={weakness}", *(f"source={source}" for source in sources)]
    score = None if not severity else round(chance.uniform(0, 10), 1)
    exploitation = "active" if chance.random() < 0.005 else "none"
    return (
        (
            number,
            name,
            "published",
            False,
            title_en,
            title_ja,
            severity,
            score,
            exploitation,
            "",
            chance.random(),
            50,
            bulk.moment(published),
            bulk.moment(modified),
            "",
        ),
        (name, number),
        (
            number,
            tokens.joined([part for text in texts for part in (*text, "|")] + fields),
            f"{','.join(sources)} {vendor} {weakness}",
        ),
    )


# --- asking ---


def ask(times: int) -> None:
    """Put every question so many times, each time with other words; print what it took."""
    from noroshi.core.search import typing
    from noroshi.hub.knowledge import catalogue

    chance = random.Random(5)
    words = Words(random.Random(4)).all
    floor = percentile([timed(lambda: by_key(chance)) for _ in range(times * 10)], 95)
    print(f"floor, {PAGE} rows by primary key: p95 {floor * 1000:.2f} ms")
    print(f"  {'p50':>9} {'p95':>9} {'p95/floor':>10} {'found':>6}  question")
    every: list[float] = []
    for question, order in QUESTIONS:
        taken, number, more = [], 0, ""
        for _ in range(times):
            what = typing.read(filled(question, words, chance))
            after = None
            for _page in range(2):
                started = time.perf_counter()
                found = catalogue.search(what, after, PAGE, order=catalogue.Order(order))
                taken.append(time.perf_counter() - started)
                number, more = found.counts.number, "" if found.counts.complete else "+"
                after = found.page.after
                if after is None:
                    break
        every += taken
        p50, p95 = percentile(taken, 50), percentile(taken, 95)
        line = f"{p50 * 1000:7.1f}ms {p95 * 1000:7.1f}ms {p95 / floor:9.1f}x {number:5}{more:1}"
        print(f"  {line}  {question or 'everything'}  ({order})")
    p95 = percentile(every, 95)
    print(f"  all {len(every)}: p50 {percentile(every, 50) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms")
    print(f"  p95 {p95 / floor:.1f}x the floor (aim: 100 ms)\n")


def filled(question: str, words: list[str], chance: random.Random) -> str:
    """Put words into a question: frequent ones, and ones that next to nothing holds."""
    return question.format(
        common=chance.choice(words[:10]),
        middle=chance.choice(words[200:400]),
        rare=chance.choice(words[12_000:]),
        stem=chance.choice(words[:3000])[:5],
        big=chance.choice(words[:3]),
        small=chance.choice(words[1000:4000]),
    )


def by_key(chance: random.Random) -> None:
    """Read a page of rows by their keys, as a list shows them."""
    from noroshi.hub.knowledge import catalogue
    from noroshi.hub.knowledge.models import Vulnerability

    numbers = [chance.randint(1, ROWS) for _ in range(PAGE)]
    rows = Vulnerability.objects.filter(pk__in=numbers)
    list(rows.values_list("pk", "preferred_id", *catalogue.Line.__struct_fields__[2:]))


def timed(work: Callable[[], None]) -> float:
    """Return the seconds that something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def plans() -> None:
    """Print how the database does what searching asks of it."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from noroshi.core.search import typing
    from noroshi.hub.knowledge import catalogue

    chance = random.Random(6)
    words = Words(random.Random(4)).all
    for question, order in QUESTIONS[:24:4]:
        with CaptureQueriesContext(connection) as asked:
            what = typing.read(filled(question, words, chance))
            catalogue.search(what, None, PAGE, order=catalogue.Order(order))
        print(f"== {question or 'everything'} ({order})")
        slowest = max(asked.captured_queries, key=lambda one: float(one["time"]))
        explain = "EXPLAIN ANALYZE" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        with transaction.atomic(), connection.cursor() as cursor:
            print(f"  {slowest['sql'][:300]}")
            if "tsquery" in slowest["sql"]:
                cursor.execute("SET LOCAL enable_seqscan = off")  # as it was asked
            cursor.execute(f"{explain} {slowest['sql'].replace('%', '%%')}")
            for row in cursor.fetchall():
                print(f"    {row[-1]}")


if __name__ == "__main__":
    main()
