from governance.models.data_request import DataRequest
from governance.models.privacy_policy import PrivacyPolicy
from governance.models.retention import RetentionRule, RetentionRun

__all__ = ["DataRequest", "PrivacyPolicy", "RetentionRule", "RetentionRun"]
