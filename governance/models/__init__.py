from governance.models.data_request import DataRequest
from governance.models.privacy_policy import PrivacyPolicy

__all__ = ["DataRequest", "PrivacyPolicy"]
