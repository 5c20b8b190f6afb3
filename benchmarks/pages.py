"""How long pages take, beside two yardsticks measured in the same run.

    python -m benchmarks pages --customers 10000 100000 [--rounds 60] [--json FILE] [--reuse]

Every page is asked for in turn, at one size right after the other, round after round: a slow moment of the machine hits
all sizes alike. Targets: a page at most 4 × the empty signed-in page, that page at most 10 × a static template served
without middleware, at most 1.3 × from the smallest to the largest size (1.5 × to a million), at most 12 statements. A rep has
250 customers and a department 2,000 at each size: a bigger company has more of them. A page that grows because it shows more
of what there is more of (a rare word finds a full page) is told, and held to the 4 × alone. A million takes half an hour to
make and 20 GB: `--reuse` keeps it, and takes the one of the last run (migrated and analysed anew).
"""

import argparse
import html
import http.client
import json
import re
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import scratch
from benchmarks.serving import Server, database_cpu_seconds, served
from crm_project import environment as env

PEOPLE = ("rep", "manager", "admin")
PER_EMPTY, PER_STATIC, STATEMENTS = 4.0, 10.0, 12
GROWTH, GROWTH_TO_A_MILLION = 1.3, 1.5
YARDSTICK, YARDSTICK_EVERY = "empty", 12
"""What every page is compared with is asked for again after so many of them: one slow moment must not judge all."""
AS_LONG = 1.15
"""A page of up to so many times the bytes shows no more than the one that it is compared with."""
DEEP = 15
IDLE = 20
"""Seconds after which a connection is opened anew, before the server closes it."""
_NEXT = re.compile(r'<a[^>]*rel="next"[^>]*href="([^"]+)"|<a[^>]*href="([^"]+)"[^>]*rel="next"')


@dataclass
class Figures:
    """What one page cost one person at one size."""

    milliseconds: list[float] = field(default_factory=list)
    web: float = 0.0
    database: float = 0.0
    statements: int = 0
    bytes: int = 0

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.milliseconds, n=20)[-1]

    def growth_from(self, smaller: "Figures") -> float:
        """The median of what each round says: both sizes are asked right after each other, and share a slow moment."""
        pairs = zip(self.milliseconds, smaller.milliseconds, strict=True)
        return statistics.median(here / there for here, there in pairs)


class Visitor:
    """One signed-in person with one connection."""

    def __init__(self, server: Server, session: str = "") -> None:
        self.server = server
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._asked = 0.0
        self._headers = {"Cookie": f"sessionid={session}", "Accept-Encoding": "gzip"}

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        answer, body = self._ask("GET", path, {**self._headers, **headers})
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return answer, body

    def text(self, path: str) -> str:
        return self._ask("GET", path, {"Cookie": self._headers["Cookie"]})[1].decode()

    def post(self, path: str, form: dict[str, str], token: str) -> int:
        headers = {
            "Cookie": f"{self._headers['Cookie']}; csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": token,
        }
        return self._ask("POST", path, headers, urlencode(form))[0].status

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if self._connection.sock is None or time.monotonic() - self._asked > IDLE:
            self._connection.close()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        self._asked = time.monotonic()
        return answer, content


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with ExitStack() as stack:
        bare = Visitor(stack.enter_context(served("benchmarks.bare", scratch.environment_for("crm"))))
        houses = {size: _open_house(stack, size, reuse=options.reuse) for size in sorted(options.customers)}
        figures = _measure(bare, houses, options.rounds)
    problems = report(figures, sorted(options.customers))
    if options.json:
        Path(options.json).write_text(json.dumps(_as_json(figures), indent=1), encoding="utf-8")
    return 1 if problems else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks pages")
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json")
    parser.add_argument(
        "--reuse", action="store_true", help="keep the databases, and use those of the last run"
    )
    return parser.parse_args(arguments)


@dataclass
class House:
    """The product over one size of data."""

    server: Server
    visitors: dict[str, Visitor]
    pages: dict[str, dict[str, str]]
    customer: str
    base: str


def _open_house(stack: ExitStack, size: int, *, reuse: bool) -> House:
    database = f"bench_{size}"
    if reuse and scratch.exists(database):
        environment = scratch.migrate(database)
        scratch.analyze(database)
        facts = _fill(environment, size, "--facts")
    else:
        print(f"Making {size:,} customers …", flush=True)
        facts = _fill(scratch.create(database), size)
    if not reuse:
        stack.callback(scratch.drop, database)
    server = stack.enter_context(served("benchmarks.settings", scratch.environment_for(database)))
    visitors = {person: Visitor(server, facts["sessions"][person]) for person in PEOPLE}
    base = f"/o/{facts['slug']}"
    pages = {person: _pages(visitors[person], facts["pages"][person]) for person in PEOPLE}
    return House(server, visitors, pages, facts["customer"], base)


def _fill(environment: dict[str, str], size: int, *options: str) -> dict:
    command = [sys.executable, "-m", "benchmarks.data", "--customers", str(size), *options]
    result = subprocess.run(
        command, env=environment, cwd=env.BASE_DIR, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(result.stdout.splitlines()[-1])


def _pages(visitor: Visitor, addresses: dict[str, str]) -> dict[str, str]:
    first, by_name = addresses["list first"], addresses["list by name"]
    return {
        **addresses,
        "list deep": _deep(visitor, first),
        "list deep by name": _deep(visitor, by_name),
    }


def _deep(visitor: Visitor, path: str) -> str:
    """The page that one reaches by paging on and on."""
    for _ in range(DEEP):
        found = _NEXT.search(visitor.text(path))
        if not found:
            break
        link = html.unescape(found[1] or found[2])
        path = link if link.startswith("/") else path.split("?")[0] + link
    return path


Table = dict[tuple[int, str, str], Figures]


def _measure(bare: Visitor, houses: dict[int, House], rounds: int) -> Table:
    table: Table = {(0, "", "static template"): Figures()}
    for size, house in houses.items():
        for person in PEOPLE:
            for page, path in house.pages[person].items():
                table[size, person, page] = figures = Figures()
                for _ in range(3):
                    answer, body = house.visitors[person].get(path, **{"X-Count-Statements": "1"})
                figures.statements = int(answer.headers["X-Statements"])
                figures.bytes = len(body)
            table[size, person, "POST a visit"] = Figures()
    for number in range(rounds):
        print(f"\rRound {number + 1} of {rounds}", end="", flush=True, file=sys.stderr)
        _timed(table[0, "", "static template"], bare, "/static-template")
        for person in PEOPLE:
            _round_of(table, houses, person)
    print(file=sys.stderr)
    return table


def _round_of(table: Table, houses: dict[int, House], person: str) -> None:
    pages = {page: None for house in houses.values() for page in house.pages[person] if page != YARDSTICK}
    for place, page in enumerate(pages):
        asked = [YARDSTICK, page] if place % YARDSTICK_EVERY == 0 else [page]
        for name in asked:
            for size, house in houses.items():
                if name in house.pages[person]:
                    _timed(table[size, person, name], house.visitors[person], house.pages[person][name])
    for size, house in houses.items():
        _timed_post(table[size, person, "POST a visit"], house, person)


def _timed(figures: Figures, visitor: Visitor, path: str) -> None:
    web, database, start = visitor.server.cpu_seconds(), database_cpu_seconds(), time.perf_counter()
    visitor.get(path)
    figures.milliseconds.append((time.perf_counter() - start) * 1000)
    figures.web += visitor.server.cpu_seconds() - web
    figures.database += database_cpu_seconds() - database


def _timed_post(figures: Figures, house: House, person: str) -> None:
    visitor = house.visitors[person]
    page = visitor.text(house.pages[person]["log a visit"])
    token = re.findall(r'"X-CSRFToken": "(\w+)"', page)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    form = {**fields, "customer": house.customer, "kind": "visit", "summary": "例行回访，一切正常。"}
    start = time.perf_counter()
    status = visitor.post(f"{house.base}/contacts/new/", form, token)
    if status not in (204, 302):
        raise RuntimeError(f"logging a visit answered {status}")
    figures.milliseconds.append((time.perf_counter() - start) * 1000)


def report(table: Table, sizes: list[int]) -> list[str]:
    """Print the figures; the targets that were missed, in words."""
    static = table[0, "", "static template"].p50
    problems = []
    print(f"Static template, without middleware: p50 {static:.2f} ms")
    for person in PEOPLE:
        for size in sizes:
            empty = table[size, person, YARDSTICK].p50
            print(
                f"\n{person}, {size:,} customers; empty page {empty:.2f} ms = {empty / static:.1f} × static"
            )
            if empty / static > PER_STATIC:
                problems.append(
                    f"{person}, {size:,}: empty page {empty / static:.1f} × static (at most {PER_STATIC})"
                )
            print(
                f"  {'page':<28}{'p50':>8}{'p95':>8}{'× empty':>9}{'growth':>8}{'SQL':>5}{'web':>8}{'db ms':>7}{'bytes':>8}"
            )
            for (row_size, row_person, page), figures in table.items():
                if (row_size, row_person) == (size, person):
                    first = table[sizes[0], person, page]
                    most = GROWTH if row_size < 1_000_000 else GROWTH_TO_A_MILLION
                    problems += _line(page, figures, first, empty, most, where=f"{person}, {size:,}")
    for problem in problems:
        print(f"MISSED {problem}")
    return problems


def _line(page: str, figures: Figures, first: Figures, empty: float, most: float, where: str) -> list[str]:
    ratio, growth = figures.p50 / empty, figures.growth_from(first)
    count = len(figures.milliseconds)
    print(
        f"  {page:<28}{figures.p50:>8.2f}{figures.p95:>8.2f}{ratio:>9.2f}{growth:>8.2f}{figures.statements:>5}"
        f"{figures.web / count * 1000:>8.1f}{figures.database / count * 1000:>7.1f}{figures.bytes:>8}"
    )
    if page.startswith("POST"):
        return []
    missed = []
    if ratio > PER_EMPTY:
        missed.append(f"{where}: {page} {ratio:.2f} × the empty page (at most {PER_EMPTY})")
    if growth > most and figures.bytes > first.bytes * AS_LONG:
        longer = figures.bytes / first.bytes
        print(f"LONGER {where}: {page} grew {growth:.2f} ×, and shows {longer:.2f} × the bytes")
    elif growth > most:
        missed.append(f"{where}: {page} grew {growth:.2f} × (at most {most})")
    if figures.statements > STATEMENTS:
        missed.append(f"{where}: {page} took {figures.statements} statements (at most {STATEMENTS})")
    return missed


def _as_json(table: Table) -> list[dict]:
    return [
        {
            "customers": size,
            "person": person,
            "page": page,
            "p50_ms": round(figures.p50, 3),
            "p95_ms": round(figures.p95, 3),
            "milliseconds": [round(one, 2) for one in figures.milliseconds],
            "web_cpu_ms": round(figures.web / len(figures.milliseconds) * 1000, 3),
            "database_cpu_ms": round(figures.database / len(figures.milliseconds) * 1000, 3),
            "statements": figures.statements,
            "bytes": figures.bytes,
        }
        for (size, person, page), figures in table.items()
    ]
