"""Founding a demo organisation: people, departments, customers with their history."""

from crm_project.demo.custom_fields import define_some
from crm_project.demo.duplicates import enter_some_twice
from crm_project.demo.handovers import hand_some_over
from crm_project.demo.organizations import PASSWORD, DemoOrganization, Person
from crm_project.demo.pools import fill_pools
from crm_project.demo.population import Population, Rows
from crm_project.demo.privacy import show_privacy
from crm_project.demo.relations import relate_some
from crm_project.demo.sharing import share_some
from crm_project.demo.tags import tag_some
from customers.actions.health import refresh_health
from customers.actions.health_count import follow_the_calendar
from customers.models import CodeCounter
from interactions.actions.policy import count_owed
from interactions.actions.rollup import refresh
from tenancy.actions.membership import set_roles
from tenancy.actions.organization import Founding, create_organization, find_or_create_user
from tenancy.context import organization_context
from tenancy.enums import Language
from tenancy.models import Department, Membership, Organization


def found(plan: DemoOrganization, customers: int) -> Organization:
    """Make the organisation with `customers` customers."""
    admin = next(person for person in plan.people if person.role == "admin")
    founding = create_organization(
        slug=plan.slug,
        name=plan.name,
        admin_email=_email(plan, admin),
        admin_name=admin.name,
        password=PASSWORD,
        language=plan.language,
        timezone=plan.timezone,
        currency=plan.currency,
    )
    with organization_context(founding.organization, actor=founding.admin):
        members = _people(plan, founding)
        owners = [members[person.login] for person in plan.people if person.owns]
        population = Population(founding.organization, owners)
        for rows in population.batches(customers):
            save(rows)
        relate_some(founding.admin)
        tag_some()
        define_some(founding.admin)
        share_some(owners, chinese=plan.language == Language.CHINESE)
        hand_some_over(owners, chinese=plan.language == Language.CHINESE)
        fill_pools(owners, chinese=plan.language == Language.CHINESE)
        show_privacy(founding.admin, chinese=plan.language == Language.CHINESE)
        CodeCounter.objects.update_or_create(year=0, defaults={"next_number": customers + 1})
        enter_some_twice()
    count_owed(founding.organization.pk)
    follow_the_calendar(founding.organization.pk)
    return founding.organization


def save(rows: Rows) -> None:
    """Insert a batch through the ORM, as the application, audit included."""
    for some in rows:
        if some:
            _insert(some)
    ids = [customer.pk for customer in rows.customers]
    refresh(ids)
    refresh_health(ids)


def _insert(some: list) -> None:
    model = type(some[0])
    dates = [name for name in ("created_at", "updated_at") if getattr(some[0], name, None)]
    history = {row.pk: [getattr(row, name) for name in dates] for row in some}
    model.objects.bulk_create(some)
    if dates:
        # What Django stamps by itself on insert is put back to when it is meant to have happened.
        for row in some:
            for name, value in zip(dates, history[row.pk], strict=True):
                setattr(row, name, value)
        model.objects.bulk_update(some, dates, batch_size=500)


def _people(plan: DemoOrganization, founding: Founding) -> dict[str, Membership]:
    departments: dict[str, Department] = {}
    for name, above in plan.departments:
        departments[name] = Department.objects.create(name=name, parent=departments.get(above))
    return {person.login: _join(plan, person, departments, founding) for person in plan.people}


def _join(
    plan: DemoOrganization, person: Person, departments: dict[str, Department], founding: Founding
) -> Membership:
    user = find_or_create_user(_email(plan, person), PASSWORD if person.signs_in else None)
    facts = {"name": person.name, "title": person.title, "department": departments[person.department]}
    member, _ = Membership.objects.update_or_create(user=user, defaults=facts)
    set_roles(member, [founding.roles[person.role]], actor=None)
    return member


def _email(plan: DemoOrganization, person: Person) -> str:
    return f"{person.login}@{plan.slug}.example"
