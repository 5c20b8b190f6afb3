"""What a plan's row is made of."""

import uuid
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tenancy.context import current_organization
from workspace.templatetags.shell import CSRF

register = template.Library()

_STAND_IN = uuid.UUID(int=0)


@register.simple_tag(takes_context=True)
def plan_steps(context: template.Context, key: uuid.UUID) -> SafeString:
    """The buttons of a plan's row. They differ by the plan's key alone, so they are rendered once and filled in."""
    text = (
        _steps.__wrapped__("", "") if settings.DEBUG else _steps(current_organization().slug, get_language())
    )
    # A key and a token of letters and digits; the rest is our own template.
    token = str(context.get("csrf_token", ""))
    return mark_safe(text.replace(str(_STAND_IN), str(key)).replace(CSRF, token))  # noqa: S308


@lru_cache(maxsize=512)
def _steps(slug: str, language: str | None) -> str:
    """Links carry the organisation's address, words the language."""
    return render_to_string("interactions/_plan_steps.html", {"plan": {"pk": _STAND_IN}})
