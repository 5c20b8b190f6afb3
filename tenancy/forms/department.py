from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.members import offer_members
from tenancy.forms.stale import StaleWriteForm
from tenancy.models import Department
from tenancy.queries.department import department_tree

MANAGERS = "tenancy.managers"


class _DepartmentFields(TenantModelForm):
    """Parents are offered as a tree; a department's manager is an active member."""

    class Meta:
        model = Department
        fields = ["name", "parent", "manager"]

    def __init__(self, *args, viewer: Viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        nodes = [node for node in department_tree() if node.department.pk not in self._below()]
        self.fields["parent"].choices = [("", "—"), *((node.department.pk, node.indented) for node in nodes)]
        offer_members(self.fields["manager"], MANAGERS, viewer)  # type: ignore[arg-type]

    def _below(self) -> set[object]:
        """The department itself and what lies below it: none of them can become its parent."""
        found = {self.instance.pk}
        for node in department_tree():
            if node.department.parent_id in found:
                found.add(node.department.pk)
        return found


class NewDepartmentForm(IdempotentCreateForm, _DepartmentFields):
    class Meta(_DepartmentFields.Meta):
        pass


class DepartmentForm(StaleWriteForm, _DepartmentFields):
    class Meta(_DepartmentFields.Meta):
        pass
