from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Organisation and rights")

    def ready(self) -> None:
        from tenancy import registrations  # noqa: F401
        from tenancy.db.roles import grant_default_privileges
        from tenancy.new_rights import hand_out_new_rights, remember_rights

        pre_migrate.connect(grant_default_privileges, sender=self)
        pre_migrate.connect(remember_rights, sender=self)
        post_migrate.connect(hand_out_new_rights, dispatch_uid="tenancy.new_rights")
