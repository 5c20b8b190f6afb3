"""What goes wrong when somebody reaches across a wall."""


class NoOrganization(RuntimeError):
    """A tenant row was touched while no organisation was in force."""


class CrossOrganizationError(RuntimeError):
    """A row of one organisation was about to be written in the name of another."""
