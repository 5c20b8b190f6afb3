"""The organisation's tags, and the tags of one customer."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from customers.actions.tags import (
    archive_tag,
    delete_tag_group,
    merge_tags,
    restore_tag,
    save_tag,
    save_tag_group,
    set_tags,
)
from customers.forms.tags import (
    CustomerTagsForm,
    TagCreateForm,
    TagEditForm,
    TagGroupCreateForm,
    TagGroupEditForm,
    TagMergeForm,
)
from customers.models import Tag, TagGroup
from customers.queries.tags import groups_with_counts, tags_with_counts
from customers.rights import CHANGE, MANAGE_TAGS
from customers.views.base import CustomerPage
from tenancy.counting import COUNTED_FAR, capped, capped_count
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage
from workspace.toasts import toast


class TagListView(OrganizationView):
    permission_required = MANAGE_TAGS

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "customers/tags.html", {"tags": tags_with_counts()})


class _TagFormPage(FormPage):
    permission_required = MANAGE_TAGS
    template_name = "customers/tag_form.html"

    def back(self) -> str:
        return organization_url("customers:tags")

    def act(self, form: Any) -> HttpResponse:
        tag = save_tag(form.instance)
        return self.leave(_("The tag %(name)s was saved.") % {"name": tag})


class TagCreateView(_TagFormPage):
    form_class = TagCreateForm


class TagEditView(_TagFormPage, RowPage):
    model = Tag
    form_class = TagEditForm

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.row}

    def context(self, form: Any) -> dict[str, Any]:
        return {"row": self.row}


class TagGroupListView(OrganizationView):
    """The groups under which tags are sorted."""

    permission_required = MANAGE_TAGS

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "customers/tag_groups.html", {"groups": groups_with_counts()})


class _GroupFormPage(FormPage):
    permission_required = MANAGE_TAGS
    template_name = "customers/tag_group_form.html"

    def back(self) -> str:
        return organization_url("customers:tag_groups")

    def act(self, form: Any) -> HttpResponse:
        group = save_tag_group(form.instance)
        return self.leave(_("The group %(name)s was saved.") % {"name": group})


class TagGroupCreateView(_GroupFormPage):
    form_class = TagGroupCreateForm


class TagGroupEditView(_GroupFormPage, RowPage):
    model = TagGroup
    form_class = TagGroupEditForm

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.row}

    def context(self, form: Any) -> dict[str, Any]:
        return {"row": self.row}


class TagGroupDeleteView(RowAction):
    model = TagGroup
    permission_required = MANAGE_TAGS
    leads_to = "customers:tag_groups"

    def act(self) -> str:
        name = str(self.row)
        delete_tag_group(self.row)
        return _("The group %(name)s was deleted; its tags stay.") % {"name": name}


class TagMergeView(FormPage, RowPage):
    model = Tag
    permission_required = MANAGE_TAGS
    template_name = "customers/tag_merge.html"
    form_class = TagMergeForm

    def form_arguments(self) -> dict[str, Any]:
        return {"tag": self.row}

    def context(self, form: Any) -> dict[str, Any]:
        held = capped_count(self.row.links.all(), COUNTED_FAR)
        return {"row": self.row, "customers": held, "shown": capped(held, COUNTED_FAR)}

    def back(self) -> str:
        return organization_url("customers:tags")

    def act(self, form: Any) -> HttpResponse:
        into = form.cleaned_data["into"]
        job = merge_tags(self.row, into, actor=self.viewer.membership)
        if job is not None:
            return self.leave(_("Merging in the background."), organization_url("workspace:job", pk=job.pk))
        return self.leave(_("%(name)s was merged into %(into)s.") % {"name": self.row, "into": into})


class TagArchiveView(RowAction):
    model = Tag
    permission_required = MANAGE_TAGS
    leads_to = "customers:tags"

    def act(self) -> str:
        archive_tag(self.row)
        return _("%(name)s was archived.") % {"name": self.row}


class TagRestoreView(RowAction):
    model = Tag
    permission_required = MANAGE_TAGS
    leads_to = "customers:tags"

    def act(self) -> str:
        restore_tag(self.row)
        return _("%(name)s was restored.") % {"name": self.row}


class CustomerTagsView(CustomerPage):
    """The tags of one customer: in a dialog of its page, or as a page."""

    permission_required = CHANGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(CustomerTagsForm(customer=self.customer))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CustomerTagsForm(request.POST, customer=self.customer)
        if not form.is_valid():
            return self.show(form, 422)
        wanted = [uuid.UUID(tag) for tag in form.wanted()]
        if set_tags(self.customer, wanted, actor=self.viewer.membership):
            toast(request, _("Saved."))
        return HttpResponseClientRedirect(self.back) if request.htmx else redirect(self.back)

    @property
    def back(self) -> str:
        return organization_url("customers:detail", pk=self.customer.pk)

    def show(self, form: CustomerTagsForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "customer": self.customer,
            "cancel_url": self.back,
            "may_manage": self.viewer.can(MANAGE_TAGS),
        }
        name = "_customer_tags" if self.request.htmx else "customer_tags"
        return render(self.request, f"customers/{name}.html", context, status=status)
