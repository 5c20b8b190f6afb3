"""Public pools as the administrator sees them: a list in order, a form for each, and what tonight would bring."""

from copy import copy
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions.pool import archive_pool, move_pool, restore_pool, save_pool
from customers.forms.pool import PoolCreateForm, PoolEditForm
from customers.models import Pool
from customers.pool_story import neglect
from customers.queries.pool_returns import preview
from customers.queries.pools import all_terms, counts_of
from customers.rights import MANAGE_POOLS
from tenancy.actions.once import create_once
from tenancy.context import current_organization
from tenancy.counting import COUNTED_FAR, capped
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage, WholeOrganizationMixin
from workspace.registry import due_kinds


class PoolSettingsView(WholeOrganizationMixin, OrganizationView):
    """All pools, those in use in the order in which they take customers."""

    permission_required = MANAGE_POOLS

    def get(self, request: HttpRequest) -> HttpResponse:
        terms = all_terms()
        counts = counts_of([one.pool for one in terms])
        used = [
            {
                "pool": one.pool,
                "waiting": counts.get(one.pool.pk, 0),
                "conditions": one.pool.conditions(),
                "rules": [neglect(rule.rule, rule.days) for rule in one.rules],
                "everybody": one.is_open,
            }
            for one in terms
        ]
        context = {"used": used, "archived": Pool.objects.filter(archived_at__isnull=False)}
        return render(request, "customers/pool_settings.html", context)


class _PoolFormPage(WholeOrganizationMixin, FormPage):
    permission_required = MANAGE_POOLS
    template_name = "customers/pool_form.html"

    def back(self) -> str:
        return organization_url("customers:pool_settings")


class PoolCreateView(_PoolFormPage):
    form_class = PoolCreateForm

    def act(self, form: PoolCreateForm) -> HttpResponse:
        pool = form.instance
        create_once(Pool, pool.pk, lambda: save_pool(pool, **form.links()))
        return self.leave(_("Saved. This is what tonight would bring."), _preview_of(pool))


class PoolEditView(_PoolFormPage, RowPage):
    model = Pool
    form_class = PoolEditForm

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": copy(self.row)}

    def context(self, form: Any) -> dict[str, Any]:
        return {"pool": self.row}

    def act(self, form: PoolEditForm) -> HttpResponse:
        save_pool(form.instance, **form.links())
        return self.leave(_("Saved. This is what tonight would bring."), _preview_of(form.instance))


class PoolPreviewView(WholeOrganizationMixin, RowPage):
    """A dry run: who returns tonight, who is warned, who comes in. Nothing is changed."""

    model = Pool
    permission_required = MANAGE_POOLS

    def get_queryset(self):
        return super().get_queryset().active()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        pool = self.row
        tonight = due_kinds["customer_pools"].next_due(current_organization(), timezone.now())
        night = preview(pool, all_terms(), tonight or timezone.now())
        parts = (
            ("returning", _("Return to the pool"), _("They were announced, and nothing has happened since.")),
            (
                "warned",
                _("Announced to their owners"),
                _("They return three days later unless somebody gets in touch."),
            ),
            ("coming", _("Come in because nobody owns them"), ""),
        )
        found = [
            {
                "title": title,
                "text": text,
                "count": capped(getattr(night, name), COUNTED_FAR),
                "sample": night.samples[name],
            }
            for name, title, text in parts
        ]
        context = {"pool": pool, "parts": found, "at": tonight}
        return render(request, "customers/pool_preview.html", context)


class _PoolAction(WholeOrganizationMixin, RowAction):
    model = Pool
    permission_required = MANAGE_POOLS
    leads_to = "customers:pool_settings"


class PoolMoveView(_PoolAction):
    def act(self) -> str:
        move_pool(self.row, up=self.request.POST.get("way") != "down")
        return _("Moved.")


class PoolArchiveView(_PoolAction):
    def act(self) -> str:
        archive_pool(self.row)
        return _("%(name)s was archived.") % {"name": self.row}


class PoolRestoreView(_PoolAction):
    def act(self) -> str:
        restore_pool(self.row)
        return _("%(name)s was restored.") % {"name": self.row}


def _preview_of(pool: Pool) -> str:
    return organization_url("customers:pool_preview", pk=pool.pk)
