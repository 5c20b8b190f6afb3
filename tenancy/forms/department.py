from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.stale import StaleWriteForm
from tenancy.models import Department, Membership
from tenancy.queries.department import department_tree


class _DepartmentFields(TenantModelForm):
    """Parents are offered as a tree; a department's manager is an active member."""

    class Meta:
        model = Department
        fields = ["name", "parent", "manager"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        nodes = [node for node in department_tree() if node.department.pk not in self._below()]
        self.fields["parent"].choices = [("", "—"), *((node.department.pk, node.indented) for node in nodes)]
        self.fields["manager"].queryset = Membership.objects.active().order_by("name")

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
