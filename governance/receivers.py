"""What follows here when something happens below."""

from typing import Any

from django.dispatch import receiver

from customers.models import Disclosure
from customers.signals import disclosed
from governance.actions.disclosure import watch_volume


@receiver(disclosed)
def notice_unusual_volume(disclosure: Disclosure, **_kwargs: Any) -> None:
    watch_volume(disclosure)
