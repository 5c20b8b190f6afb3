"""Merging: everything moves, nothing is lost, nobody is misled, and undoing gives it all back."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.book import archive, restore
from customers.actions.customer import StaleWrite, edit_customer
from customers.actions.merge import Unmergeable, merge_customers
from customers.actions.relation import relate
from customers.actions.unmerge import NotUndoable, undo_merge
from customers.enums import MatchKey
from customers.importing import matching
from customers.mergeable import BOTH, CHOICES
from customers.models import (
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerNeeds,
    Merge,
    Relation,
    TimelineEntry,
)
from customers.queries.search import find
from customers.relations import BY_KEY
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.relations import relations_of
from customers.tests.test_customer_list import browser
from customers.tests.test_uncollected_everywhere import marked
from interactions.models import CustomerContact, Interaction, Plan
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import MembershipFactory, grant
from workspace.models import Notification

pytestmark = pytest.mark.django_db
ALL = (*RIGHTS, "customers.merge_customer")
URL = "/o/ours/customers/merge/"


@pytest.fixture
def rep(inside_ours):
    return member_with(*ALL, scope=Scope.OWN, name="李销售")


@pytest.fixture
def colleague(inside_ours):
    return member_with(*ALL, scope=Scope.OWN, name="赵同事")


@pytest.fixture
def boss(inside_ours):
    return member_with(*ALL, name="管理员")


def two(rep, **fields):
    one = CustomerFactory(
        owner=rep,
        name="晨光科技有限公司",
        phones=["13812345678"],
        aliases=["晨光"],
        people=["王芳"],
        city="北京",
    )
    other = CustomerFactory(
        **{"owner": rep, "name": "北京晨光科技公司", "phones": ["13812345678", "13900001111"], "emails": ["a@example.com"],
           "aliases": ["晨光", "CG"], "people": ["李雷"], "industry": "软件", **fields}
    )  # fmt: skip
    return one, other


def columns_of(row, *but):
    """What the row holds, column by column. Each writing counts its version and its moment on."""
    left = {"version", "updated_at", *but}
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in left
    }


def picture(*customers):
    """All that a person could see of the customers and what belongs to them."""
    connection.check_constraints()
    facts = []
    for one in customers:
        row = Customer.objects.get(pk=one.pk)
        values = [columns_of(kept) for kept in (row, *CustomerNeeds.objects.filter(customer=row))]
        points = {
            (p.pk, p.person_id, p.kind, p.value, p.is_primary)
            for p in ContactPoint.objects.filter(customer=row)
        }
        rows = [
            set(model.objects.filter(customer=row).values_list("pk", flat=True))
            for model in (ContactPerson, CustomerAlias, Interaction, Plan)
        ]
        facts.append((values, points, rows))
    return facts


def codes_found(text, viewer):
    return [row.code for row in find(text, viewer, "customers.view_customer").narrow(Customer.objects.all())]


def test_the_survivor_has_everything_once_and_the_other_leads_to_it(rep):
    one, other = two(rep)
    said = Interaction.objects.create(customer=other, person=other.people.get(), by=rep, summary="谈了价格")
    plan = Plan.objects.create(customer=other, owner=rep, due_on="2026-12-24")
    merge = merge_customers(one, [other], actor=rep, wanted={"name": str(one.pk)})
    connection.check_constraints()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.name, one.city, one.industry) == ("晨光科技有限公司", "北京", "软件")
    assert sorted(p.value for p in one.points.all()) == ["+8613812345678", "+8613900001111", "a@example.com"]
    assert [p.value for p in other.points.all()] == ["+8613812345678"]
    assert {p.kind for p in one.points.filter(is_primary=True)} == {"phone", "email"}
    assert one.points.filter(is_primary=True, kind="phone").get().value == "+8613812345678"
    assert sorted(a.name for a in one.aliases.all()) == ["CG", "晨光"]
    assert sorted(p.name for p in one.people.all()) == ["李雷", "王芳"]
    said.refresh_from_db()
    plan.refresh_from_db()
    assert (said.customer_id, plan.customer_id) == (one.pk, one.pk)
    assert CustomerContact.objects.get(customer=one).last_text == "谈了价格"
    assert other.archived_at is not None
    assert merge.counts == {
        "customers.contactperson": 1, "customers.contactpoint": 2, "customers.customeralias": 1,
        "customers.timelineentry": 1, "interactions.interaction": 1, "interactions.plan": 1,
    }  # fmt: skip
    response = browser(rep).get(f"/o/ours/customers/{other.pk}/")
    assert (response.status_code, response.url) == (302, f"/o/ours/customers/{one.pk}/")
    assert codes_found(other.code, viewer_for(rep)) == [one.code]


def test_a_code_leads_through_two_merges(rep):
    first, second = two(rep)
    third = CustomerFactory(owner=rep, name="晨光集团")
    merge_customers(second, [first], actor=rep)
    merge_customers(third, [second], actor=rep)
    assert codes_found(first.code, viewer_for(rep)) == [third.code]
    response = browser(rep).get(f"/o/ours/customers/{first.pk}/")
    assert response.url == f"/o/ours/customers/{third.pk}/"


def test_values_are_taken_as_chosen_and_texts_can_be_joined(rep):
    one = CustomerFactory(
        owner=rep, name="甲", remarks="老客户", identity_number="A1234567", city="北京", street="人民路1号"
    )
    other = CustomerFactory(owner=rep, name="乙", remarks="爱喝茶", identity_number="B7654321", city="上海")
    CustomerNeeds.objects.create(id=other.pk, customer=other, preferences="绿茶")
    wanted = {
        "remarks": BOTH,
        "identity_number": str(other.pk),
        "address": str(other.pk),
        "name": str(one.pk),
    }
    merge = merge_customers(one, [other], actor=rep, wanted=wanted)
    one.refresh_from_db()
    assert (one.name, one.remarks, one.identity_number) == ("甲", "老客户\n\n爱喝茶", "B7654321")
    assert (one.city, one.street) == ("上海", "")
    assert CustomerNeeds.objects.get(customer=one).preferences == "绿茶"
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT replaced, counts::text, "left"::text FROM customers_merge WHERE id = %s', [merge.pk]
        )
        stored, *rest = cursor.fetchone()
    assert b"1234567" not in bytes(stored)
    assert "1234567" not in "".join(rest)
    undo_merge(merge, actor=rep)
    one.refresh_from_db()
    assert (one.remarks, one.identity_number, one.city, one.street) == (
        "老客户",
        "A1234567",
        "北京",
        "人民路1号",
    )
    assert CustomerNeeds.objects.get(customer=one).preferences == ""
    assert CustomerNeeds.objects.get(customer=other).preferences == "绿茶"


def test_relations_between_the_two_and_those_known_already_stay(rep):
    one, other = two(rep)
    third = CustomerFactory(owner=rep, name="母公司")
    for customer in (one, other):
        relate(Relation(), customer=customer, other=third, role=BY_KEY["parent_company"], actor=rep)
    relate(Relation(), customer=one, other=other, role=BY_KEY["partner"], actor=rep)
    merge_customers(one, [other], actor=rep)
    connection.check_constraints()
    held = Relation.objects.filter(target=one) | Relation.objects.filter(source=one)
    assert sorted(row.kind for row in held) == ["parent_company", "partner"]
    assert Relation.objects.filter(kind="parent_company", target=one).count() == 1


def test_undo_gives_everything_back(rep):
    one, other = two(rep)
    Interaction.objects.create(customer=other, person=other.people.get(), by=rep, summary="谈了价格")
    before = picture(one, other)
    merge = merge_customers(one, [other], actor=rep)
    assert picture(one, other) != before
    left = undo_merge(merge, actor=rep)
    assert left.to_json() == {}
    assert picture(one, other) == before
    assert codes_found(other.code, viewer_for(rep)) == [other.code]
    with pytest.raises(NotUndoable):
        undo_merge(merge, actor=rep)
    again = merge_customers(one, [other], actor=rep)
    assert again.pk != merge.pk


def test_each_value_can_be_the_others(rep, colleague):
    """Whatever column a customer or its needs have, but for what makes them this one."""
    one = CustomerFactory(owner=rep, name="晨光", kind="person")
    other = marked(colleague, name="旭日", kind="company")
    typed = {"relationship": "partner", "tier": "key", "birthday_typed": "1957-03-19"}
    Customer.objects.filter(pk=other.pk).update(**typed)
    own = (
        "id", "organization", "customer", "code", "folder", "created_by", "created_at", "archived_at", "invalid_reason",
    )  # fmt: skip

    def values(customer):
        rows = Customer.objects.get(pk=customer.pk), CustomerNeeds.objects.get(customer=customer)
        return columns_of(rows[0], *own), columns_of(rows[1], *own)

    wanted = values(other)
    assert [key for columns in wanted for key, value in columns.items() if value in (None, "")] == []
    merge_customers(one, [other], actor=rep, wanted={choice.key: str(other.pk) for choice in CHOICES})
    assert values(one) == wanted


def test_what_people_did_since_stays_and_is_reported(rep):
    one, other = two(rep)
    person = other.people.get()
    merge = merge_customers(one, [other], actor=rep, wanted={"name": str(other.pk)})
    person.refresh_from_db()
    person.title = "总经理"
    person.save()
    gone = other.aliases.model.objects.get(name="CG")
    gone.delete()
    one = Customer.objects.get(pk=one.pk)
    one.name, one.version = "晨光新名", one.version + 1
    edit_customer(one, actor=rep)
    late = Interaction.objects.create(customer=one, person=person, by=rep, summary="合并之后")
    left = undo_merge(merge, actor=rep)
    connection.check_constraints()
    assert (left.changed, left.gone, left.fields) == (1, 1, ["name"])
    person.refresh_from_db()
    late.refresh_from_db()
    assert (person.customer_id, person.title) == (other.pk, "总经理")
    assert late.customer_id == other.pk, "what was said with a person goes where the person goes"
    assert Customer.objects.get(pk=one.pk).name == "晨光新名"
    merge.refresh_from_db()
    assert merge.left == {"changed": 1, "gone": 1, "fields": ["name"]}


def test_a_contact_given_to_a_person_of_the_survivor_stays_with_them(rep):
    one, other = two(rep)
    said = Interaction.objects.create(customer=other, person=other.people.get(), by=rep, summary="谈了价格")
    merge = merge_customers(one, [other], actor=rep)
    Interaction.objects.filter(pk=said.pk).update(person=one.people.get(name="王芳"))
    left = undo_merge(merge, actor=rep)
    connection.check_constraints()
    said.refresh_from_db()
    assert (said.customer_id, left.gone) == (one.pk, 1)


def test_the_later_merge_is_undone_first(rep):
    one, other = two(rep)
    third = CustomerFactory(owner=rep, name="晨光集团")
    first = merge_customers(one, [other], actor=rep)
    second = merge_customers(third, [one], actor=rep)
    with pytest.raises(NotUndoable):
        undo_merge(first, actor=rep)
    undo_merge(second, actor=rep)
    undo_merge(first, actor=rep)
    assert Customer.objects.active().filter(pk__in=[one.pk, other.pk, third.pk]).count() == 3


@pytest.mark.parametrize("case", ["itself", "alone", "five", "archived", "merged"])
def test_what_cannot_be_merged_is_refused(rep, case):
    one, other = two(rep)
    losers = {"itself": [one], "alone": [], "five": [CustomerFactory(owner=rep) for _ in range(4)]}.get(
        case, [other]
    )
    if case == "archived":
        archive([other.pk], actor=rep)
    if case == "merged":
        merge_customers(CustomerFactory(owner=rep), [other], actor=rep)
    before = Merge.objects.count()
    with pytest.raises(Unmergeable):
        merge_customers(one, losers, actor=rep)
    assert Merge.objects.count() == before


def test_a_stale_merge_is_refused_and_a_merged_customer_is_not_restored(rep):
    one, other = two(rep)
    with pytest.raises(StaleWrite):
        merge_customers(one, [other], actor=rep, versions={one.pk: 1, other.pk: 7})
    merge_customers(one, [other], actor=rep, versions={one.pk: 1, other.pk: 1})
    assert restore([other.pk], actor=rep)[1] == 0
    assert Customer.objects.get(pk=other.pk).archived_at is not None


def test_the_owners_are_told_unless_they_did_it_themselves(rep, colleague, boss):
    one, other = two(rep, owner=colleague)
    merge_customers(one, [other], actor=boss)
    told = Notification.objects.filter(kind="customers.merged").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted([rep.pk, colleague.pk])
    Notification.objects.all().delete()
    merge_customers(CustomerFactory(owner=rep), [CustomerFactory(owner=rep)], actor=rep)
    assert not Notification.objects.exists()


def form_of(response):
    form = response.context["form"]
    data = {"id": str(form["id"].value()), "into": form["into"].value()}
    data |= {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    return data | {"ids": [str(side.customer.pk) for side in form.sides]}


def test_the_page_merges_once_however_often_it_is_sent(rep):
    one, other = two(rep)
    client = browser(rep)
    data = form_of(client.get(URL, {"ids": [str(one.pk), str(other.pk)]}))
    data |= {"into": str(other.pk), "value-name": str(one.pk)}
    answers = [client.post(URL, data) for _ in range(2)]
    assert {(a.status_code, a.url) for a in answers} == {(302, f"/o/ours/customers/{other.pk}/")}
    assert Merge.objects.count() == 1
    other.refresh_from_db()
    assert other.name == "晨光科技有限公司"
    undone = client.post(f"/o/ours/customers/merges/{Merge.objects.get().pk}/undo/")
    assert undone.status_code == 302
    assert Customer.objects.active().count() == 2


def test_two_tabs_at_once(rep):
    """The second one looks at values that are no longer there: it is asked again, and then told."""
    one, other = two(rep)
    client = browser(rep)
    ids = {"ids": [str(one.pk), str(other.pk)]}
    first, second = (form_of(client.get(URL, ids)) for _ in range(2))
    assert client.post(URL, first).status_code == 302
    assert client.post(URL, second).status_code == 409
    assert Merge.objects.count() == 1


def test_the_page_refuses_what_is_out_of_reach_and_what_makes_no_sense(rep, colleague, theirs):
    one, other = two(rep)
    foreign = CustomerFactory(owner=colleague)
    with organization_context(theirs):
        stranger = MembershipFactory()
        grant(stranger)
        elsewhere = CustomerFactory(owner=stranger)
    client = browser(rep)
    for key in (foreign.pk, elsewhere.pk):
        assert client.get(URL, {"ids": [str(one.pk), str(key)]}).status_code == 404
        assert client.post(URL, {"ids": [str(one.pk), str(key)]}).status_code == 404
    good = form_of(client.get(URL, {"ids": [str(one.pk), str(other.pk)]}))
    for bad in ({"into": str(foreign.pk)}, {"id": "x"}, {"value-name": "\x00"}, {f"version-{one.pk}": "😀"}):
        assert client.post(URL, {**good, **bad}).status_code == 422, bad
    assert client.get(URL, {"ids": ["nonsense", "１２"]}).status_code == 200
    assert not Merge.objects.exists()


def test_a_person_and_a_company_need_a_second_look(rep):
    one, other = (
        CustomerFactory(owner=rep, name="王芳", kind="person"),
        CustomerFactory(owner=rep, name="王芳"),
    )
    client = browser(rep)
    data = form_of(client.get(URL, {"ids": [str(one.pk), str(other.pk)]}))
    assert client.post(URL, data).status_code == 422
    assert client.post(URL, {**data, "across": "1"}).status_code == 302


def test_who_sees_the_merged_but_not_the_survivor_is_told_whom_to_ask(rep, colleague, boss):
    one, other = two(rep, owner=colleague)
    merge_customers(one, [other], actor=boss, wanted={"owner": str(one.pk)})
    response = browser(colleague).get(f"/o/ours/customers/{other.pk}/")
    assert response.status_code == 200
    assert "李销售" in response.content.decode()
    assert one.name not in response.content.decode()


def test_timelines_tell_of_both(rep):
    one, other = two(rep)
    merge = merge_customers(one, [other], actor=rep)
    undo_merge(merge, actor=rep)
    for customer in (one, other):
        kinds = TimelineEntry.objects.filter(customer=customer, subject_id=merge.pk).values_list(
            "kind", flat=True
        )
        assert sorted(kinds) == ["customer.merged", "customer.unmerged"]


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_costs_the_same_for_two_and_four(rep, more, django_assert_num_queries):
    ids = [str(one.pk) for one in (*two(rep), *(CustomerFactory(owner=rep) for _ in range(more)))]
    client = browser(rep)
    client.get(URL, {"ids": ids})
    with django_assert_num_queries(14):
        client.get(URL, {"ids": ids})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shape=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=2, max_size=4),
    steps=st.lists(st.integers(0, 3), min_size=1, max_size=4),
)
def test_any_merges_undone_in_turn_leave_everything_as_it_was(rep, shape, steps):
    """Merges of any of them into any other, nested, then undone from the last to the first."""
    made = [
        CustomerFactory(
            owner=rep,
            name=f"客户{place}",
            phones=["13812345678"] if phone else [f"1390000{place:04d}"],
            people=["王芳"] if person else [],
            aliases=["别名"] if alias else [],
            remarks=f"备注{place}",
        )
        for place, (phone, person, alias) in enumerate(shape)
    ]
    for one in made:
        for person in one.people.all():
            Interaction.objects.create(customer=one, person=person, by=rep, summary="说过")
    before = picture(*made)
    merges = []
    alive = list(made)
    for step in steps:
        if len(alive) > 1:
            survivor = alive.pop(step % len(alive))
            loser = alive.pop(0)
            alive.append(survivor)
            merges.append(merge_customers(survivor, [loser], actor=rep))
            connection.check_constraints()
    for merge in reversed(merges):
        assert undo_merge(merge, actor=rep).to_json() == {}
    assert picture(*made) == before


def test_an_import_that_knows_the_merged_code_finds_the_survivor(rep):
    one, other = two(rep)
    merge_customers(one, [other], actor=rep)
    [found] = matching.find([[(MatchKey.CODE, other.code)]])
    [hit] = found[MatchKey.CODE]
    assert (hit.id, hit.owner, hit.archived) == (one.pk, rep.pk, False)


@pytest.mark.parametrize("turned", [False, True])
def test_a_relation_that_reads_the_same_from_both_sides_is_there_once(rep, turned):
    survivor, loser = two(rep)
    partner = CustomerFactory(owner=rep, name="伙伴")
    relate(Relation(), customer=survivor, other=partner, role=BY_KEY["partner"], actor=rep)
    ends = (partner, loser) if turned else (loser, partner)
    relate(Relation(), customer=ends[0], other=ends[1], role=BY_KEY["partner"], actor=rep)
    relate(Relation(), customer=ends[0], other=ends[1], role=BY_KEY["supplier"], actor=rep)
    before = picture(survivor, loser, partner)
    merge = merge_customers(survivor, [loser], actor=rep)
    shown = [one.role.key for one in relations_of(survivor, viewer_for(rep))]
    assert sorted(shown) == sorted(["partner", "buyer" if turned else "supplier"])
    undo_merge(merge, actor=rep)
    assert picture(survivor, loser, partner) == before
