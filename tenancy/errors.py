"""What goes wrong when somebody reaches across a wall, or asks for what a rule forbids."""

from django.utils.functional import Promise


class NoOrganization(RuntimeError):
    """A tenant row was touched while no organisation was in force."""


class CrossOrganizationError(RuntimeError):
    """A row of one organisation was about to be written in the name of another."""


class Refused(Exception):
    """An action that a rule forbids. `str()` says why, in the reader's language; forms show it."""

    reason: str | Promise = ""

    def __init__(self, reason: str | Promise = "") -> None:
        self.reason = reason or self.reason
        super().__init__(self.reason)

    def __str__(self) -> str:
        return str(self.reason)
