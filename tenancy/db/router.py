from django.conf import settings


class OwnerMigrates:
    """Schema changes run as the owner of the tables, never as the application role."""

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool:
        return db == ("owner" if "owner" in settings.DATABASES else "default")
