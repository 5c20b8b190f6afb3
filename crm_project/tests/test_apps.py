"""An app of ours stands wherever the house lists its apps; what fails here says which file to edit."""

import tomllib

import pytest
from django.conf import settings

from crm_project.routes import routes

ROOT, APPS = settings.BASE_DIR, settings.OWN_APPS
HEARD = ("registrations", "receivers", "privacy_rules")
"""Modules that take effect when `ready()` imports them."""


def test_every_app_is_installed():
    found = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert found ^ set(APPS) == set(), "name it in OWN_APPS of crm_project/settings.py, at its floor"


def test_every_app_has_its_floor():
    floors = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert set(floors["root_packages"]) ^ set(APPS) == set(), "name it in root_packages in pyproject.toml"
    assert floors["contracts"][0]["layers"] == APPS, "name it in layers in pyproject.toml, as in OWN_APPS"


def test_the_pages_of_every_app_have_their_address():
    namespaces = {one.name.partition(":")[0] for one in routes()} | {"crm_project"}
    nowhere = [app for app in APPS if (ROOT / app / "urls.py").exists() and app not in namespaces]
    assert nowhere == [], "include its urls in crm_project/urls.py; they say app_name"


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_what_it_tells_the_house(app):
    ready = (ROOT / app / "apps.py").read_text("utf-8")
    unheard = [name for name in HEARD if (ROOT / app / f"{name}.py").exists() and name not in ready]
    assert unheard == [], f"import them in ready() in {app}/apps.py"
