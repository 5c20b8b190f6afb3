"""Following the links of an organisation's pages, one page of a kind."""

import html
import re
from collections import deque
from collections.abc import Iterable, Iterator

from django.test import Client

MOST = 400


def crawled(
    client: Client, start: Iterable[str], *, leave: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """(address, what it answers) of `start` and of what links and redirects lead to from there; `leave`: beginnings of
    addresses that are not asked. No answer may be the server's fault."""
    waiting, seen = deque(start), set()
    while waiting and len(seen) < MOST:
        address = waiting.popleft()
        if kind_of(address) in seen or address.startswith(leave):
            continue
        seen.add(kind_of(address))
        answer = client.get(address)
        assert answer.status_code < 500, address
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode(errors="replace")
        waiting += sorted(addresses(text))
        if answer.status_code == 302:
            waiting.append(answer["Location"])
        yield address, text


def addresses(text: str) -> set[str]:
    found = re.findall(r'(?:href|hx-get|action|data-url)="(/o/ours/[^"#]*)', text)
    return {html.unescape(address) for address in found}


def kind_of(address: str) -> str:
    """Pages that differ in nothing but whose they are, and by which values they are narrowed."""
    path, _mark, query = address.partition("?")
    names = "&".join(sorted({part.partition("=")[0] for part in query.split("&")}))
    return f"{re.sub(r'[0-9a-f-]{32,36}', '…', path)}?{names}"
