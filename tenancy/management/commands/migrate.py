from django.conf import settings
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Migrations run as the owner of the tables wherever its address is known."""

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        if "owner" in settings.DATABASES:
            parser.set_defaults(database="owner")
