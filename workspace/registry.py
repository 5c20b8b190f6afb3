"""Registries: how a higher floor adds to a page of a lower one. Filled in `AppConfig.ready()`; an unknown key raises."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from django.utils.functional import Promise


class Keyed(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def order(self) -> int: ...


Item = TypeVar("Item", bound=Keyed)


class UnknownKey(LookupError):
    """Nothing was registered under this key."""


class Registry(Generic[Item]):
    """Items by key, iterated by their `order`. Registering the same key twice raises ValueError."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, Item] = {}
        self._sorted: list[Item] | None = None

    def register(self, item: Item) -> Item:
        if item.key in self._items:
            raise ValueError(f"{self.name}: {item.key} is registered twice")
        self._items[item.key] = item
        self._sorted = None
        return item

    def __getitem__(self, key: str) -> Item:
        try:
            return self._items[key]
        except KeyError:
            raise UnknownKey(f"{self.name}: {key}") from None

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[Item]:
        if self._sorted is None:
            self._sorted = sorted(self._items.values(), key=lambda item: item.order)
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True)
class NavItem:
    """A line of the sidebar. `section` is the heading it stands under ("" = the first, without a heading)."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str = ""
    section: str = ""
    order: int = 100
    phone: bool = False  # has a place of its own in the phone's bottom bar


@dataclass(frozen=True)
class Command:
    """Something the palette can run. `create=True` also puts it under the `+` of the top bar;
    `phone=True` makes it what the `+` of the phone's bottom bar opens."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str = ""
    section: str = ""
    order: int = 100
    create: bool = False
    phone: bool = False
    dialog: bool = False  # the page opens in a dialog when asked for from the shell
    keywords: str | Promise = ""


navigation: Registry[NavItem] = Registry("navigation")
commands: Registry[Command] = Registry("commands")
