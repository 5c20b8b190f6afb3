from getpass import getpass

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tenancy.actions.organization import create_organization
from tenancy.enums import Currency, Language


class Command(BaseCommand):
    help = "Found an organisation with the proposed roles and its first administrator."

    def add_arguments(self, parser) -> None:
        parser.add_argument("slug", help="its address: /o/<slug>/")
        parser.add_argument("name")
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-name", required=True)
        parser.add_argument("--language", choices=Language.values, default=Language.CHINESE)
        parser.add_argument("--timezone", default="Asia/Shanghai")
        parser.add_argument("--currency", choices=Currency.values, default=Currency.CNY)
        parser.add_argument(
            "--no-password", action="store_true", help="the person sets one by “forgot password”"
        )

    def handle(self, *args, **options) -> None:
        password = (
            None if options["no_password"] else getpass("Password of the administrator, if new: ") or None
        )
        try:
            founding = create_organization(
                slug=options["slug"],
                name=options["name"],
                admin_email=options["admin_email"],
                admin_name=options["admin_name"],
                password=password,
                language=options["language"],
                timezone=options["timezone"],
                currency=options["currency"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"/o/{founding.organization.slug}/ is ready for {founding.admin.user.email}.")
