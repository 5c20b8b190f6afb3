from enum import nonmember

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestKind(TextChoices):
    """What a person asks for about their own data."""

    ACCESS = "access", _("Access: a copy of the data")
    ERASURE = "erasure", _("Erasure of the data")


class RequestStatus(TextChoices):
    RECEIVED = "received", pgettext_lazy("privacy request", "Received")
    IDENTIFIED = "identified", pgettext_lazy("privacy request", "Identity checked")
    APPROVED = "approved", pgettext_lazy("privacy request", "Approved")
    WORKING = "working", pgettext_lazy("privacy request", "In progress")
    DONE = "done", pgettext_lazy("privacy request", "Fulfilled")
    REJECTED = "rejected", pgettext_lazy("privacy request", "Rejected")

    OPEN = nonmember(("received", "identified", "approved", "working"))


class RequestChannel(TextChoices):
    LETTER = "letter", pgettext_lazy("privacy request", "Letter")
    EMAIL = "email", pgettext_lazy("privacy request", "Email")
    PHONE = "phone", pgettext_lazy("privacy request", "Phone")
    IN_PERSON = "in_person", pgettext_lazy("privacy request", "In person")
    OTHER = "other", pgettext_lazy("privacy request", "Other")


class IdentityCheck(TextChoices):
    """How it was made sure that the person is who they say."""

    DOCUMENT = "document", _("Identity document seen")
    CALL_BACK = "call_back", _("Called back on the number on file")
    EMAIL_LINK = "email", _("Confirmed from the address on file")
    KNOWN = "known", _("Known in person")


class RetentionAct(TextChoices):
    """What happens to data once its time is over."""

    ARCHIVE = "archive", pgettext_lazy("retention", "Archive")
    DESTROY = "destroy", pgettext_lazy("retention", "Destroy")


class RetentionMode(TextChoices):
    """Whether a rule only counts, or acts."""

    DRY = "dry", pgettext_lazy("retention", "Dry run: only count")
    ON = "on", pgettext_lazy("retention", "In force")
    OFF = "off", pgettext_lazy("retention", "Off")
