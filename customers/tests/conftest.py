import pytest

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
