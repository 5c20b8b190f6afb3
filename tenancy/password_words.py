"""What Django says about passwords, asked for once more: its own Chinese is on first-name terms with the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

RULES = (
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    _("Your password can’t be too similar to your other personal information."),
    _("Your password can’t be a commonly used password."),
)
