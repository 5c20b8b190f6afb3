"""What a form says when somebody may own no more customers."""

import uuid

from customers.actions.ownership import cap_text
from customers.queries.caps import book_of
from customers.rights import EXCEED
from tenancy.access import Viewer
from tenancy.models import Membership


def cap_problem(owner: Membership, more: int) -> str:
    """Why `owner` cannot be given so many customers; "" when they can."""
    book = book_of(owner.pk)
    return cap_text(str(owner), book) if more and book.free is not None and more > book.free else ""


def ask_for_place(form, viewer: Viewer) -> bool:
    """Whether the new owner that a customer's form names may own one more. If not, whoever may exceed caps is warned and
    asked, and everybody else is told."""
    owner = _named(form, viewer)
    problem = cap_problem(owner, 1) if owner is not None and owner.pk != _before(form) else ""
    if problem and not viewer.can(EXCEED):
        form.add_error("owner" if "owner" in form.fields else None, problem)
    elif problem:
        form.warnings.append(problem)
    return not form.errors


def _named(form, viewer: Viewer) -> Membership | None:
    if "owner" in form.fields:
        return form.cleaned_data.get("owner")
    return viewer.membership if form.instance._state.adding else None


def _before(form) -> uuid.UUID | None:
    return None if form.instance._state.adding else form.initial.get("owner")
