"""What the benchmark of pages covers, and that it says when a target is missed."""

import pytest

from benchmarks.addresses import _ROWS, UNMEASURED, measurable
from benchmarks.pages import (
    GROWTH,
    PEOPLE,
    PER_EMPTY,
    PER_STATIC,
    STATEMENTS,
    YARDSTICK,
    Figures,
    Table,
    report,
)
from crm_project.routes import routes
from customers.views.base import CustomerPage


def of_customers() -> set[str]:
    """Pages whose address names a customer."""
    views = {one.name: getattr(one.callback, "view_class", None) for one in routes()}
    found = {name for name, view in views.items() if view and issubclass(view, CustomerPage)}
    return found | {"governance:request_create"}


def test_every_page_is_measured_or_said_why_not():
    pages = measurable()
    assert len(pages) > 100
    of_rows = {name for name, route in pages.items() if "<uuid:" in route} - of_customers()
    of_parts = {name for name, route in pages.items() if route.count("<uuid:") > 1}
    assert (of_rows | of_parts) - set(_ROWS) - set(UNMEASURED) == set(), (
        "say in benchmarks/addresses.py how to find its row (_ROWS), or why it is not measured (UNMEASURED)"
    )
    assert set(UNMEASURED) <= set(pages)
    assert not set(UNMEASURED) & set(_ROWS)


def table(**changed: float) -> Table:
    """Two sizes; the rep's list at the larger takes 4 times, 20 ms, 12 statements unless `changed`."""
    found: Table = {(0, "", "static template"): Figures(milliseconds=[1.0, 1.0])}
    for size in (10, 100):
        for person in PEOPLE:
            found[size, person, YARDSTICK] = Figures(milliseconds=[10.0, 10.0])
            found[size, person, "list"] = Figures(milliseconds=[40.0, 40.0], statements=STATEMENTS, bytes=100)
    one = found[100, "rep", "list"]
    one.milliseconds = [changed.get("list", 40.0)] * 2
    one.bytes = int(changed.get("bytes", 114))
    one.statements = int(changed.get("statements", STATEMENTS))
    found[10, "rep", "list"].milliseconds = [changed.get("smaller", 40.0)] * 2
    found[100, "rep", YARDSTICK].milliseconds = [changed.get("empty", 10.0)] * 2
    return found


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, []),
        ({"list": 40.1}, [f"rep, 100: list 4.01 × the empty page (at most {PER_EMPTY})"]),
        ({"smaller": 30.0}, [f"rep, 100: list grew 1.33 × (at most {GROWTH})"]),
        ({"smaller": 30.0, "bytes": 116}, []),
        ({"list": 40.1, "bytes": 116}, [f"rep, 100: list 4.01 × the empty page (at most {PER_EMPTY})"]),
        ({"statements": 13}, [f"rep, 100: list took 13 statements (at most {STATEMENTS})"]),
        ({"empty": 10.1}, [f"rep, 100: empty page 10.1 × static (at most {PER_STATIC})"]),
    ],
)
def test_each_target_that_is_missed_is_told(changed, missed, capsys):
    assert report(table(**changed), [10, 100]) == missed
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("MISSED")] == [
        f"MISSED {one}" for one in missed
    ]


def test_a_slow_moment_of_the_machine_is_no_growth():
    """Each round is judged by itself: medians apart from each other fall into different moments."""
    smaller, larger = Figures([10.0, 10.0, 10.0, 30.0, 30.0]), Figures([11.0, 11.0, 33.0, 33.0, 33.0])
    assert larger.p50 / smaller.p50 == pytest.approx(3.3)
    assert larger.growth_from(smaller) == pytest.approx(1.1)
