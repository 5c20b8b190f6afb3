"""Rows that turn out otherwise than their check announced."""

import uuid

from customers.enums import RowOutcome
from customers.importing.matching import Found, Verdict, judge
from customers.importing.options import Options
from customers.importing.values import Problem
from customers.models import ImportRow
from tenancy.access import Reach


def judge_again(matches: dict[str, list[Found]], options: Options, reach: Reach | None) -> Verdict:
    """A row that was new at the check: a customer that has appeared since is left alone, since nobody saw it in the preview."""
    verdict = judge(matches, options, reach) if matches else Verdict(RowOutcome.NEW)
    if verdict.outcome == RowOutcome.UPDATE:
        return Verdict(RowOutcome.SKIP, verdict.target, ["exists", None, None])
    return verdict


def mark(
    row: uuid.UUID, *, outcome: str | None = None, result: str | None = None, problem: Problem | None = None
) -> None:
    """Record what became of one row."""
    [problems] = ImportRow.objects.filter(pk=row).values_list("problems", flat=True)
    changes: dict = {}
    if problem:
        changes["problems"] = [*(problems or []), problem]
    if outcome:
        changes["outcome"] = outcome
    if result is not None:
        changes["result"] = result
    ImportRow.objects.filter(pk=row).update(**changes)
