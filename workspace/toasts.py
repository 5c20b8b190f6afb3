"""Short notes at the edge of the page. They survive a redirect; a fragment sends them in HX-Trigger."""

from django.contrib import messages
from django.http import HttpRequest

LEVELS = {
    "success": messages.SUCCESS,
    "info": messages.INFO,
    "warning": messages.WARNING,
    "danger": messages.ERROR,
}
UNDO = "undo="
CLEARS = "clears="
LINK = "link="


def toast(
    request: HttpRequest,
    message: str,
    undo_url: str | None = None,
    level: str = "success",
    *,
    clears: str = "",
    link: str = "",
) -> None:
    """Show `message` on the next page. `undo_url` adds an Undo button that POSTs there; `clears` names the
    `data-draft` key whose stored draft is no longer needed; `link` is where the message itself leads."""
    tags = [
        UNDO + undo_url if undo_url else "",
        CLEARS + clears if clears else "",
        LINK + link if link else "",
    ]
    messages.add_message(request, LEVELS[level], message, extra_tags=" ".join(filter(None, tags)))


def htmx_toast(
    message: str, undo_url: str | None = None, level: str = "success", *, clears: str = ""
) -> dict:
    """What the `toast` event carries: `trigger_client_event(response, "toast", htmx_toast(…))`."""
    return {"message": str(message), "level": level, "undo_url": undo_url or "", "clears": clears}
