"""Whatever is registered with an icon finds it in the sprite: a browser shows nothing in its place, and says nothing."""

import sys

from django.conf import settings

from workspace.registry import Registry
from workspace.tests.sprite import MISSING, drawn


def registries() -> list[Registry]:
    """Those that our modules hold, tests left out."""
    modules = [
        module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in settings.OWN_APPS and ".tests" not in name
    ]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Registry)]
    return list({id(one): one for one in found}.values())


def test_every_icon_of_a_registry_is_in_the_sprite():
    named = {
        f"{registry.name}: {item.key}": item.icon
        for registry in registries()
        for item in registry
        if getattr(item, "icon", "")
    }
    assert len(named) > 100
    known = drawn()
    assert {what: icon for what, icon in named.items() if icon not in known} == {}, MISSING
