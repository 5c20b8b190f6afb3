from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from crm_project.demo.founding import found
from crm_project.demo.organizations import ALL, PASSWORD
from tenancy.models import Organization


class Command(BaseCommand):
    help = "Make the demo organisations with their people, customers and history. Only in a demo database."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--customers", type=int, default=2000, help="of the first organisation (2000)")

    @transaction.atomic
    def handle(self, *args, customers: int, **options) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is not a demo database: its log-ins are known to everybody. Set DEMO=1 to make one."
            )
        if Organization.objects.exists():
            raise CommandError("There are organisations already; the demo is only made in an empty database.")
        for plan in ALL:
            organization = found(plan, max(1, int(customers * plan.share)))
            logins = ", ".join(f"{p.login}@{plan.slug}.example" for p in plan.people if p.signs_in)
            self.stdout.write(f"{organization}: {logins} (password {PASSWORD})")
