"""What the matrix of rights asks about: each function makes what stands in an address, owned by the member given."""

import io
from datetime import time, timedelta

from django.utils import timezone

from customers.actions.book import archive
from customers.actions.bulk import Selection
from customers.actions.collaborator import Terms, leave_share, remove_collaborator, share_customers
from customers.actions.employment import employ
from customers.actions.handover import Offer, offer_handover
from customers.actions.merge import merge_customers
from customers.actions.pool import put_into_pool
from customers.actions.pool_claim import claim
from customers.actions.relation import relate, unrelate
from customers.actions.verification import verify_customer
from customers.enums import Checked
from customers.models import (
    BulkRun,
    Collaborator,
    ContactPerson,
    CustomerExport,
    CustomerHealth,
    CustomField,
    DuplicatePair,
    Merge,
    NotDuplicate,
    OwnershipCap,
    PoolEntry,
    PoolWarning,
    Relation,
    UnsuitableTime,
    Verification,
)
from customers.relations import BY_KEY
from customers.tests.factories import CustomerFactory, PoolFactory, TagFactory, TagGroupFactory
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, grant
from workspace import files
from workspace.tests.factories import SavedViewFactory


def a_share(row):
    """A form that shares it with a new team."""
    with organization_context(row.organization_id):
        return {"department": str(DepartmentFactory().pk), "level": "1"}


def a_collaborator(owner):
    customer = a_customer(owner)
    share_customers([customer.pk], DepartmentFactory(), Terms(), actor=owner)
    return {"pk": customer.pk, "collaborator": Collaborator.objects.get(customer=customer).pk}


def shared_with(member):
    """A customer of somebody else that the member sees by a share."""
    customer = CustomerFactory()
    share_customers([customer.pk], member, Terms(), actor=None)
    return customer


def one_left(member):
    customer = shared_with(member)
    entry = leave_share(customer, member=member)
    assert entry is not None
    return {"pk": customer.pk, "entry": entry.pk}


def a_removal(owner):
    row = Collaborator.objects.get(pk=a_collaborator(owner)["collaborator"])
    return {"pk": row.customer_id, "entry": remove_collaborator(row, actor=owner).pk}


def a_customer(owner):
    return CustomerFactory(
        owner=owner, name="陈晓东", phones=["13812345678"], identity_number="11010519491231002X"
    )


def a_view_of_customers(owner):
    return SavedViewFactory(owner=owner, name="只有我知道的视图", query="kind=person").name


def with_point(owner):
    customer = a_customer(owner)
    return {"pk": customer.pk, "point": customer.points.get().pk}


def with_number(owner):
    return {"pk": a_customer(owner).pk, "field": "identity_number"}


def with_person(owner):
    customer = a_customer(owner)
    return {"pk": customer.pk, "person": ContactPerson.objects.create(customer=customer, name="王芳").pk}


def with_time(owner):
    customer = a_customer(owner)
    row = UnsuitableTime.objects.create(customer=customer, starts=time(9), ends=time(12))
    return {"pk": customer.pk, "time": row.pk}


def archived_batch(owner):
    return {"batch": archive([a_customer(owner).pk], actor=owner)[0]}


def new_owner(row):
    return {"owner": str(row.owner_id)}


def verified(owner):
    customer = a_customer(owner)
    row = verify_customer(Verification(customer=customer), answers={"name": Checked.RIGHT}, actor=owner)
    return {"pk": customer.pk, "verification": row.pk}


def overdue(owner):
    customer = CustomerFactory(owner=owner, name="久未核对")
    CustomerHealth.objects.filter(customer=customer).update(overdue=True, due_on="2020-01-01")
    return customer.name


def scant(owner):
    return {"key": "scant"}


def two_related(owner):
    customer, other = a_customer(owner), CustomerFactory(owner=owner, kind="person", name="李雷")
    row = relate(Relation(), customer=customer, other=other, role=BY_KEY["partner"], actor=owner)
    return {"pk": customer.pk, "relation": row.pk}


def unrelated(owner):
    found = two_related(owner)
    unrelate(Relation.objects.get(pk=found["relation"]), actor=owner)
    return found


def employed(owner):
    person = CustomerFactory(owner=owner, kind="person", name="韩梅梅")
    row = employ(ContactPerson(), company=CustomerFactory(owner=owner), individual=person, actor=owner)
    return {"pk": person.pk, "employment": row.pk}


def suggested(owner):
    return {"pk": a_customer(owner).pk, "rule": "birthday"}


def a_tag_group(owner):
    return TagGroupFactory(label_zh="特别来源", label_en="Special origin")


def a_tag(owner):
    return TagFactory(label_zh="重点关注", label_en="Watch")


def a_cell(owner):
    return {"pk": a_customer(owner).pk, "key": "city"}


def a_run(owner):
    return BulkRun.objects.create(change="archive", actor=owner)


def an_export(owner):
    return CustomerExport.objects.create(
        requested_by=owner, format="csv", rows=0, expires_at=timezone.now() + timedelta(days=1),
        file=files.store(io.BytesIO(b"x"), name="x.csv"),
    )  # fmt: skip


def a_field(owner):
    return CustomField.objects.create(key="size", type="text", label_en="Size")


def a_handover(owner):
    """Offered to the owner by a colleague."""
    giver = MembershipFactory(name="交出人")
    grant(giver, "customers.view_customer", "customers.hand_over_customer", scope=Scope.ORGANIZATION)
    customer = CustomerFactory(owner=giver)
    return offer_handover(Selection([customer.pk]), Offer(owner, "other"), viewer=viewer_for(giver))


def a_gift(owner):
    """Offered by the owner to somebody else."""
    maker = MembershipFactory()
    grant(maker, "customers.view_customer", "customers.hand_over_customer", scope=Scope.ORGANIZATION)
    wanted, customer = Offer(MembershipFactory(), "other", "换区"), CustomerFactory(owner=owner)
    return offer_handover(Selection([customer.pk]), wanted, viewer=viewer_for(maker))


def a_cap(owner):
    return OwnershipCap.objects.create(member=owner, most=5)


def merged(owner):
    return merge_customers(a_customer(owner), [CustomerFactory(owner=owner, name="陈小东")], actor=owner).pk


def a_merge(owner):
    return {"pk": merged(owner)}


def merged_name(owner):
    return Merge.objects.select_related("survivor").get(pk=merged(owner)).survivor.name


def a_pair(owner):
    one, other = sorted(
        (a_customer(owner), CustomerFactory(owner=owner, name="陈小东")), key=lambda one: one.pk
    )
    return {"first": one, "second": other}


def paired(owner):
    return {
        "pk": DuplicatePair.objects.create(
            **a_pair(owner), percent=90, reason="phone", found_at=timezone.now()
        ).pk
    }


def paired_name(owner):
    paired(owner)
    return "陈小东"


def put_off(owner):
    pk = paired(owner)["pk"]
    DuplicatePair.objects.filter(pk=pk).update(later_until="2999-01-01")
    return {"pk": pk}


def settled(owner):
    return {"pk": NotDuplicate.objects.create(**a_pair(owner), by=owner).pk}


def a_pool(owner):
    return PoolFactory(label_zh="华东公海")


def claimed(owner):
    customer, pool = a_customer(owner), a_pool(owner)
    put_into_pool([customer.pk], pool, actor=None)
    PoolEntry.objects.update(from_owner=None)
    return {"batch": claim([customer.pk], pool, viewer=viewer_for(owner)).batch}


def waiting_name(owner):
    customer = a_customer(owner)
    put_into_pool([customer.pk], a_pool(owner), actor=owner)
    return customer.name


def about_to_return(owner):
    now = timezone.now()
    customer = CustomerFactory(owner=owner, name="久未联系")
    PoolWarning.objects.create(
        customer=customer, owner=owner, pool=a_pool(owner), rule="contact", before=now,
        due_on=now.date() + timedelta(days=2), warned_at=now,
    )  # fmt: skip
    return customer.name
