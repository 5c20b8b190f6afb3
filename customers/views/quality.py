"""How good the data is, lists to work through, and the policy."""

import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.actions.anew import save_policy
from customers.actions.quality_policy import REBUILD, quality_policy
from customers.completeness import missing_fields
from customers.filters import members
from customers.forms.quality_policy import QualityPolicyForm
from customers.queries import quality as queries
from customers.queries.addresses import RowAddress
from customers.queries.custom import missing_by_customer, missing_own
from customers.queries.keyset import page_of_parts
from customers.queries.pairs import pairs_for
from customers.registry import Worklist, worklists
from customers.rights import MERGE, VIEW
from customers.views.counted import customers_counted
from tenancy.access import Viewer
from tenancy.counting import capped, capped_count
from tenancy.keys import key_in
from tenancy.links import organization_url
from tenancy.models import Department
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, WholeOrganizationMixin
from workspace.actions.job import enqueue
from workspace.toasts import toast

POLICY = "customers.change_qualitypolicy"
SIZE = 50
PAIRS_COUNTED = 99
COLUMNS = (
    "pk", "name", "code", "owner__name", "health__completeness", "health__missing", "health__quality", "missing_own",
)  # fmt: skip


class QualityView(OrganizationView):
    """The organisation's data, or as much of it as one reaches: how complete, how right, how fresh."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        found = queries.report(self.viewer)
        lists = queries.lists_for(self.viewer)
        context = {
            "report": found,
            "bands": self._bands(found, lists),
            "problems": self._problems(found, lists),
            "owners": self._lines(found.owners) if found and len(found.owners) > 1 else [],
            "departments": self._lines(found.departments) if found and len(found.departments) > 1 else [],
            "tabs": tabs_for(self.viewer, "quality"),
            "overdue_url": worklist_url("overdue"),
            "may_recount": self.viewer.can(POLICY),
        }
        return render(request, "customers/quality.html", context)

    @staticmethod
    def _bands(found: queries.Report | None, lists: Iterable[Worklist]) -> list[dict[str, Any]]:
        if found is None:
            return []
        figures, all_of_them = found.total.figures, found.total.customers or 1
        return [
            {
                "label": one.label,
                "count": figures[one.key],
                "percent": figures[one.key] * 100 // all_of_them,
                "url": worklist_url(one.key),
            }
            for one in lists
            if one.group == "completeness" and one.key in figures
        ]

    @staticmethod
    def _problems(found: queries.Report | None, lists: Iterable[Worklist]) -> list[dict[str, Any]]:
        figures = found.total.figures if found else {}
        return [
            {
                "label": one.label,
                "advice": one.advice,
                "icon": one.icon,
                "count": figures.get(one.key),
                "url": worklist_url(one.key),
            }
            for one in lists
            if one.group != "completeness"
        ]

    @staticmethod
    def _lines(found: Iterable[queries.Standing]) -> list[dict[str, Any]]:
        lines = []
        for one in found:
            of = {"owner": one.owner and one.owner.pk, "department": one.department and one.department.pk}
            label = str(one.owner or one.department or _("Nobody"))
            keys = ("scant", "unreachable", "overdue")
            figures = [
                {"count": one.figures[key], "url": worklist_url(key, **of), "label": worklists[key].label}
                for key in keys
            ]
            lines.append({"label": label, "standing": one, "figures": figures})
        return lines


class WorklistView(OrganizationView):
    """The customers with one trouble, and a button for each that mends it."""

    permission_required = VIEW

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        worklist = next((one for one in queries.lists_for(self.viewer) if one.key == key), None)
        if worklist is None:
            raise Http404
        owner = _named(members(self.viewer), request.GET.get("owner", ""))
        department = _named(Department.objects.all(), request.GET.get("department", ""))
        rows = queries.rows_of(
            worklist, self.viewer, owner=owner and owner.pk, department=department and department.pk
        )
        cursor = request.GET.get("after", "")
        part = queries.part_of(rows.annotate(missing_own=missing_by_customer()), self.viewer)
        found = page_of_parts([part], COLUMNS, cursor=cursor, direction="after", size=SIZE)
        query = {"owner": owner and str(owner.pk), "department": department and str(department.pk)}
        kept = {name: value for name, value in query.items() if value}
        context = {
            "worklist": worklist,
            "rows": self._rows(found.rows, worklist),
            "count_text": customers_counted(capped_count(rows) if found.count is None else found.count),
            "chips": [
                {"label": label, "value": str(row), "remove_url": request.path}
                for label, row in ((_("Owner"), owner), (_("Department"), department))
                if row
            ],
            "next_url": f"?{urlencode({**kept, 'after': found.after})}" if found.after else "",
            "first_url": f"?{urlencode(kept)}" if cursor else "",
            "tabs": tabs_for(self.viewer, "quality"),
        }
        return render(request, "customers/worklist.html", context)

    def _rows(self, found: Iterable[dict[str, Any]], worklist: Worklist) -> list[dict[str, Any]]:
        address, fix = RowAddress("customers:detail"), RowAddress(worklist.fix_url_name)
        may_fix, anchor = (
            self.viewer.can(worklist.fix_permission),
            f"#{worklist.anchor}" if worklist.anchor else "",
        )
        return [
            {
                "name": row["name"],
                "code": row["code"],
                "owner": row["owner__name"],
                "completeness": row["health__completeness"],
                "quality": row["health__quality"],
                "missing": [field.label for field in missing_fields(row["health__missing"] or 0)]
                + [label for label, _name in missing_own(row["missing_own"])],
                "url": address.of(row["pk"]),
                "fix_url": fix.of(row["pk"]) + anchor if may_fix else "",
            }
            for row in found
        ]


class QualityPolicyView(WholeOrganizationMixin, FormPage):
    """How often data is verified, and what makes it complete."""

    permission_required = POLICY
    form_class = QualityPolicyForm
    template_name = "customers/quality_policy.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": quality_policy()}

    def back(self) -> str:
        return organization_url("customers:quality")

    def act(self, form: QualityPolicyForm) -> HttpResponse:
        save_policy(form.instance, REBUILD, actor=self.viewer.membership)
        return self.leave(_("Saved. The data of all customers is being judged anew."))


class RecountView(WholeOrganizationMixin, OrganizationView):
    """Judge all data now instead of tonight."""

    permission_required = POLICY
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        enqueue(REBUILD, {}, actor=self.viewer.membership)
        toast(request, _("The data of all customers is being judged anew."), level="info")
        return redirect(organization_url("customers:quality"))


def worklist_url(key: str, **of: uuid.UUID | None) -> str:
    query = urlencode({name: value for name, value in of.items() if value})
    return organization_url("customers:worklist", key=key) + (f"?{query}" if query else "")


def tabs_for(viewer: Viewer, current: str) -> list[dict[str, Any]]:
    """What the pages of data quality lead to, with the number of pairs that wait for whoever may merge. One query."""
    found: list[tuple[str, str, str]] = [
        ("quality", _("Overview"), ""),
        ("verification", _("Verification"), ""),
    ]
    if viewer.can(MERGE):
        waiting = capped_count(pairs_for(viewer, MERGE), PAIRS_COUNTED)
        found.append(("duplicate_queue", _("Possible duplicates"), capped(waiting, PAIRS_COUNTED)))
    return [
        {
            "label": label,
            "url": organization_url(f"customers:{name}"),
            "current": name == current,
            "count": count,
        }
        for name, label, count in found
    ]


def _named(rows: Any, text: str) -> Any:
    """The row that the address names; None when there is none such within reach."""
    key = key_in(text)
    return rows.filter(pk=key).first() if key else None
