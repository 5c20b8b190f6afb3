import pytest

from tenancy.context import organization_context
from tenancy.models import Organization
from tenancy.tests.factories import OrganizationFactory


@pytest.fixture
def ours(db) -> Organization:
    return OrganizationFactory(slug="ours", name="常青")


@pytest.fixture
def theirs(db) -> Organization:
    return OrganizationFactory(slug="theirs", name="Globex", default_language="en")


@pytest.fixture
def inside_ours(ours):
    with organization_context(ours):
        yield ours
