"""The icons that a page can show."""

import re

from django.conf import settings

MISSING = 'name it in assets/icons.txt: the build finds by itself only icon="…" and {% icon "…" %}'


def drawn() -> set[str]:
    sprite = settings.BASE_DIR / "static" / "vendor" / "icons.svg"
    return set(re.findall(r'<symbol id="([^"]+)"', sprite.read_text("utf-8")))
