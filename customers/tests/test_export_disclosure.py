"""Who was in a file: each customer of it is named in the disclosure of the export, and nobody else."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.actions import export as actions
from customers.exporting.rows import Export
from customers.models import Customer, CustomerExport, DisclosedCustomer, Disclosure
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_export import ALL, content, exporter, run_here  # noqa: F401
from tenancy.enums import Scope
from tenancy.models import AuditEntry
from workspace.files import path_of
from workspace.models import Job, StoredFile

pytestmark = pytest.mark.django_db
FORMATS = ["csv", "gb18030", "xlsx"]


def named() -> list[str]:
    return sorted(DisclosedCustomer.objects.values_list("customer__name", flat=True))


@pytest.fixture
def five(exporter):  # noqa: F811
    """Customers on three pages of an export, and one that it leaves out."""
    CustomerFactory(name="不在其中", owner=exporter, city="上海")
    return [CustomerFactory(name=f"客户{n}", owner=exporter, city="北京") for n in range(5)]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("customers.exporting.rows.BATCH", 2)
    monkeypatch.setattr(actions, "BATCH", 2)


def asked_for(member, **more):
    return browser(member).post(f"{URL}export/", {**ALL, "query": "city=北京", **more})


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_made_at_once_names_each_customer_in_it(exporter, five, format):  # noqa: F811
    assert content(asked_for(exporter, format=format))
    seen = Disclosure.objects.get()
    assert (seen.pk, seen.kind, seen.customers) == (CustomerExport.objects.get().pk, "export", 5)
    assert named() == [f"客户{n}" for n in range(5)]


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_made_by_a_job_names_them_when_it_is_there(exporter, five, monkeypatch, format):  # noqa: F811
    monkeypatch.setattr(actions, "DIRECT", 2)
    asked_for(exporter, format=format)
    assert (Disclosure.objects.count(), named()) == (0, [])
    assert run_here(Job.objects.get()) == {"rows": 5}
    seen = Disclosure.objects.get()
    assert (seen.pk, seen.kind, seen.customers) == (CustomerExport.objects.get().pk, "export", 5)
    assert named() == [f"客户{n}" for n in range(5)]


def test_a_file_that_is_lost_is_told_and_no_disclosure(exporter, five, monkeypatch):  # noqa: F811
    monkeypatch.setattr(actions, "DIRECT", 2)
    asked_for(exporter)
    run_here(Job.objects.get())
    row = CustomerExport.objects.get()
    path_of(row.file).unlink()
    of_the_file = AuditEntry.objects.filter(object_id=row.pk)
    before = of_the_file.count()
    answer = browser(exporter).get(f"{URL}exports/{row.pk}/")
    assert (answer.headers["Location"], of_the_file.count()) == (f"{URL}exports/", before)


def test_one_outside_the_scope_is_neither_in_the_file_nor_named(rep, colleague):
    CustomerFactory(name="甲", owner=rep)
    CustomerFactory(name="乙", owner=colleague)
    own = member_with(
        "customers.view_customer", actions.EXPORT, scope=Scope.DEPARTMENT, department=rep.department
    )
    content(browser(own).post(f"{URL}export/", ALL))
    assert named() == ["甲"]


def test_an_export_of_nobody_names_nobody(exporter):  # noqa: F811
    assert content(asked_for(exporter))
    assert (Disclosure.objects.count(), DisclosedCustomer.objects.count()) == (0, 0)


def test_who_left_before_a_stream_breaks_off_stays_named(exporter, five):  # noqa: F811
    asked_for(exporter, query="city=北京&sort=name")
    row = CustomerExport.objects.get()
    assert named() == [], "nobody has read it"
    export = Export(actions.Wanted(row.query, row.columns), actions.viewer_for(exporter))
    lines = actions.stream_csv(row, export)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("customers.exporting.writers._PIECE", 1)
        next(lines)
    lines.close()
    assert named() == ["客户0", "客户1"]


def test_a_job_that_fails_leaves_nothing(exporter, five, monkeypatch, settings, tmp_path):  # noqa: F811
    """Somebody who was read has gone before the file is stored: it is not, on the disk neither."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(actions, "DIRECT", 2)
    asked_for(exporter)
    fill = actions._fill

    def and_one_goes(*args):
        count = fill(*args)
        rows = Customer.objects.filter(pk=five[3].pk)
        for relation in ("customersearch", "customerhealth", "customerbirthday"):
            Customer._meta.apps.get_model("customers", relation).objects.filter(customer__in=rows).delete()
        rows._raw_delete(rows.db)
        return count

    monkeypatch.setattr(actions, "_fill", and_one_goes)
    with pytest.raises(IntegrityError), transaction.atomic():
        run_here(Job.objects.get())
    assert (StoredFile.objects.count(), Disclosure.objects.count(), named()) == (0, 0, [])
    assert (CustomerExport.objects.get().rows, list(tmp_path.iterdir())) == (None, [])


@pytest.mark.parametrize(("customers", "batches"), [(1, 1), (2, 1), (3, 2)])
def test_one_statement_a_batch_names_them(exporter, customers, batches):  # noqa: F811
    for number in range(customers):
        CustomerFactory(name=f"客户{number}", owner=exporter, city="北京")
    with CaptureQueriesContext(connection) as asked:
        content(asked_for(exporter))
    naming = [
        one["sql"]
        for one in asked
        if one["sql"].strip().startswith("INSERT INTO customers_disclosedcustomer")
    ]
    assert len(naming) == batches
