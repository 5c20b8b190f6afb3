from django.apps import AppConfig
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Organisation and rights")

    def ready(self) -> None:
        from tenancy import registrations  # noqa: F401
        from tenancy.db.roles import grant_default_privileges

        pre_migrate.connect(grant_default_privileges, sender=self)
