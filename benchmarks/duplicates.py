"""How well and how fast duplicates are found: `python -m benchmarks duplicates [--data FOLDER] [--json FILE]`.

Pairwise precision, recall and F1 on the FEBRL data sets 1 to 3 (truth: the number in `rec_id`), with the date of birth and
without it, never with the identity number; then seconds and peak memory for 100,000 invented customers of which 2,000
were entered twice, and of the job that scans as many in a database, from reading them to writing the queue. Blocking, points
and threshold are the product's own and the same everywhere. Exits 1 when a target is missed.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.import_data import people
from benchmarks.scratch import scratch_database
from customers.likeness.blocking import Blocks, keys_of, unpacked
from customers.likeness.record import Record
from customers.likeness.scoring import THRESHOLD, compare

TARGETS = {True: 0.995, False: 0.98}
SECONDS, MEGABYTES = 180, 500
TWICE = 0.02
HOMOPHONES = str.maketrans(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明秀霞平刚", "玮方那闵靖莉墙垒君阳永燕洁鹃桃铭绣侠萍钢"
)
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "febrl"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks duplicates", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with dataset1.csv to dataset3.csv")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--scan", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(_scanned() if options.scan else _measure(options.measure)))
        return 0
    figures = [
        _judge(options.data / f"dataset{number}.csv", birthday)
        for number in (1, 2, 3)
        for birthday in (True, False)
    ]
    speed = _run(options.customers)
    for one in figures:
        print(
            "{file:14} {with:20} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f} (target {target})".format(
                **one
            )
        )
    print(
        "{customers:,} customers: {seconds:.1f} s (target {seconds_target}), peak {memory:.0f} MB (target {memory_target}),"
        " {compared:,} pairs compared, {found:,} of {twice:,} found, {others:,} others".format(**speed)
    )
    scan = _scan(options.customers)
    print(
        "{customers:,} customers scanned by the job: {seconds:.1f} s (target {seconds_target}), peak {memory:.0f} MB"
        " (target {memory_target}), {pairs:,} pairs in the queue".format(**scan)
    )
    if options.json:
        options.json.write_text(json.dumps({"quality": figures, "speed": speed, "scan": scan}, indent=2))
    return 0 if all(one["met"] for one in (*figures, speed, scan)) else 1


def likely_pairs(records: Sequence[Record]) -> tuple[set[tuple[int, int]], int]:
    """The pairs (by place) that the product would propose, and how many were compared."""
    blocks = Blocks()
    for place, record in enumerate(records):
        blocks.add(place, keys_of(record))
    found, compared = set(), 0
    for part in blocks.pairs():
        compared += len(part)
        for first, second in map(unpacked, part):
            if compare(records[first], records[second]).points >= THRESHOLD:
                found.add((first, second))
    return found, compared


def _judge(path: Path, birthday: bool) -> dict[str, Any]:
    with path.open(encoding="utf-8", newline="") as source:
        rows = [
            {name.strip(): (value or "").strip() for name, value in row.items()}
            for row in csv.DictReader(source)
        ]
    truth = [row["rec_id"].split("-")[1] for row in rows]
    true = sum(count * (count - 1) // 2 for count in Counter(truth).values())
    found, _compared = likely_pairs([_record(place, row, birthday) for place, row in enumerate(rows)])
    right = sum(truth[first] == truth[second] for first, second in found)
    precision, recall = right / max(len(found), 1), right / true
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {
        "file": path.name,
        "with": "date of birth" if birthday else "no date of birth",
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "target": TARGETS[birthday],
        "met": f1 >= TARGETS[birthday],
    }


def _record(key: int, row: dict[str, str], birthday: bool) -> Record:
    return Record(
        key=key,
        given=row["given_name"],
        family=row["surname"],
        house=row["street_number"],
        street=row["address_1"],
        place=row["address_2"],
        city=row["suburb"],
        region=row["state"],
        postcode=row["postcode"],
        birthday=row["date_of_birth"] if birthday else "",
    )


def _run(customers: int) -> dict[str, Any]:
    return _judged(["--measure", str(customers)])


def _scan(customers: int) -> dict[str, Any]:
    with scratch_database("bench_duplicates") as environment:
        subprocess.run(
            [sys.executable, "-m", "benchmarks.data", "--customers", str(customers)],
            env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return _judged(["--measure", str(customers), "--scan"], environment)


def _judged(options: list[str], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """In a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks", "duplicates", *options]
    result = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(result.stdout.splitlines()[-1])
    met = figures["seconds"] <= SECONDS and figures["memory"] <= MEGABYTES
    return {**figures, "seconds_target": SECONDS, "memory_target": MEGABYTES, "met": met}


def _scanned() -> dict[str, Any]:
    """The product's own scan of all customers of the organisation, as its worker does it."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django

    django.setup()
    from benchmarks.data import SLUG
    from customers.actions.duplicates import start_scan
    from tenancy.context import organization_context
    from tenancy.models import Organization
    from workspace.enums import JobStatus
    from workspace.models import Job
    from workspace.runner import run_job

    organization = Organization.objects.get(slug=SLUG)
    with organization_context(organization):
        job = start_scan(actor=None)
    start = time.perf_counter()
    run_job(organization.pk, job.pk)
    seconds = time.perf_counter() - start
    with organization_context(organization):
        job = Job.objects.get(pk=job.pk)
    if job.status != JobStatus.SUCCEEDED:
        raise SystemExit(f"the scan ended as {job.status}")
    return {
        **job.result,
        "seconds": seconds,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _measure(customers: int) -> dict[str, Any]:
    records, twice = invented(customers)
    start = time.perf_counter()
    found, compared = likely_pairs(records)
    return {
        "customers": len(records),
        "twice": len(twice),
        "seconds": time.perf_counter() - start,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "compared": compared,
        "found": len(twice & found),
        "others": len(found - twice),
    }


def invented(customers: int) -> tuple[list[Record], set[tuple[int, int]]]:
    """`customers` records, of which some are another one entered again: a homophone in the name, the address shortened, a
    detail left out. Answers them and the pairs (by place) that are the same."""
    draw = random.Random(7)
    extra = int(customers * TWICE)
    records = [_customer(place, row) for place, row in enumerate(people(customers - extra))]
    twice = set()
    for original in draw.sample(range(len(records)), extra):
        one = records[original]
        name = draw.choice(("name", "street", "phones", "emails", "birthday"))
        values = {field: getattr(one, field) for field in Record.__dataclass_fields__}
        values |= {"key": len(records), name: _changed(name, values[name])}
        twice.add((original, len(records)))
        records.append(Record(**values))
    return records, twice


def _changed(name: str, value: Any) -> Any:
    if name == "name":
        return value[0] + value[1:].translate(HOMOPHONES)
    return value[: len(value) // 2] if name == "street" else type(value)()


def _customer(place: int, row: list[str]) -> Record:
    name, phone, email, _gender, birthday, province, city, district, street, postcode, *_rest = row
    return Record(
        key=place,
        name=name,
        phones=frozenset((phone,)),
        emails=frozenset((email,)),
        birthday="".join(part.zfill(2) for part in birthday.split("-")),
        street=street,
        place=district,
        city=city,
        region=province,
        postcode=postcode,
    )
