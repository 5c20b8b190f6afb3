"""Nothing encrypted stands anywhere in the clear: every encrypted field of every model is filled, by the ways that people
use where there are any, and a dump of the whole database is searched for what was put in.

A new encrypted field is found by introspection. Until it has a way of its own in `through_the_house`, it is filled directly.
"""

import base64
import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.utils import timezone

from customers.actions.disclosure import record_reveal
from customers.actions.merge import merge_customers
from customers.actions.points import PointInput, save_points
from customers.importing.rows import unseal
from customers.models import Consent, Customer, CustomerSearch, ImportRow, TimelineEntry
from customers.tests.factories import CustomerFactory, consent_of, purpose_of
from customers.tests.import_files import Walk, csv_bytes
from governance.actions.data_request import reject_request
from governance.queries.key_use import Sealed, sealed_models
from governance.tests.dumps import dumped
from governance.tests.privacy_rows import request_of
from tenancy.access import viewer_for
from tenancy.context import current_organization, organization_context
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import Membership
from tenancy.tests.factories import MembershipFactory, OrganizationFactory, grant
from workspace.models import Job, SavedView
from workspace.tests.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

PHONES = [f"139876543{n:02}" for n in range(10)]
MAIL, WECHAT = "kanarienvogel@example.test", "wx_kanarienvogel77"
IDENTITIES = ("11010519491231002X", "440524188001010014")
BANK = "6222021234567890128"
NOTE, REASON, EVIDENCE = "金丝雀备忘七七", "金丝雀拒绝七七", "金丝雀凭证七七"
FILE, HEADING, QUERY = "金丝雀名单七七.csv", "金丝雀列七七", "金丝雀查询七七"
CANARIES = (*PHONES, MAIL, WECHAT, *IDENTITIES, BANK, NOTE, REASON, EVIDENCE, FILE, HEADING, QUERY)
DIRECT = "金丝雀直填"


@pytest.fixture
def house(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    ours = OrganizationFactory(slug="ours", name="常青")
    with organization_context(ours):
        admin = MembershipFactory(name="管理员", language="en", phone=PHONES[0])
        grant(admin)
        MembershipFactory(name="同事")
    return ours, admin


def through_the_house(ours, admin) -> None:
    """What people do, with what must stay secret in it."""
    with organization_context(ours, actor=admin):
        one = CustomerFactory(
            owner=admin, phones=[PHONES[1]], emails=[MAIL], wechats=[WECHAT], identity_number=IDENTITIES[0],
            bank_account=BANK,
        )  # fmt: skip
        kept = [
            PointInput("phone", f"+86{PHONES[2]}"),
            PointInput("email", MAIL),
            PointInput("wechat", WECHAT),
        ]
        save_points(one, kept)
        record_reveal(viewer_for(admin), one, "identity_number", field="identity_number")
        other = CustomerFactory(owner=admin, identity_number=IDENTITIES[1], phones=[PHONES[3]])
        merge_customers(one, [other], wanted={"identity_number": str(other.pk)}, actor=admin)
        consent_of(one, purpose_of(), note=EVIDENCE, actor=admin)
        reject_request(request_of(admin, customer=one, note=NOTE), reason=REASON)
        page = {"owner": admin, "page": "customers", "name": "我的"}
        SavedView.objects.create(**page, query=f"q={PHONES[4]}&x={QUERY}")
    lines = csv_bytes(f"姓名,手机,{HEADING}", f"张三,{PHONES[5]},甲", f"李四,{PHONES[6]}错,乙")
    Walk(ours, admin).upload(lines, FILE).check().apply()
    browser = signed_in(admin)
    points = {
        "points-TOTAL_FORMS": "1", "points-INITIAL_FORMS": "0", "points-0-kind": "phone", "points-0-value": PHONES[7],
        "aliases-TOTAL_FORMS": "0", "aliases-INITIAL_FORMS": "0",
    }  # fmt: skip
    entry = {"kind": "person", "name": "王五", "relationship": "customer", "tier": "ordinary", **points}
    assert browser.post("/o/ours/customers/new/", entry).status_code == 302
    browser.get("/o/ours/customers/", {"q": PHONES[8]})
    wanted = {"answered": "1", "all": "1", "format": "csv", "columns": "shown", "query": f"q={PHONES[9]}"}
    browser.post("/o/ours/customers/export/", wanted)


def fill_directly(sealed: Sealed, column: str, number: int) -> None:
    """A row with this field filled: one that there is, or the smallest that the database takes."""
    name = next(f.name for f in sealed.model._meta.concrete_fields if f.column == column)
    row = sealed.model.objects.order_by("pk").first() or smallest(sealed.model)
    if sealed.model is Consent:
        return  # never changed; `through_the_house` fills it
    setattr(row, name, f"{DIRECT}{number}")
    row.save()


def smallest(model: Any) -> Any:
    given: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name == "organization" or field.has_default() or field.null:
            continue
        given[field.name] = _anything(field, given)
    return model.objects.create(**given)


def _anything(field: models.Field, given: dict[str, Any]) -> Any:
    if isinstance(field, TenantForeignKey):
        target = field.remote_field.model
        # Two keys to one model tell two rows apart: who gives is not who receives.
        taken = [value.pk for value in given.values() if isinstance(value, target)]
        rows = target.objects.order_by("pk")
        return rows.exclude(pk__in=taken).first() or rows.first() or smallest(target)
    if field.choices:
        return field.choices[0][0]
    kinds: dict[type, Any] = {
        models.DateTimeField: timezone.now(),
        models.DateField: timezone.localdate(),
        models.IntegerField: 1,
        models.BinaryField: b"x",
        models.UUIDField: current_organization().uid,
    }
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), "x")


def held_in_the_clear(text: str, canary: str) -> bool:
    raw = canary.encode()
    encoded = base64.b64encode(raw).decode().rstrip("=")[:-1]
    escaped = json.dumps(canary)[1:-1]
    return any(form in text for form in (canary, raw.hex(), encoded, escaped))


def test_no_dump_and_no_file_holds_what_is_encrypted(house):
    ours, admin = house
    through_the_house(ours, admin)
    numbers, direct = count(), []
    with organization_context(ours, actor=admin):
        for sealed in sealed_models():
            for field in sealed.model._meta.concrete_fields:
                if isinstance(field, EncryptedTextField) and not filled(sealed, field.name):
                    number = next(numbers)
                    fill_directly(sealed, field.column, number)
                    direct.append(f"{DIRECT}{number}")
                    assert filled(sealed, field.name), f"{sealed.key}.{field.name} could not be filled"
    dump = dumped()
    assert "王五" in dump and "张三" in dump, "the dump holds what is not secret"
    assert [canary for canary in (*CANARIES, *direct) if held_in_the_clear(dump, canary)] == []
    stored = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert stored != []
    assert [path for path in stored if any(one.encode() in path.read_bytes() for one in CANARIES)] == []


def filled(sealed: Sealed, name: str) -> bool:
    return any(getattr(row, name) for row in sealed.model.objects.all())


def test_what_was_put_in_is_there_for_those_who_may_read_it(house):
    """Otherwise the search of the dump would prove nothing."""
    ours, admin = house
    through_the_house(ours, admin)
    told = []
    with organization_context(ours):
        for sealed in sealed_models():
            for field in sealed.model._meta.concrete_fields:
                if isinstance(field, EncryptedTextField):
                    told += [getattr(row, field.name) for row in sealed.model.objects.all()]
        told += [
            json.dumps(unseal(bytes(row.payload), ours.uid, row.pk), ensure_ascii=False)
            for row in ImportRow.objects.all()
        ]
        everything = "\n".join(told)
        assert [one for one in CANARIES if one not in everything and one not in (PHONES[1], PHONES[8])] == []
        assert (Job.objects.count() > 0, TimelineEntry.objects.count() > 0) == (True, True)
        assert CustomerSearch.objects.count() == Customer.objects.count()
        assert Membership.objects.get(pk=admin.pk).phone == PHONES[0]
