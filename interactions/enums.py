from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContactKind(TextChoices):
    """How one gets in touch with a customer."""

    VISIT = "visit", _("Visit")
    CALL = "call", _("Call")
    MESSAGE = "message", _("Message")
    EMAIL = "email", pgettext_lazy("channel", "Email")
    MEETING = "meeting", _("Meeting")
    EVENT = "event", _("Event")


KIND_ICONS = {
    ContactKind.VISIT: "map-pin",
    ContactKind.CALL: "phone",
    ContactKind.MESSAGE: "message",
    ContactKind.EMAIL: "mail",
    ContactKind.MEETING: "users",
    ContactKind.EVENT: "calendar-event",
}


class Attitude(TextChoices):
    """How the customer took it."""

    UNKNOWN = "", _("Not stated")
    KEEN = "keen", _("Keen")
    OPEN = "open", _("Receptive")
    NEUTRAL = "neutral", _("Neutral")
    COOL = "cool", _("Lukewarm")
    UPSET = "upset", _("Upset")


class PlanStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class PlanStep(TextChoices):
    """What happened to a plan, one row of its history each."""

    MADE = "made", _("Planned")
    DONE = "done", _("Done")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Reopened")
