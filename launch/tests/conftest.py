"""Real servers in folders of their own: nothing here touches the checkout's `.local`."""

import shutil
import tempfile
from pathlib import Path

import pytest

from launch import accounts, postgres
from launch.place import Place
from launch.postgres import Postgres
from launch.redis import Redis

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def open_folders():
    """Folders another user may enter, as an ordinary checkout is; pytest's own are private."""
    made = []

    def make():
        folder = Path(tempfile.mkdtemp(prefix="crm-launch-"))
        folder.chmod(0o755)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def quick_servers():
    """These clusters live for seconds: they need not reach the disk, nor much memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres, "INITDB", [*postgres.INITDB, "--no-sync"])
        for name, value in {"fsync": "off", "shared_buffers": "16MB", "max_wal_size": "100MB"}.items():
            patch.setitem(postgres.SETTINGS, name, value)
        yield


@pytest.fixture
def place(open_folders):
    """This checkout's programs, with a `.local` of its own; servers left running there are stopped."""
    place = Place(ROOT, open_folders() / "local")
    place.make()
    yield place
    for server in (Postgres(place), Redis(place)):
        server.stop()


@pytest.fixture
def runtime_base(open_folders, monkeypatch):
    """Where runtime folders go during a test."""
    base = open_folders()
    monkeypatch.setattr(accounts, "RUNTIME_BASES", (base,))
    return base


@pytest.fixture(scope="session")
def outside_server(open_folders, quick_servers):
    """A running PostgreSQL that stands for somebody else's; `admin_url()` is its superuser's."""
    place = Place(ROOT, open_folders() / "outside")
    place.make()
    server = Postgres(place)
    server.start()
    yield server
    server.stop()
