"""How well and how fast duplicates are found: `python -m benchmarks duplicates [--data FOLDER] [--json FILE]`.

Pairwise precision, recall and F1 on the FEBRL data sets 1 to 3 (truth: the number in `rec_id`), with the date of birth and
without it, never with the identity number; then seconds and peak memory for 100,000 invented customers of which 2,000
were entered twice. Blocking, points and threshold are the product's own and the same everywhere. Exits 1 when a target
is missed.
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
from customers.likeness.blocking import Blocks, keys_of, unpacked
from customers.likeness.record import Record
from customers.likeness.scoring import THRESHOLD, compare

TARGETS = {True: 0.995, False: 0.98}
SECONDS, MEGABYTES = 180, 500
TWICE = 0.02
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "febrl"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks duplicates", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with dataset1.csv to dataset3.csv")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(_measure(options.measure)))
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
    if options.json:
        options.json.write_text(json.dumps({"quality": figures, "speed": speed}, indent=2))
    return 0 if all(one["met"] for one in (*figures, speed)) else 1


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
    """In a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks", "duplicates", "--measure", str(customers)]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(result.stdout.splitlines()[-1])
    met = figures["seconds"] <= SECONDS and figures["memory"] <= MEGABYTES
    return {**figures, "seconds_target": SECONDS, "memory_target": MEGABYTES, "met": met}


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
    """`customers` records, of which some are another one entered again: a homophone or the phone left out, an address
    shortened. Answers them and the pairs (by place) that are the same."""
    draw = random.Random(7)
    extra = int(customers * TWICE)
    records = [_customer(place, row) for place, row in enumerate(people(customers - extra))]
    twice = set()
    for original in draw.sample(range(len(records)), extra):
        one = records[original]
        lost = draw.choice(("phones", "emails", "birthday", "street"))
        values = {**vars(one), "key": len(records), lost: type(getattr(one, lost))()}
        twice.add((original, len(records)))
        names = {name: values[name] for name in Record.__dataclass_fields__}
        records.append(Record(**names))
    return records, twice


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
