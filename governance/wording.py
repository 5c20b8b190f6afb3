"""Notifications about privacy, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.enums import RetentionAct
from governance.retention import label_of
from tenancy.links import organization_url
from tenancy.models import Membership


def _facts(params: Mapping[str, Any]) -> dict[str, str]:
    day = parse_date(params["due_on"])
    return {"number": params["number"], "day": date_format(day, "SHORT_DATE_FORMAT") if day else ""}


def request_assigned(params: Mapping[str, Any]) -> str:
    return _("Privacy request %(number)s is yours; answer it by %(day)s.") % _facts(params)


def request_due(params: Mapping[str, Any]) -> str:
    return _("Privacy request %(number)s must be answered by %(day)s.") % _facts(params)


def request_overdue(params: Mapping[str, Any]) -> str:
    return _("Privacy request %(number)s is overdue: it was to be answered by %(day)s.") % _facts(params)


def request_url(params: Mapping[str, Any]) -> str:
    return organization_url("governance:request", pk=params["request"])


def unusual(params: Mapping[str, Any]) -> str:
    member = Membership.objects.filter(pk=params["member"]).values_list("name", flat=True).first()
    words = {"name": member or "", "count": params["count"]}
    return _("%(name)s has seen the details of %(count)s customers today: more than is usual.") % words


def unusual_url(params: Mapping[str, Any]) -> str:
    return organization_url("governance:disclosures") + f"?person={params['member']}"


def retention_warning(params: Mapping[str, Any]) -> str:
    day = parse_date(params["upto"])
    words = {
        "what": label_of(params["rule_kind"]),
        "count": params["count"],
        "day": date_format(day, "SHORT_DATE_FORMAT") if day else "",
    }
    if params["act"] == RetentionAct.ARCHIVE:
        return _("Retention: %(what)s: %(count)s will be archived by %(day)s.") % words
    return _("Retention: %(what)s: %(count)s will be destroyed by %(day)s.") % words


def retention_url(params: Mapping[str, Any]) -> str:
    return organization_url("governance:retention_rule", pk=params["rule"])
