"""Relations: the same from both sides, never in a circle, and never a name to those who may not know it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.employment import NotOneHuman, employ, leave, register_person
from customers.actions.person import save_person
from customers.actions.points import PointInput
from customers.actions.relation import TooLate, Unrelatable, relate, relate_again, unrelate
from customers.enums import RelationKind
from customers.models import ContactPerson, Customer, CustomerHealth, Employment, Relation, TimelineEntry
from customers.queries.relation_graph import graph_of
from customers.queries.relations import companies_of
from customers.relations import BY_KEY, ROLES, inverse, role_of
from customers.tests.factories import CustomerFactory
from customers.tests.relations import relations_of
from customers.tests.test_customer_list import CONTEXT, browser
from interactions.queries.customers import people_of
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory, grant

pytestmark = pytest.mark.django_db


def company(owner, name="甲公司"):
    return CustomerFactory(owner=owner, name=name, kind="company")


def person(owner, name="陈晓东", **fields):
    return CustomerFactory(owner=owner, name=name, kind="person", **fields)


def link(customer, other, role, actor, **fields):
    return relate(Relation(**fields), customer=customer, other=other, role=BY_KEY[role], actor=actor)


def told(customer, viewer):
    return [(one.role.key, one.name) for one in relations_of(customer, viewer_for(viewer))]


def url(customer, rest=""):
    return f"/o/ours/customers/{customer.pk}/{rest}"


def test_every_role_has_its_other_side():
    for role in ROLES:
        assert inverse(inverse(role)) == role
        assert (inverse(role) == role) == (role.kind in RelationKind.SYMMETRIC)
        assert role_of(role.kind, names_source=role.names_source) == role
    assert {role.kind for role in ROLES} == set(RelationKind)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=st.sampled_from(ROLES), turned=st.booleans())
def test_a_relation_reads_the_same_from_both_sides(rep, role, turned):
    """Whoever of the two it was added from: each is to the other what they are, once, and removed it is gone from both."""
    Relation.objects.all().delete()
    make = person if role.fits("person", "person") else company
    one, other = make(rep, "甲"), make(rep, "乙")
    if turned:
        row = link(other, one, inverse(role).key, rep)
    else:
        row = link(one, other, role.key, rep)
    assert (told(one, rep), told(other, rep)) == ([(role.key, "乙")], [(inverse(role).key, "甲")])
    for first, second, again in ((one, other, role), (other, one, inverse(role))):
        with pytest.raises(Unrelatable):
            link(first, second, again.key, rep)
    unrelate(row, actor=rep)
    assert (told(one, rep), told(other, rep)) == ([], [])
    relate_again(row, actor=rep)
    assert (told(one, rep), told(other, rep)) == ([(role.key, "乙")], [(inverse(role).key, "甲")])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_companies_never_stand_above_themselves(rep, pairs):
    Relation.objects.all().delete()
    companies = [company(rep, f"公司{number}") for number in range(5)]
    above = {number: set() for number in range(5)}
    for parent, child in pairs:
        seen, waiting = set(), [parent]
        while waiting:
            waiting += above[(one := waiting.pop())] - seen
            seen |= above[one]
        refused = parent == child or child in seen or parent in above[child]
        try:
            link(companies[child], companies[parent], "parent_company", rep)
        except Unrelatable:
            assert refused
        else:
            assert not refused
            above[child].add(parent)


def test_what_cannot_be_is_refused(rep):
    firm, human = company(rep), person(rep)
    for customer, other, role in (
        (firm, firm, "partner"), (firm, human, "subsidiary"), (firm, human, "spouse"), (human, firm, "child"),
    ):  # fmt: skip
        with pytest.raises(Unrelatable):
            link(customer, other, role, rep)
    link(firm, human, "referrer", rep)
    assert told(firm, rep) == [("referrer", "陈晓东")]


def test_a_line_stands_on_both_timelines_and_names_nobody(rep):
    parent, child = company(rep, "母公司甲"), company(rep, "子公司乙")
    row = link(child, parent, "parent_company", rep)
    lines = TimelineEntry.objects.filter(kind="customer.related")
    assert {(line.customer_id, line.params["role"], line.subject_id) for line in lines} == {
        (child.pk, "parent_company", parent.pk), (parent.pk, "subsidiary", child.pk),
    }  # fmt: skip
    assert not any("甲" in str(line.params) or "乙" in str(line.params) for line in lines)
    unrelate(row, actor=rep)
    assert lines.all().count() == 4
    Relation.objects.filter(pk=row.pk).update(removed_at=timezone.now() - timedelta(hours=2))
    row.refresh_from_db()
    with pytest.raises(TooLate):
        relate_again(row, actor=rep)


def test_who_is_out_of_reach_has_no_name_anywhere(rep, colleague, admin):
    mine, hidden, behind = (
        company(rep, "我的公司"),
        company(colleague, "秘密公司"),
        company(colleague, "更深公司"),
    )
    link(mine, hidden, "subsidiary", admin, note="三年前收购")
    link(hidden, behind, "subsidiary", admin)
    assert told(mine, rep) == [("subsidiary", "")]
    [one] = relations_of(mine, viewer_for(rep))
    assert (one.key, one.seen, one.owner) == (None, False, "赵同事")
    with override("en"):
        graph = graph_of(mine, viewer_for(rep))
    assert [(node.name, node.seen) for node in graph.nodes] == [
        ("我的公司", True),
        ("Another customer", False),
    ]
    assert {node.name for node in graph_of(mine, viewer_for(admin)).nodes} == {
        "我的公司",
        "秘密公司",
        "更深公司",
    }
    client = browser(rep)
    for page in ("", "relations/", "timeline/"):
        html = client.get(url(mine, page)).content.decode()
        assert (
            "秘密公司" not in html
            and "更深公司" not in html
            and str(hidden.pk) not in html.replace(f"/customers/{hidden.pk}/", "")
        )
    assert "赵同事" in client.get(url(mine, "relations/")).content.decode()
    # Nor can it be chosen, searched or related by its key.
    assert "秘密公司" not in client.get(url(mine, "relations/new/"), {"q": "秘密"}).content.decode()
    refused = client.post(url(mine, "relations/new/"), {"other": str(hidden.pk), "role": "partner"})
    assert refused.status_code == 422 and Relation.objects.count() == 2


def test_the_graph_is_bounded_and_draws_each_once(rep):
    hub = company(rep, "中心")
    for number in range(15):
        link(hub, company(rep, f"公司{number:02}"), "partner", rep)
    first, second = Customer.objects.get(name="公司00"), Customer.objects.get(name="公司01")
    link(first, second, "supplier", rep)
    graph = graph_of(hub, viewer_for(rep))
    assert len(graph.nodes) == len({node.id for node in graph.nodes}) == 13
    assert graph.nodes[0].left_out == 3
    assert [{one.name, other.name} for one, other in graph.crossing] == [{"公司00", "公司01"}]
    assert len({node.y for node in graph.nodes if node.depth == 1}) == 12
    page = browser(rep).get(url(hub, "relations/")).content.decode()
    assert page.count("<rect") == 13 and "graph-besides" in page


# the frame's six; customer with its relations; graph: relations and employments, twice
@pytest.mark.parametrize("customers", [1, 3])
def test_the_tab_costs_the_same_for_one_relation_and_for_three(rep, customers, django_assert_num_queries):
    hub = company(rep, "中心")
    for number in range(customers):
        link(hub, company(rep, f"公司{number}"), "partner", rep)
    client = browser(rep)
    client.get(url(hub, "relations/"))
    with django_assert_num_queries(10 + CONTEXT):
        client.get(url(hub, "relations/"))


def test_a_relation_is_added_changed_and_removed_in_the_browser(rep):
    firm, other = company(rep), company(rep, "乙公司")
    client = browser(rep)
    page = client.get(url(firm, "relations/new/"), {"q": "乙"})
    assert [one.name for one in page.context["customers"]] == ["乙公司"]
    data = {
        "id": str(page.context["form"]["id"].value()),
        "other": str(other.pk),
        "role": "subsidiary",
        "since": "2020-02-29",
    }
    assert [client.post(url(firm, "relations/new/"), data).status_code for _ in range(2)] == [302, 302]
    row = Relation.objects.get()
    assert (row.source, row.target, str(row.since), row.created_by) == (firm, other, "2020-02-29", rep)
    edit = url(other, f"relations/{row.pk}/")
    for wrong in (
        {"since": "2999-01-01"},
        {"since": "2021-02-29"},
        {"note": "长" * 201},
        {"since": "2020-02-02", "until": "2020-01-01"},
    ):
        assert client.post(edit, wrong).status_code == 422, wrong
    assert client.post(
        edit, {"since": "2020-01-01", "until": "2020-06-01", "note": "已出售\x00😀"}
    ).status_code in (302, 422)
    assert (
        client.post(edit, {"since": "2020-01-01", "until": "2020-06-01", "note": "已出售 😀"}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (str(row.until), row.note) == ("2020-06-01", "已出售 😀")
    assert client.post(url(firm, f"relations/{row.pk}/remove/")).status_code == 302
    assert told(firm, rep) == []
    assert client.post(url(firm, f"relations/{row.pk}/restore/")).status_code == 302
    assert told(other, rep) == [("parent_company", "甲公司")]
    for wrong in ({"role": "nothing"}, {"other": "x"}, {"other": ""}, {"other": str(firm.pk)}, {"role": ""}):
        fresh = {key: value for key, value in data.items() if key != "id"}
        assert client.post(url(firm, "relations/new/"), fresh | wrong).status_code == 422, wrong


def test_a_stranger_relates_nothing(rep, theirs):
    firm = company(rep)
    with organization_context(theirs):
        stranger = MembershipFactory()
        grant(stranger)
        foreign = CustomerFactory(owner=stranger, name="外面的公司")
    refused = browser(rep).post(url(firm, "relations/new/"), {"other": str(foreign.pk), "role": "partner"})
    assert refused.status_code == 422
    assert browser(stranger).get(url(firm, "relations/")).status_code == 404


def test_one_person_works_at_several_companies(rep, admin):
    human = person(rep, phones=["13812345678"])
    first, second = company(rep, "甲公司"), company(rep, "乙公司")
    one = employ(ContactPerson(title="厂长", role="decider"), company=first, individual=human, actor=rep)
    employ(ContactPerson(title="顾问"), company=second, individual=human, actor=rep)
    with pytest.raises(NotOneHuman):
        employ(ContactPerson(), company=first, individual=human, actor=rep)
    with pytest.raises(NotOneHuman):
        employ(ContactPerson(), company=first, individual=second, actor=rep)
    assert [job.company.name for job in companies_of(human, viewer_for(rep))] == ["甲公司", "乙公司"]
    assert people_of(first.pk).count() == 1
    leave(one, actor=rep)
    # No longer proposed as a contact, last among the companies; the contact person and the history stay.
    assert people_of(first.pk).count() == 0
    assert [job.company.name for job in companies_of(human, viewer_for(rep))] == ["乙公司", "甲公司"]
    assert ContactPerson.objects.get(customer=first).left_on == timezone.localdate()
    assert CustomerHealth.objects.get(customer=first).missing >> 3 & 1
    assert (
        employ(ContactPerson(title="总经理"), company=first, individual=human, actor=rep).person.left_on
        is None
    )
    page = browser(rep).get(url(human)).content.decode()
    assert "甲公司" in page and "乙公司" in page and "left on" in page
    assert url(human) in browser(rep).get(url(second)).content.decode()
    found = browser(rep).get("/o/ours/customers/", {"q": "陈晓东"})
    assert {row["name"] for row in found.context["rows"]} == {"陈晓东", "甲公司", "乙公司"}


def test_a_contact_person_gets_a_page_of_their_own_once(rep):
    firm = company(rep)
    row = save_person(
        ContactPerson(customer=firm, name="李经理"), points=[PointInput("phone", "+8613812345678")], actor=rep
    )
    human = register_person(row, actor=rep)
    assert register_person(row, actor=rep) == human
    assert (human.kind, human.name, human.owner) == ("person", "李经理", rep)
    assert human.points.get().value == "+8613812345678"
    assert [job.company for job in companies_of(human, viewer_for(rep))] == [firm]


def test_companies_are_added_and_left_in_the_browser(rep, colleague):
    human, firm, foreign = person(rep), company(rep, "甲公司"), company(colleague, "乙公司")
    client = browser(rep)
    assert "乙公司" not in client.get(url(human, "employments/new/"), {"q": "公司"}).content.decode()
    assert client.post(url(human, "employments/new/"), {"other": str(foreign.pk)}).status_code == 422
    assert (
        client.post(url(human, "employments/new/"), {"other": str(firm.pk), "title": "长" * 81}).status_code
        == 422
    )
    assert (
        client.post(url(human, "employments/new/"), {"other": str(firm.pk), "title": "厂长"}).status_code
        == 302
    )
    row = Employment.objects.get()
    assert (row.company, row.individual, row.person.title) == (firm, human, "厂长")
    assert client.post(url(human, f"employments/{row.pk}/left/")).status_code == 302
    assert client.post(url(human, f"employments/{row.pk}/back/")).status_code == 302
    row.person.refresh_from_db()
    assert row.person.left_on is None
    assert browser(colleague).post(url(human, f"employments/{row.pk}/left/")).status_code == 404
