"""Registries: how a higher floor adds to a page of a lower one. Filled in `AppConfig.ready()`; an unknown
key raises.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from django.utils.functional import Promise

if TYPE_CHECKING:
    from tenancy.access import Viewer
    from tenancy.models import Organization
    from workspace.models import AttachmentFolder, Job
    from workspace.progress import Progress

Text = str | Promise


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
    """A line of the sidebar. `section` is the heading it stands under ("" = the first, without a heading). Where many
    stand there, they are folded under their `fold`s."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str = ""
    section: Text = ""
    fold: Text = ""
    order: int = 100
    phone: bool = False  # has a place of its own in the phone's bottom bar
    count: Callable[["Viewer"], Any] | None = None
    """An expression over an Organization that answers how many wait there for the viewer (`workspace.queries.counts`):
    read in one statement with the unread notes. None hides it."""


@dataclass(frozen=True)
class Command:
    """Something the palette can run. `create=True` also puts it under the `+` of the top bar;
    `phone=True` makes it what the `+` of the phone's bottom bar opens."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str = ""
    section: str = ""
    order: int = 100
    create: bool = False
    phone: bool = False
    dialog: bool = False  # the page opens in a dialog when asked for from the shell
    keywords: Text = ""
    named: bool = False  # its page takes "?name=": offered for what was typed when no record is found


class Shortcut(NamedTuple):
    """What can be done with a line that was found, without opening it."""

    label: Text
    url: str
    icon: str
    dialog: bool = False


class Hit(NamedTuple):
    """One line that a search found."""

    label: Text
    url: str
    detail: Text = ""
    icon: str = ""  # "" = the source's own
    shortcut: Shortcut | None = None


@dataclass(frozen=True)
class SearchSource:
    """A kind of record that the palette finds. `search(viewer, query, limit)` obeys the viewer's rights."""

    key: str
    label: Text
    icon: str
    search: Callable[["Viewer", str, int], list[Hit]]
    permission: str = ""
    order: int = 100
    recent: Callable[["Viewer", int], list[Hit]] | None = None  # shown before anything is typed


@dataclass(frozen=True)
class TodayBlock:
    """A block of the today page. `context(viewer)` is what `template` gets; None leaves the block out."""

    key: str
    label: Text
    template: str
    context: Callable[["Viewer"], Mapping[str, Any] | None]
    permission: str = ""
    order: int = 100


def _nowhere(job: "Job") -> str:
    return ""


@dataclass(frozen=True)
class JobKind:
    """Background work. `run(job, progress)` works in batches (see `workspace.progress.Progress`) and returns
    the result.

    `stages` and `errors` put the codes it uses into words; an error's text takes its parameters by
    `%(name)s`.
    `url(job)` is the page that shows what came out of it.
    """

    key: str
    label: Text
    run: Callable[["Job", "Progress"], Mapping[str, Any] | None]
    permission: str = ""  # needed to start it again
    order: int = 100
    icon: str = "settings"
    resumable: bool = True  # False: after a kill it fails instead of running a second time
    cancellable: bool = True
    retryable: bool = True
    max_attempts: int = 3
    notifies: bool = True  # tells the person who asked when it has ended
    stages: Mapping[str, Text] = field(default_factory=dict)
    errors: Mapping[str, Text] = field(default_factory=dict)
    url: Callable[["Job"], str] = _nowhere


@dataclass(frozen=True)
class NotificationKind:
    """What a notification says: `render(params)` gives the text in the language in force, `url(params)`
    where it leads.
    """

    key: str
    label: Text
    icon: str
    render: Callable[[Mapping[str, Any]], Text]
    url: Callable[[Mapping[str, Any]], str]
    order: int = 100


@dataclass(frozen=True)
class FolderKind:
    """Whose files these are: answers through the row that points to the folder."""

    key: str
    may_view: Callable[["Viewer", "AttachmentFolder"], bool]
    may_add: Callable[["Viewer", "AttachmentFolder"], bool]  # also deletes and restores
    order: int = 100


@dataclass(frozen=True)
class DueKind:
    """Work that comes round for every organisation. `run(organization_id)` opens its own contexts, is
    idempotent and
    ends within `lease` (longer work enqueues a Job); `next_due(organization, now)` says when it comes round
    again, None: not
    until something asks for it. See `workspace.schedule` for `nightly` and `every`."""

    key: str
    label: Text
    run: Callable[[int], None]
    next_due: Callable[["Organization", datetime], datetime | None]
    lease: timedelta = timedelta(minutes=15)
    standing: bool = True  # every organisation has it from its creation on
    order: int = 100


navigation: Registry[NavItem] = Registry("navigation")
commands: Registry[Command] = Registry("commands")
search_sources: Registry[SearchSource] = Registry("search_sources")
today_blocks: Registry[TodayBlock] = Registry("today_blocks")
job_kinds: Registry[JobKind] = Registry("job_kinds")
notification_kinds: Registry[NotificationKind] = Registry("notification_kinds")
folder_kinds: Registry[FolderKind] = Registry("folder_kinds")
due_kinds: Registry[DueKind] = Registry("due_kinds")
