"""A customer that nobody has been in touch with returns to the pool by night, and a colleague claims it on a phone."""

from playwright.sync_api import expect

from e2e.conftest import CONTRASTING, SignIn, comes_up
from e2e.house import House

PHONE, DESKTOP = CONTRASTING[0], CONTRASTING[1]
NAME = "久别贸易有限公司"
HEAD = """
from datetime import timedelta
from django.utils import timezone
from customers.actions.customer import create_customer
from customers.models import Customer, OwnershipChange, PoolWarning
from tenancy.context import organization_context
from tenancy.models import Membership, Organization
from workspace.actions.due import make_due
organization = Organization.objects.get(slug="demo")
with organization_context(organization):
"""
FORGET = f"""
    owner = Membership.objects.get(name="张伟")
    customer = create_customer(Customer(name="{NAME}", tier="key", owner=owner), actor=owner)
    long_ago = timezone.now() - timedelta(days=400)
    Customer.objects.filter(pk=customer.pk).update(created_at=long_ago)
    OwnershipChange.objects.filter(customer=customer).update(at=long_ago)
    make_due(organization, "customer_pools")
"""
THREE_DAYS_LATER = f"""
    warning = PoolWarning.objects.filter(customer__name="{NAME}")
    assert warning.update(due_on=timezone.localdate()) == 1
    make_due(organization, "customer_pools")
"""


def test_a_forgotten_customer_returns_by_night_and_is_claimed_on_a_phone(
    sign_in: SignIn, the_house: House
) -> None:
    manager = sign_in("manager@demo.example", DESKTOP)
    the_house.manage("shell", "-c", HEAD + FORGET)
    comes_up(manager, "/o/demo/customers/pools/returning/", manager.get_by_text(NAME))

    the_house.manage("shell", "-c", HEAD + THREE_DAYS_LATER)
    rep = sign_in("rep@demo.example", PHONE)
    comes_up(rep, f"/o/demo/customers/pools/?q={NAME}", rep.get_by_text(NAME))
    button = rep.get_by_role("button", name=f"认领 {NAME}")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    button.tap()
    link = rep.locator("#toasts a", has_text=f"{NAME} 已归您负责")
    expect(link).to_be_visible()
    expect(rep.locator("#toasts [data-undo]")).to_be_visible()
    link.tap()
    expect(rep.locator("h1")).to_have_text(NAME)
    rep.goto(f"/o/demo/customers/pools/?q={NAME}")
    expect(rep.get_by_role("button", name=f"认领 {NAME}")).to_have_count(0)
