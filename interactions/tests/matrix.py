"""Who gets which answer from the addresses of contacts and plans."""

from interactions.actions.interaction import archive_contact
from interactions.tests.factories import contact_with, customer_of, plan_for
from tenancy.tests.matrix import METHOD_NOT_ALLOWED, Case

VIEW, ADD = "interactions.view_interaction", "interactions.add_interaction"
CHANGE, DELETE = "interactions.change_interaction", "interactions.delete_interaction"
ADD_PLAN, CHANGE_PLAN = "interactions.add_plan", "interactions.change_plan"


def _contact(owner, **fields):
    return contact_with(customer_of(owner), owner, **fields)


def _archived(owner):
    contact = _contact(owner)
    archive_contact(contact)
    return contact


def _plan(owner):
    return plan_for(customer_of(owner), owner)


def _change(owner):
    return _plan(owner).changes.get()


def _owed(owner) -> str:
    from interactions.models import CustomerContact

    customer = customer_of(owner, "久未联系")
    CustomerContact.objects.filter(customer=customer).update(owed=True, due_on="2020-01-01")
    return customer.name


def _button(permission: str, row) -> Case:
    return Case(permission, row=row, whose="scoped", get=METHOD_NOT_ALLOWED, post=302)


CASES = {
    "interactions:list": Case(
        VIEW, whose="scoped", shows=lambda owner: _contact(owner, summary="谈得很好").summary
    ),
    "interactions:owed": Case(VIEW, whose="scoped", shows=_owed),
    "interactions:create": Case(ADD, post=422),
    "interactions:plan_create": Case(ADD_PLAN, post=422),
    "interactions:policy": Case(
        "interactions.change_contactpolicy",
        post=302,
        data={"version": "1", "key_days": "20", "ordinary_days": "80", "potential_days": "0"},
    ),
    "interactions:panel": Case(VIEW, row=customer_of, whose="scoped"),
    "interactions:detail": Case(VIEW, row=_contact, whose="scoped"),
    "interactions:edit": Case(CHANGE, row=_contact, whose="scoped", post=422, data={"version": "1"}),
    "interactions:archive": _button(DELETE, _contact),
    "interactions:restore": _button(DELETE, _archived),
    "interactions:undo": Case(ADD, row=_contact, whose="personal", get=METHOD_NOT_ALLOWED, post=302),
    "interactions:plan_done": _button(CHANGE_PLAN, _plan),
    "interactions:plan_follow_up": _button(CHANGE_PLAN, _plan),
    "interactions:plan_postpone": Case(CHANGE_PLAN, row=_plan, whose="scoped", post=302),
    "interactions:plan_cancel": _button(CHANGE_PLAN, _plan),
    "interactions:plan_undo": Case(
        CHANGE_PLAN, row=_change, whose="personal", get=METHOD_NOT_ALLOWED, post=302
    ),
}
