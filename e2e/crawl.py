"""Every page a person can reach by following links: one address for each kind of page."""

import re
from collections import Counter, deque
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

_LINK = re.compile(r'(?:href|hx-get|data-href)="(/(?:o|accounts)/[^"#]*)"')
_LEAVES = ("account_logout", "set_language")


def reachable(page: Page, start: str, tries: int = 8) -> dict[str, str]:
    """Name of the page → the first address found for it, breadth first from `start`.

    An address may lead nowhere for this person (a row that cannot be edited): up to `tries` of a name are asked.
    """
    found: dict[str, str] = {}
    waiting, seen, asked = deque([start]), {start}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        name = name_of(path)
        if not name or name in found or name in _LEAVES or asked[name] == tries:
            continue
        asked[name] += 1
        answer = page.request.get(path, max_redirects=0)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found[name] = path
        for link in _LINK.findall(answer.text()):
            link = link.replace("&amp;", "&")
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return found


def name_of(address: str) -> str:
    """The name of the page at an address, "" when there is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
