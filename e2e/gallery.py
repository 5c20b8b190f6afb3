"""An organisation in which every page has something to show: what the matrix of rights asks about, made to stay.

`python -m e2e.gallery`, in the environment of a house, makes one and says who is in it and where its pages are.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from crm_project import environment as env
from e2e.house import PASSWORD, House


@dataclass(frozen=True)
class Gallery:
    keeper: str
    """Signs in as its administrator."""
    guards: list[str]
    """Sign in, have no right, and may change how they do."""
    pages: dict[str, str]
    """Name → address of each page of an organisation that answers its administrator."""
    links: dict[str, str]
    """Name → address of what an email leads to."""


def gallery_of(house: House) -> Gallery:
    command = [sys.executable, "-m", "e2e.gallery"]
    told = subprocess.run(
        command, env=house.environment, cwd=env.BASE_DIR, check=True, stdout=subprocess.PIPE, text=True
    )
    return Gallery(**json.loads(told.stdout))


def _make() -> Gallery:
    from tenancy.actions.organization import create_organization
    from tenancy.context import organization_context
    from tenancy.tests.factories import UserFactory

    UserFactory.reset_sequence(secrets.randbelow(10**9))  # people are shared by all organisations of a house
    slug = f"gallery-{secrets.token_hex(3)}"
    keeper, *guards = (f"{name}@{slug}.example" for name in ("keeper", "one", "two"))
    founding = create_organization(
        slug=slug, name="Gallery", admin_email=keeper, admin_name="Keeper", password=PASSWORD
    )
    with organization_context(founding.organization, actor=founding.admin):
        for email in guards:
            _admit(email)
        pages, links = _pages(slug, founding.admin), _links(slug, founding.admin)
    return Gallery(keeper, guards, pages | _imports(founding.organization, founding.admin), links)


def _admit(email: str) -> None:
    from tenancy.actions.organization import find_or_create_user
    from tenancy.models import Membership

    Membership.objects.create(user=find_or_create_user(email, PASSWORD), name="Guard")


def _pages(slug: str, owner) -> dict[str, str]:
    """Each maker of the matrix is asked once: what it makes stays, and some names are unique. Jobs and folders are of
    kinds that the product knows, not only its tests."""
    from django.urls import reverse

    from tenancy.tests.test_matrix import CASES

    known = {
        "workspace:job": _job,
        "workspace:job_progress": _job,
        "workspace:folder": _folder,
        "workspace:attachment": _attachment,
    }
    made: dict = {None: {}}
    pages = {}
    for name, case in CASES.items():
        if case.get != 200:
            continue
        make = known.get(name, case.row)
        if make not in made:
            row = make(owner)
            made[make] = row if isinstance(row, dict) else {"pk": row.pk}
        pages[name] = reverse(name, kwargs={"organization": slug, **made[make]})
    for name, query in _asked_for(owner).items():
        pages[name] = reverse(name, kwargs={"organization": slug}) + query
    return pages


def _asked_for(owner) -> dict[str, str]:
    """Pages that are there only when the link says what for."""
    from customers.tests.matrix_rows import a_customer
    from governance.models import RetentionRule
    from governance.retention import retention_kinds

    ruled = set(RetentionRule.objects.values_list("kind", flat=True))
    kind = next(kind.key for kind in retention_kinds if kind.key not in ruled)
    return {
        "customers:hand_over": f"?ids={a_customer(owner).pk}",
        "governance:retention_create": f"?kind={kind}",
    }


def _job(owner):
    from interactions.actions.policy import REBUILD
    from workspace.actions.job import enqueue

    return enqueue(REBUILD, actor=owner)


def _imports(organization, owner) -> dict[str, str]:
    """An import that was checked and one that was carried out, with a row of each sort. Drained here or by the worker of
    the house, whoever comes first."""
    from django.urls import reverse

    from customers.tests.import_files import Walk, csv_bytes

    rows = ("王小明,13900001111", "李小红,13900002222", "李小红,13900002222", ",13900003333", "赵六,12")
    data = csv_bytes("姓名,手机", *rows)
    checked, applied = (Walk(organization, owner).upload(data).check() for _each in range(2))
    _wait_for(checked)
    _wait_for(applied)
    applied.apply()
    _wait_for(applied)
    pages = {"import_preview": checked, "import_result": applied, "import_revert": applied}
    return {
        f"customers:{page}": reverse(
            f"customers:{page}", kwargs={"organization": organization.slug, "pk": walk.pk}
        )
        for page, walk in pages.items()
    }


def _wait_for(walk) -> None:
    from tenancy.context import organization_context

    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with organization_context(walk.organization):
            if not walk.batch.is_working:
                return
        time.sleep(0.2)
    raise TimeoutError("the import has not come to its end")


def _attachment(owner):
    from interactions.actions.files import folder_of
    from interactions.tests.factories import contact_with, customer_of
    from workspace.tests.factories import make_attachment

    return make_attachment(owner, folder=folder_of(contact_with(customer_of(owner), owner)))


def _folder(owner):
    return _attachment(owner).folder


def _links(slug: str, owner) -> dict[str, str]:
    from allauth.account.forms import default_token_generator
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC
    from allauth.account.utils import user_pk_to_url_str
    from django.urls import reverse

    from tenancy.access import viewer_for
    from tenancy.actions.invitation import invite
    from tenancy.models import Invitation

    def link_to(token: str) -> str:
        return reverse("account_invitation", kwargs={"slug": slug, "token": token})

    guest = Invitation(email=f"guest@{slug}.example", name="Guest")
    address = EmailAddress.objects.create(user=owner.user, email=f"second@{slug}.example")
    reset = {"uidb36": user_pk_to_url_str(owner.user), "key": default_token_generator.make_token(owner.user)}
    return {
        "account_invitation": invite(guest, [], actor=viewer_for(owner), link_to=link_to),
        "account_reset_password_from_key": reverse("account_reset_password_from_key", kwargs=reset),
        "account_confirm_email": reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "e2e.settings")
    import django

    django.setup()
    json.dump(asdict(_make()), sys.stdout)
