"""Rows that turn out otherwise than their check announced."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from customers.enums import RowOutcome
from customers.importing.matching import Found, Verdict, judge
from customers.importing.options import Options
from customers.importing.values import Problem
from customers.models import ImportRow
from tenancy.access import Reach
from tenancy.context import current_organization_id
from tenancy.db import arrays


def judge_again(matches: dict[str, list[Found]], options: Options, reach: Reach | None, name: str) -> Verdict:
    """A row that was new at the check: a customer that has appeared since is left alone, since nobody saw it in the preview."""
    verdict = judge(matches, options, reach, name) if matches else Verdict(RowOutcome.NEW)
    if verdict.outcome == RowOutcome.UPDATE:
        return Verdict(RowOutcome.SKIP, verdict.target, ["exists", None, None])
    return verdict


_REFUSE = """
UPDATE customers_importrow r SET outcome = 'error',
    problems = COALESCE(r.problems, '[]'::jsonb) || jsonb_build_array(u.problem::jsonb)
FROM unnest(%(ids)s::uuid[], %(problems)s::text[]) AS u(id, problem)
WHERE r.organization_id = %(organization)s AND r.id = u.id
"""


def mark_refused(problems: Mapping[uuid.UUID, Problem]) -> None:
    """Record of many rows at once that they were not written, and why."""
    if not problems:
        return
    params: dict[str, Any] = {
        "organization": current_organization_id(),
        "ids": arrays.keys(problems),
        "problems": arrays.texts(json.dumps(problem) for problem in problems.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE, params)


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
