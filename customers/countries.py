"""Which country a time zone lies in, as the time zone database itself tells."""

import zoneinfo
from functools import cache
from importlib.abc import Traversable
from importlib.resources import files
from pathlib import Path


@cache
def country_of_zone(zone: str) -> str:
    """ISO 3166-1 alpha-2 ("Europe/Vienna" → "AT"); "" for a zone of no country, as UTC."""
    countries = _countries()
    return countries.get(zone) or countries.get(_targets().get(zone, ""), "")


@cache
def _countries() -> dict[str, str]:
    rows = (line.split("\t") for line in _lines("zone.tab") if not line.startswith("#"))
    return {row[2]: row[0] for row in rows if len(row) > 2}


@cache
def _targets() -> dict[str, str]:
    """Other name of a zone → its name now ("PRC" → "Asia/Shanghai")."""
    rows = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {other: zone for _link, zone, other in rows}


def _lines(name: str) -> list[str]:
    return _part(name).read_text("utf-8").splitlines()


def _part(name: str) -> Traversable:
    """A file of the database from where `zoneinfo` takes its zones: the machine, otherwise the package."""
    known = (Path(folder, name) for folder in zoneinfo.TZPATH)
    return next((path for path in known if path.is_file()), files("tzdata") / "zoneinfo" / name)
