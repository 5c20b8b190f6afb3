from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tenancy.errors import Refused
from tenancy.models import Department, Invitation, Membership


class DepartmentBelowItself(Refused):
    """A department was about to be moved below itself."""

    reason = _("A department cannot lie below itself.")


class DepartmentInUse(Refused):
    """A department that holds people or departments cannot be deleted."""

    reason = _(
        "Move the members and departments in it elsewhere first: only an empty department can be deleted."
    )


def save_department(department: Department) -> Department:
    """Save a new, renamed or moved department. Raises DepartmentBelowItself: the database watches over the tree."""
    try:
        with transaction.atomic():
            department.save()
    except IntegrityError as error:
        if _constraint(error) == "tenancy_department_is_a_tree":
            raise DepartmentBelowItself from error
        raise
    return department


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


@transaction.atomic
def delete_department(department: Department) -> None:
    """Delete a department without people, departments below and open invitations. Raises DepartmentInUse."""
    in_use = (
        Membership.objects.filter(department=department),
        Department.objects.filter(parent=department),
        Invitation.objects.filter(department=department, accepted_at=None, withdrawn_at=None),
    )
    if any(rows.exists() for rows in in_use):
        raise DepartmentInUse
    department.delete()
