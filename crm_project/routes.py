"""Every address that the product answers, as the URL resolver has it: for what must look at all of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Route(NamedTuple):
    """`name`: with its namespace. `path`: as it is written in the patterns, with its arguments."""

    name: str
    path: str
    callback: Callable[..., Any]


def routes() -> list[Route]:
    return list(_below(get_resolver().url_patterns))


def _below(patterns: Iterable[Any], above: str = "", namespace: str = "") -> Iterator[Route]:
    for one in patterns:
        path = above + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(
                one.url_patterns, path, f"{namespace}{one.namespace}:" if one.namespace else namespace
            )
        elif isinstance(one, URLPattern):
            yield Route(f"{namespace}{one.name}", path, one.callback)
