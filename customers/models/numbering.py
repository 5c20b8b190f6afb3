from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantModel

FEWEST, MOST = 3, 10
LONGEST = 16
"""Characters of a prefix: with the year, its hyphen and any number (ten digits) a code fits its 32."""

# A letter first: spreadsheets take the zeros from a mere number, and read a sign as the beginning of a formula.
_prefix = RegexValidator(
    r"\A[A-Za-z][A-Za-z0-9-]*\Z", _("Begin with a letter; then only letters A–Z, digits and hyphens.")
)


class CodePattern(TenantModel):
    """How the codes of the organisation's new customers are written. Without a row: C000001 and so on.

    `digits` are the fewest: a number that no longer fits is written with as many as it has. Existing codes stay.
    """

    prefix = models.CharField(_("Prefix"), max_length=LONGEST, default="C", validators=[_prefix])
    digits = models.PositiveSmallIntegerField(
        _("Digits of the number"),
        default=6,
        validators=[MinValueValidator(FEWEST), MaxValueValidator(MOST)],
        help_text=_("A number that no longer fits gets one more digit."),
    )
    yearly = models.BooleanField(
        _("Year in the code"), default=False, help_text=_("The numbers then begin at 1 each year.")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("pattern of customer codes")
        verbose_name_plural = _("patterns of customer codes")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="customers_codepattern_one"),
            models.CheckConstraint(
                condition=Q(digits__gte=FEWEST, digits__lte=MOST),
                name="customers_codepattern_digits",
                violation_error_message=_("Between 3 and 10 digits."),
            ),
        ]

    def year_of(self, day: date) -> int:
        """The year whose numbers count on `day`; 0 where they do not begin anew."""
        return day.year if self.yearly else 0

    def code(self, number: int, year: int) -> str:
        years = f"{year}-" if year else ""
        return f"{self.prefix}{years}{number:0{self.digits}d}"


class CodeCounter(TenantModel):
    """The next number of the organisation's customer codes: of all years (`year` 0), or of one."""

    audit_exempt = "a counter: the codes it gave stand on audited rows"

    year = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="customers_codecounter_year")
        ]
