import pytest
from django.utils.translation import override

from customers.actions.custom_field import ChoiceInput, save_custom_field
from customers.models import CustomChoice, CustomField
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
