"""Where things lie: one checkout and the folder that holds what it has made."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """`root` is the checkout; `local` (normally `.local`) keeps servers, logs, uploads and secrets."""

    root: Path
    local: Path

    @classmethod
    def here(cls, environ=os.environ):
        root = Path(__file__).resolve().parent.parent
        return cls(root, Path(environ.get("CRM_LOCAL_DIR") or root / ".local").absolute())

    @property
    def venv(self):
        return self.root / ".venv"

    @property
    def python(self):
        return self.venv / "bin" / "python"

    @property
    def site_packages(self):
        return (
            self.venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        )

    @property
    def env_file(self):
        return self.local / "env"

    @property
    def logs(self):
        return self.local / "logs"

    def make(self):
        """`.local` may be entered by the server's own user, but only its owner lists and reads it."""
        self.local.mkdir(parents=True, exist_ok=True)
        self.local.chmod(0o711)
        self.logs.mkdir(exist_ok=True)
        self.logs.chmod(0o700)
