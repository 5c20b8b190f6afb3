from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from interactions import privacy_rules, receivers, registrations  # noqa: F401
