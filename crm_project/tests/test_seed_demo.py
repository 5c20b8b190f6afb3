"""The demo's log-ins are known to everybody: it is made in no database but one that was meant for it."""

import re

import pytest
from django.core.management import CommandError, call_command

from crm_project.demo.organizations import ALL, PASSWORD
from launch.demo import LOG_INS
from tenancy.models import Organization, User
from tenancy.tests.factories import OrganizationFactory


@pytest.mark.django_db
def test_what_is_no_demo_database_stays_empty(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo database"):
        call_command("seed_demo", customers=1)
    assert not Organization.objects.exists() and not User.objects.exists()


@pytest.mark.django_db
def test_a_database_with_an_organisation_is_left_alone(settings):
    settings.DEMO = True
    kept = OrganizationFactory()
    with pytest.raises(CommandError, match="only made in an empty database"):
        call_command("seed_demo", customers=1)
    assert list(Organization.objects.all()) == [kept]
    assert not User.objects.exists()


def test_the_log_ins_that_a_start_prints_are_those_that_are_made():
    made = {f"{one.login}@{plan.slug}.example" for plan in ALL for one in plan.people if one.signs_in}
    assert set(re.findall(r"\S+@\S+", LOG_INS)) == made
    assert PASSWORD in LOG_INS
