"""The pages and the API under 20 users at once, with the public feeds stored.

``python -m bench.site [--database ADDRESS] [--folder FOLDER] [--seconds N]`` puts the built-in
sample (26 operators and everybody around them) and the feeds of the shared folder
(``NOROSHI_SHARED_DATA``) into a data folder, unless ``--folder`` names one that has been filled by
an earlier run, starts ``noroshi serve --no-worker`` on it, and asks.

Two times are told. What a user waits: from sending the request to having the whole answer, the
wait for a free process included; its floor is ``/healthz``, asked by the same users in between: a
request that does nothing but pass through. And what the server takes, from the request to the
answer, as it counts itself for ``/metrics``: of each page, the share that kept within the limit,
150 ms on SQLite and 100 ms on PostgreSQL. They are taken in two ways: with 20 users who each read
for a second between two pages, and with 20 who ask again at once, which is as much as the machine
gives.

What is asked for is every kind of page that links lead each of them to (`reachable`), and the
searches of `PAGES`.
"""

from __future__ import annotations

import argparse
import html
import http.client
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urljoin, urlsplit

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from bench.first_fire import FEEDS, SHARED, run

USERS = 20
PORT = 8971
FLOOR = "/healthz"
ANALYST, OFFICER, MINISTRY, OPERATOR = (
    "analyst@hub.example.com",
    "officer@okinawa.bureau.example.com",
    "policy@ministry.example.com",
    "security@funayurei-tv.example.jp",
)
PAGES = {
    OPERATOR: (
        "/exposure",
        "/vulnerabilities",
        "/vulnerabilities?q=openssl",
        "/vulnerabilities?severity=critical&exploited=yes",
        "/vulnerabilities/CVE-2021-44228",
        "/vulnerabilities/CVE-2024-37383",
        "/notices",
        "/notices/N-2026-0005",
        "/assets",
        "/incidents",
        "/account",
    ),
    ANALYST: (
        "/notices/queue",
        "/notices",
        "/notices/new",
        "/incidents",
        "/hub",
        "/vulnerabilities",
    ),
    OFFICER: ("/bureau", "/notices", "/vulnerabilities?order=modified"),
    MINISTRY: ("/figures",),
}
"""Who begins where; the users take these people's parts in turn."""
OF_A_KIND = 2
"""Pages of each kind that are asked for, by one person, beside those of `PAGES`."""
SHOWN = 25
"""Pages of which a line is printed: the slowest."""
LIST = "/api/v1/vulnerabilities?limit=100"


class Session(msgspec.Struct, frozen=True):
    """A person signed in: what to ask for, and with which headers."""

    pages: tuple[str, ...]
    headers: dict[str, str]


class Times(msgspec.Struct):
    """Seconds of every answer, by address, and the answers that were no success."""

    taken: defaultdict[str, list[float]] = msgspec.field(default_factory=lambda: defaultdict(list))
    failed: list[str] = msgspec.field(default_factory=list)


def main() -> None:
    """Fill, serve, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="address; default: SQLite in the folder")
    parser.add_argument("--folder", type=Path, help="data folder, filled if it is not there yet")
    parser.add_argument("--seconds", type=int, default=30, help="how long each way is asked")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "data"
        environment = {
            "NOROSHI_DATA": str(folder),
            "NOROSHI_DATABASE": options.database,
            "NOROSHI_LISTEN": f"127.0.0.1:{PORT}",
            "NOROSHI_SECOND_FACTOR": "none",
            "NOROSHI_REQUESTS_PER_MINUTE": "1000000",
        }
        if not folder.exists():
            fill(environment)
        sessions, key = enter(environment)
        with serving(environment):
            weigh(sessions[OPERATOR])
            sessions = {email: reachable(session) for email, session in sessions.items()}
            for title, pause in (("reading a second between two", 1.0), ("at once again", 0.0)):
                before = counted()
                show(title, ask(sessions, options.seconds, pause))
                show_counted(before, 0.1 if options.database else 0.15)
            show("the API, one program", ask({"key": key}, min(options.seconds, 20), 0.0, users=1))


def fill(environment: dict[str, str]) -> None:
    """Store the sample and the feeds, and work until nothing is due."""
    run(environment, "migrate", "-v0")
    script = "from bench.site import sample; sample()"
    subprocess.run([sys.executable, "-c", script], env=os.environ | environment, check=True)
    feeds = Path(os.environ.get("NOROSHI_SHARED_DATA", SHARED)) / "feeds"
    for name, files in FEEDS.items():
        run(environment, "feed", "import", name, *(str(feeds / file) for file in files))
    run(environment, "run", "--until-idle")
    subprocess.run(
        [sys.executable, "-c", "from bench.site import tidy; tidy()"],
        env=os.environ | environment,
        check=True,
    )


def tidy() -> None:
    """Let PostgreSQL do at once what it does by itself some minutes after many rows came."""
    ready()
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def sample() -> None:
    """Put the built-in sample into the database of the environment."""
    ready()
    import datetime as dt

    from noroshi.run.demo import loading, story
    from noroshi.run.demo.sample import read
    from noroshi.run.stages.worker import Worker

    content = read()
    now = dt.datetime.now(dt.UTC)
    beginning = now - dt.timedelta(hours=content.hours + 1)
    loading.organisations(content, beginning, lambda: None)
    list(loading.feeds(beginning))
    loading.inventories(content, beginning, lambda: None)
    Worker(clock=lambda: beginning).until_idle()
    story.report_attacks(content, beginning, lambda: None)
    list(story.play(content, beginning, lambda at: Worker(clock=lambda: at)))


def ready() -> None:
    """Make Django ready in this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "noroshi.run.settings"
    import django

    django.setup()


def enter(environment: dict[str, str]) -> tuple[dict[str, Session], Session]:
    """Sign everybody in, and make a key; return what they ask with."""
    os.environ.update(environment)
    ready()
    import datetime as dt

    from django.test import Client

    from noroshi.core.sector import Role
    from noroshi.hub.members import keys
    from noroshi.hub.members.models import Organisation, Person

    sessions = {}
    for email, pages in PAGES.items():
        client = Client()
        client.force_login(Person.objects.get(email=email))
        cookie = f"sessionid={client.cookies['sessionid'].value}"
        sessions[email] = Session(pages, {"Cookie": cookie, "Accept-Language": "ja"})
    now = dt.datetime.now(dt.UTC)
    new = keys.NewKey(
        name="bench",
        role=Role.RESPONDER,
        scopes=frozenset(keys.Scope),
        expires_at=now + dt.timedelta(days=1),
    )
    home = Organisation.objects.get(slug="funayurei-tv")
    made = keys.make_key(home, None, new, now=now, actor="system")
    return sessions, Session((LIST,), {"Authorization": f"Bearer {made.text}"})


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[None]:
    """Serve while the block runs."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "noroshi", "serve", "--no-worker"],
            env=os.environ | environment,
            stderr=log,
        )
        try:
            while "Noroshi is at" not in read_again(log):
                assert process.poll() is None, read_again(log)
                time.sleep(0.1)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            for line in read_again(log).splitlines():
                if "[error" in line or "Error" in line:
                    print(f"  LOG {line}")


def read_again(log: IO[str]) -> str:
    """Return all that was written so far."""
    log.seek(0)
    return log.read()


def reachable(session: Session) -> Session:
    """Add the pages that links lead to, `OF_A_KIND` of each kind: with a query, and without."""
    from django.urls import resolve

    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    waiting, found = list(session.pages), dict.fromkeys(session.pages)
    kinds: defaultdict[tuple[str, bool], int] = defaultdict(int)
    for address in waiting:  # which grows
        connection.request("GET", address, headers=session.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or answer.headers.get_content_type() != "text/html":
            found.pop(address)
            continue
        for link in re.findall(r'href="(/[^"#]*|\?[^"#]*)"', body.decode()):
            whole = urljoin(address, html.unescape(link))
            if whole in found or whole.startswith(("/static/", "/api/")):
                continue
            parts = urlsplit(whole)
            kind = (resolve(parts.path).view_name, bool(parts.query))
            kinds[kind] += 1
            if kinds[kind] <= OF_A_KIND:
                waiting.append(whole)
                found[whole] = None
    return Session(tuple(found), session.headers)


def weigh(session: Session) -> None:
    """Print the bytes of the first page with everything that it loads."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    seen: dict[str, int] = {}
    waiting = [session.pages[0]]
    while waiting:
        address = waiting.pop()
        connection.request("GET", address, headers=session.headers)
        answer = connection.getresponse()
        body = answer.read()
        seen[address] = len(body)
        if answer.headers.get_content_type() == "text/html":
            found = re.findall(r'(?:src|href)="(/static/[^"]+)"', body.decode())
            waiting += [each for each in dict.fromkeys(found) if each not in seen]
    for address, size in seen.items():
        print(f"  {size / 1000:7.1f} KB  {address}")
    print(f"first page with all it loads: {sum(seen.values()) / 1000:.1f} KB (asked: 150)\n")


def ask(sessions: dict[str, Session], seconds: int, pause: float, users: int = USERS) -> Times:
    """Let the users ask for a while; return the times."""
    times, end = Times(), time.monotonic() + seconds
    parts = list(sessions.values())
    threads = [
        threading.Thread(target=one_user, args=(parts[n % len(parts)], n, end, pause, times))
        for n in range(users)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def one_user(session: Session, seed: int, end: float, pause: float, times: Times) -> None:
    """Ask for one page after the other, in an order of one's own, and for the floor in between."""
    chance = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    time.sleep(chance.uniform(0, 2) * pause)  # nobody begins when everybody does
    while time.monotonic() < end:
        for address in (chance.choice(session.pages), FLOOR):
            started = time.perf_counter()
            connection.request("GET", address, headers=session.headers)
            answer = connection.getresponse()
            answer.read()
            times.taken[address].append(time.perf_counter() - started)
            if answer.status != 200:
                times.failed.append(f"{answer.status} {address}")
        if pause:
            time.sleep(chance.uniform(0.5, 1.5) * pause)


def show(title: str, times: Times) -> None:
    """Print the median and the 95th percentile of each address, and the ratio to the floor."""
    floor = percentile(times.taken.pop(FLOOR), 95)
    print(f"{title}; floor {FLOOR}: p95 {floor * 1000:.1f} ms")
    print(f"  {'n':>5} {'p50':>8} {'p95':>8} {'p95/floor':>10}")
    slowest = sorted(times.taken.items(), key=lambda each: -percentile(each[1], 95))
    for address, taken in slowest[:SHOWN]:
        p95 = percentile(taken, 95)
        p50 = statistics.median(taken)
        times_taken = f"{p50 * 1000:6.1f}ms {p95 * 1000:6.1f}ms {p95 / floor:9.1f}x"
        print(f"  {len(taken):5} {times_taken} {address}")
    every = [each for taken in times.taken.values() for each in taken]
    print(
        f"  {len(slowest)} pages, asked for {len(every)} times: "
        f"p50 {statistics.median(every) * 1000:.1f} ms, p95 {percentile(every, 95) * 1000:.1f} ms"
    )
    for line in sorted(set(times.failed)):
        print(f"  FAILED {line}")
    print()


def counted() -> Counter[tuple[str, str]]:
    """Return how many answers of each page the server counts up to each bound, in seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    buckets = (
        sample
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "noroshi_request_seconds_bucket"
    )
    found: Counter[tuple[str, str]] = Counter()
    for sample in buckets:
        found[sample.labels["page"], sample.labels["le"]] += int(sample.value)
    return found


def show_counted(before: Counter[tuple[str, str]], limit: float) -> None:
    """Print the pages of which more than one in twenty took the server longer than the limit."""
    since = counted() - before
    pages = {page: count for (page, bound), count in since.items() if bound == "+Inf"}
    within = {page: since[page, str(limit)] for page in pages}
    late = sorted(page for page in pages if within[page] < 0.95 * pages[page])
    print(f"  server time: {len(pages)} kinds of page, {sum(pages.values())} answers; within")
    print(
        f"  {limit * 1000:.0f} ms: {sum(within.values()) / sum(pages.values()):.2%} of all answers"
    )
    for page in late:
        print(f"  ABOVE {page}: {within[page]} of {pages[page]} within")
    print(f"  {len(late)} of {len(pages)} kinds have a p95 above {limit * 1000:.0f} ms\n")


def percentile(values: list[float], percent: int) -> float:
    """Return the value that this many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


if __name__ == "__main__":
    main()
