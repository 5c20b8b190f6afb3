"""What governance declares of the personal data it holds: see `customers.privacy`."""

from django.utils.translation import gettext_lazy as _

from customers.privacy import OnErasure, PrivacyRule, PrivacyTrace, privacy_rules, privacy_traces
from governance.actions import privacy_traces as traces
from governance.models import DataRequest

privacy_rules.register(
    PrivacyRule(
        DataRequest,
        on_erasure=OnErasure.ANONYMISE,
        blanks={"customer": None, "note": None},
        reason=_("Proves that the request was answered in time; it names nobody any more."),
        hidden=("job", "package"),
        order=60,
    )
)
privacy_traces.register(
    PrivacyTrace("packages", _("Access packages"), traces.count_packages, traces.erase_packages)
)
privacy_traces.register(
    PrivacyTrace(
        "rejections", _("Reasons of rejected requests"), traces.count_rejections, traces.erase_rejections
    )
)
