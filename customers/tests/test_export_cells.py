"""What stands in the cells of a file, of every type, in both languages."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from customers.actions.custom_values import save_custom_values
from customers.actions.tags import link_tags
from customers.enums import InvalidReason, Tier
from customers.exporting.rows import Export, Wanted
from customers.exporting.writers import XlsxFile, csv_pieces
from customers.models import Customer
from customers.queries.custom import specs
from customers.tests.conftest import choice, member_with
from customers.tests.factories import CustomerFactory, TagFactory
from customers.tests.test_export import EXPORT, read_xlsx
from tenancy.access import viewer_for
from tenancy.enums import Scope
from tenancy.tests.factories import grant

pytestmark = pytest.mark.django_db
COLUMNS = [
    "tier", "owner", "phone", "city", "tags", "invalid", "distance", "birthday", "quality", "created",
    "x_size", "x_nickname", "x_opened", "x_color", "x_wants", "x_chain",
]  # fmt: skip
ENGLISH = [
    [
        "Customer", "Tier", "Owner", "Phone", "City", "Tags", "Invalid", "Distance (km)", "Next birthday", "Data quality",
        "Created", "Size", "Nickname", "Opened", "Color", "Wants", "Chain",
    ],
    [
        "'=1+1", "Key", "李销售", "+8613812345678", "-5", "新; Old", "Closed down", "1.2", "", "23", "2026-02-01 00:30",
        "12500.25", "'@老王", "2020-02-29", "Blue", "Tea; Milk", "No",
    ],
    [
        "乙", "Ordinary", "赵同事", "138****0002", "", "", "", "", "", "8", "2026-02-01 00:31",
        "-3", 'a,"b"\nc', "1899-12-31", "", "Coffee", "Yes",
    ],
    ["丙", "Ordinary", "", "", "", "", "", "0", "", "0", "2026-02-01 00:32", "", "", "", "", "", ""],
]  # fmt: skip


@pytest.fixture
def reader(rep):
    """Who sees every customer, and the phones of her own department's in full."""
    member = member_with("customers.view_customer", EXPORT, department=rep.department)
    grant(member, "customers.reveal_contact", scope=Scope.DEPARTMENT)
    return viewer_for(member)


@pytest.fixture
def three(rep, colleague, fields):
    """Customers with a cell of each kind, with little in their cells, and with next to nothing."""
    phones = ["13812345678", "13900000001"]
    one = CustomerFactory(name="=1+1", owner=rep, tier=Tier.KEY, city="-5", distance=1200, phones=phones)
    two = CustomerFactory(name="乙", owner=colleague, phones=["13812340002"])
    three = CustomerFactory(name="丙", distance=0)
    for minute, customer in enumerate((one, two, three)):
        moment = datetime(2026, 1, 31, 16, 30 + minute, tzinfo=UTC)
        Customer.objects.filter(pk=customer.pk).update(created_at=moment)
    Customer.objects.filter(pk=one.pk).update(invalid_reason=InvalidReason.CLOSED)
    link_tags(
        [one.pk], [TagFactory(label_zh="旧", label_en="Old").pk, TagFactory(label_zh="新").pk], actor=None
    )
    among, wants = specs(), fields["wants"]
    save_custom_values(one, {
        "x_size": Decimal("12500.25"), "x_nickname": "@老王", "x_opened": date(2020, 2, 29), "x_chain": False,
        "x_color": [choice(fields["color"], "Blue").pk],
        "x_wants": [choice(wants, "Milk").pk, choice(wants, "Tea").pk],
    }, among)  # fmt: skip
    save_custom_values(two, {
        "x_size": Decimal(-3), "x_nickname": 'a,"b"\nc', "x_opened": date(1899, 12, 31), "x_chain": True,
        "x_wants": [choice(wants, "Coffee").pk],
    }, among)  # fmt: skip


def in_csv(viewer) -> list[list[str]]:
    export = Export(Wanted("sort=created", COLUMNS), viewer)
    text = b"".join(csv_pieces(export.headings, export.batch().cells, "csv")).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def in_xlsx(viewer) -> list[list]:
    export, target = Export(Wanted("sort=created", COLUMNS), viewer), io.BytesIO()
    book = XlsxFile(target, export.headings)
    for row in export.batch().cells:
        book.add(row)
    book.close()
    return read_xlsx(target.getvalue())


def test_cells_of_every_type_as_text(reader, three):
    with override("en"):
        assert in_csv(reader) == ENGLISH


def test_words_are_in_the_language_of_the_reader(reader, three):
    with override("zh-hans"):
        headings, one, two, _three = in_csv(reader)
    assert headings[:6] == ["客户", "等级", "负责人", "电话", "城市", "标签"]
    assert one[1:7] == ["重点", "李销售", "+8613812345678", "-5", "新；旧", "已停业或注销"]
    assert (one[-1], two[-1]) == ("否", "是")


def test_a_workbook_has_numbers_and_days_as_such_and_all_else_as_text(reader, three):
    with override("en"):
        headings, one, two, three_ = in_xlsx(reader)
    assert headings == ENGLISH[0]
    assert one == [
        *ENGLISH[1][:7], 1.2, "", 23.0, datetime(2026, 2, 1, 0, 30),
        12500.25, "'@老王", date(2020, 2, 29), "Blue", "Tea; Milk", "No",
    ]  # fmt: skip
    assert two == [
        *ENGLISH[2][:9], 8.0, datetime(2026, 2, 1, 0, 31), -3.0, *ENGLISH[2][12:],
    ]  # fmt: skip
    assert three_ == [*ENGLISH[3][:7], 0.0, "", 0.0, datetime(2026, 2, 1, 0, 32), *ENGLISH[3][11:]]
