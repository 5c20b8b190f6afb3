from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from customers import (  # noqa: F401
            cleaning_registrations,
            list_registrations,
            ownership_registrations,
            pool_registrations,
            privacy_rules,
            quality_registrations,
            receivers,
            registrations,
            sharing_registrations,
        )
        from customers.importing import registrations as import_registrations  # noqa: F401
