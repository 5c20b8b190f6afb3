"""Each wall alone: what the ORM refuses, what the database refuses when the ORM is left out."""

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count

from tenancy.context import organization_context
from tenancy.errors import CrossOrganizationError, NoOrganization
from tenancy.models import Department, Membership
from tenancy.tests.factories import DepartmentFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.tenancy]


def test_the_manager_refuses_without_an_organisation():
    with pytest.raises(NoOrganization):
        Department.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["tenancy_department", "tenancy_membership", "tenancy_auditentry"])
def test_raw_sql_without_a_setting_is_refused(table):
    with (
        pytest.raises(DatabaseError, match=r"app\.organization_id|bigint"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {table}")


@pytest.mark.django_db(transaction=True)
def test_after_a_context_the_setting_is_gone(ours):
    with organization_context(ours):
        DepartmentFactory()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_department")


def test_raw_sql_sees_only_the_organisation_in_force(ours, theirs):
    with organization_context(theirs):
        DepartmentFactory(name="Theirs")
    with organization_context(ours), connection.cursor() as cursor:
        DepartmentFactory(name="Ours")
        cursor.execute("SELECT name FROM tenancy_department")
        assert cursor.fetchall() == [("Ours",)]


def test_raw_writes_cannot_reach_another_organisation(ours, theirs):
    with organization_context(theirs):
        department = DepartmentFactory(name="Theirs")
    with organization_context(ours), connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_department SET name = 'x' WHERE id = %s", [department.pk])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM tenancy_department WHERE id = %s", [department.pk])
        assert cursor.rowcount == 0
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
        ):
            cursor.execute(
                "INSERT INTO tenancy_department (id, organization_id, name) VALUES (%s, %s, 'x')",
                [uuid.uuid4(), theirs.pk],
            )


def test_a_key_that_points_across_is_refused_by_the_database(ours, theirs):
    with organization_context(theirs):
        foreign = DepartmentFactory()
    with (
        organization_context(ours),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        MembershipFactory(department_id=foreign.pk)
        connection.check_constraints()


def test_a_row_of_another_organisation_is_not_saved(ours, theirs):
    with organization_context(theirs):
        department = DepartmentFactory()
    with organization_context(ours), pytest.raises(CrossOrganizationError):
        department.save()


def test_contexts_nest_and_restore(ours, theirs):
    with organization_context(ours):
        DepartmentFactory(name="A")
        with organization_context(theirs):
            assert Department.objects.count() == 0
            DepartmentFactory(name="B")
        assert [d.name for d in Department.objects.all()] == ["A"]
        with pytest.raises(ZeroDivisionError), organization_context(theirs):
            raise ZeroDivisionError
        assert [d.name for d in Department.objects.all()] == ["A"]


def test_joins_name_the_organisation(inside_ours):
    MembershipFactory(department=DepartmentFactory(name="销售部"))
    sql = str(Membership.objects.select_related("department").query)
    assert '"tenancy_membership"."organization_id" = "tenancy_department"."organization_id"' in sql
    assert Membership.objects.get(department__name="销售部").department.name == "销售部"
    assert DepartmentFactory().members.count() == 0


def test_grouping_works_with_the_composite_key(inside_ours):
    department = DepartmentFactory()
    MembershipFactory.create_batch(3, department=department)
    found = Department.objects.annotate(size=Count("members")).get()
    assert (found, found.size) == (department, 3)


def test_bulk_writes_are_stamped(inside_ours):
    made = Department.objects.bulk_create(Department(name=name) for name in "AB")
    assert {row.organization_id for row in made} == {inside_ours.pk}
    assert Department.objects.filter(name="A").update(name="C") == 1


def test_encrypted_text_is_bound_to_its_row(inside_ours):
    first = MembershipFactory(phone="+8613800138000")
    second = MembershipFactory(phone="")
    assert Membership.objects.get(pk=first.pk).phone == "+8613800138000"
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM tenancy_membership WHERE id = %s", [first.pk])
        blob = bytes(cursor.fetchone()[0])
        assert b"138" not in blob
        cursor.execute("UPDATE tenancy_membership SET phone = %s WHERE id = %s", [blob, second.pk])
    from tenancy.crypto import DecryptionError

    with pytest.raises(DecryptionError):
        _ = Membership.objects.get(pk=second.pk).phone
