import pytest
from django.utils.translation import override

from customers.actions.custom_field import ChoiceInput, save_custom_field
from customers.models import CustomChoice, Customer, CustomField
from customers.tests.factories import CustomerFactory
from tenancy.access import viewer_for
from tenancy.enums import Scope
from tenancy.tests.conftest import inside_ours, ours, theirs  # noqa: F401
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, grant

RIGHTS = (
    "customers.view_customer",
    "customers.add_customer",
    "customers.change_customer",
    "customers.reveal_contact",
    "customers.assign_customer",
)


POOL_RIGHTS = (
    "customers.view_pool",
    "customers.claim_customer",
    "customers.pool_customer",
    "customers.keep_customer",
)
REP = ("customers.view_customer", "customers.change_customer", *POOL_RIGHTS)
HAND_OVER = "customers.hand_over_customer"
GIVER = (*RIGHTS[:4], HAND_OVER)


def member_with(*permissions: str, scope: Scope = Scope.ORGANIZATION, **fields):
    member = MembershipFactory(**{"language": "en", **fields})
    grant(member, *(permissions or RIGHTS), scope=scope)
    return member


@pytest.fixture
def admin(inside_ours):  # noqa: F811
    return member_with(name="管理员")


@pytest.fixture
def rep(inside_ours):  # noqa: F811
    return member_with(scope=Scope.OWN, name="李销售", department=DepartmentFactory())


@pytest.fixture
def colleague(inside_ours, rep):  # noqa: F811
    """Another rep, in another department."""
    return member_with(scope=Scope.OWN, name="赵同事", department=DepartmentFactory())


@pytest.fixture
def manager(inside_ours, rep):  # noqa: F811
    return member_with(scope=Scope.DEPARTMENT, name="孙经理", department=rep.department)


@pytest.fixture
def viewers(admin, rep, colleague, manager):
    return {name: viewer_for(one) for name, one in locals().items()}


@pytest.fixture
def keeper(inside_ours):  # noqa: F811
    return member_with("customers.change_customfield", "customers.view_customer", name="王管理")


def define(keeper, type, label_en, *choices, **fields):
    field = CustomField(type=type, label_en=label_en, **fields)
    return save_custom_field(field, [ChoiceInput("", one) for one in choices], actor=keeper)


@pytest.fixture
def fields(keeper):
    """Fields of the organisation's own, one of each type."""
    return {
        "size": define(keeper, "number", "Size", label_zh="面积", default_column=True),
        "note": define(keeper, "text", "Nickname", searchable=True),
        "opened": define(keeper, "date", "Opened"),
        "color": define(keeper, "choice", "Color", "Red", "Blue", searchable=True),
        "wants": define(keeper, "choices", "Wants", "Tea", "Coffee", "Milk"),
        "chain": define(keeper, "boolean", "Chain"),
    }


def choice(field, label):
    return CustomChoice.objects.get(field=field, label_en=label)


@pytest.fixture
def english():
    """What a test reads outside a request is in English."""
    with override("en"):
        yield


@pytest.fixture
def giver(inside_ours, rep):  # noqa: F811
    """Who hands customers over."""
    return member_with(*GIVER, scope=Scope.OWN, name="李销售", department=rep.department)


@pytest.fixture
def receiver(inside_ours, colleague):  # noqa: F811
    return member_with(*GIVER, scope=Scope.OWN, name="赵同事", department=colleague.department)


@pytest.fixture
def boss(inside_ours, giver):  # noqa: F811
    """Who answers for the giver's department."""
    return member_with(*GIVER, scope=Scope.DEPARTMENT, name="孙经理", department=giver.department)


@pytest.fixture
def claimer(inside_ours):  # noqa: F811
    """A rep who works with the pools."""
    return member_with(*REP, scope=Scope.OWN, name="李销售", department=DepartmentFactory(name="一部"))


@pytest.fixture
def rival(inside_ours, claimer):  # noqa: F811
    """Another one, in another department."""
    return member_with(*REP, scope=Scope.OWN, name="赵同事", department=DepartmentFactory(name="二部"))


@pytest.fixture
def pool_admin(inside_ours):  # noqa: F811
    return member_with(*RIGHTS, *POOL_RIGHTS, "customers.manage_pools", name="管理员")


@pytest.fixture
def key_account(rep) -> Customer:
    return CustomerFactory(
        name="华为技术有限公司", owner=rep, kind="company", phones=["13812345678"], people=["任经理"]
    )


@pytest.fixture
def branch(inside_ours) -> tuple:  # noqa: F811
    """Region, and a team in it."""
    region = DepartmentFactory(name="华东大区")
    return region, DepartmentFactory(name="上海组", parent=region)
