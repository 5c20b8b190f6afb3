"""The graph of relations, ready to draw: columns in percent, so that it fits a phone; rows in pixels, so that a thumb hits."""

from dataclasses import dataclass
from typing import Any

from customers.enums import CustomerKind
from customers.queries.addresses import RowAddress
from customers.queries.relation_graph import Graph, Node

BOX = 46
WIDTHS = {1: (100.0, 0.0), 2: (44.0, 12.0), 3: (30.0, 5.0)}
"""Number of columns → the width of one and of the gap behind it, in percent."""


@dataclass(frozen=True)
class Line:
    """In percent across, in pixels down."""

    x1: str
    y1: float
    x2: str
    y2: float
    css: str


def drawn(graph: Graph) -> dict[str, Any]:
    """What the template draws: boxes, lines, and the same as rows of a table."""
    width, gap = WIDTHS[graph.columns]
    left = [column * (width + gap) for column in range(graph.columns)]
    address = RowAddress("customers:relations")
    boxes = [_box(node, left[node.depth], width, address) for node in graph.nodes]
    lines = [line for node in graph.nodes for line in _to_parent(node, left, width, gap)]
    lines += [line for pair in graph.crossing for line in _between(*pair, left, width, gap)]
    return {
        "boxes": boxes,
        "lines": lines,
        "height": graph.height,
        "is_empty": len(graph.nodes) == 1,
        "rows": [_row(node, address) for node in graph.nodes if node.above],
    }


def _box(node: Node, left: float, width: float, address: RowAddress) -> dict[str, Any]:
    kind = {CustomerKind.COMPANY: "company", CustomerKind.PERSON: "person"}.get(node.kind, "unseen")  # type: ignore[call-overload]
    css = f"graph-{kind}{' graph-ended' if node.ended else ''}{'' if node.above else ' graph-start'}"
    return {
        "x": _percent(left),
        "y": node.y - BOX / 2,
        "width": _percent(width),
        "height": BOX,
        "name": node.name,
        "word": node.word,
        "owner": "" if node.seen else node.owner,
        "left_out": node.left_out,
        "url": address.of(node.id) if node.seen and node.above else "",
        "css": css,
    }


def _row(node: Node, address: RowAddress) -> dict[str, Any]:
    assert node.above is not None
    return {
        "name": node.name,
        "url": address.of(node.id) if node.seen else "",
        "word": node.word,
        "of": node.above.name,
        "ended": node.ended,
        "owner": node.owner,
        "seen": node.seen,
    }


def _to_parent(node: Node, left: list[float], width: float, gap: float) -> list[Line]:
    if node.above is None:
        return []
    start, end = left[node.above.depth] + width, left[node.depth]
    middle = start + gap / 2
    css = "graph-line graph-past" if node.ended else "graph-line"
    return [
        Line(_percent(start), node.above.y, _percent(middle), node.above.y, css),
        Line(_percent(middle), node.above.y, _percent(middle), node.y, css),
        Line(_percent(middle), node.y, _percent(end), node.y, css),
    ]


def _between(one: Node, other: Node, left: list[float], width: float, gap: float) -> list[Line]:
    """Related besides: dotted, from column to column, or as a bracket beside the column in which both stand."""
    near, far = sorted((one, other), key=lambda node: node.depth)
    css = "graph-line graph-besides"
    if near.depth != far.depth:
        return [Line(_percent(left[near.depth] + width), near.y, _percent(left[far.depth]), far.y, css)]
    last = near.depth == len(left) - 1
    edge = left[near.depth] if last else left[near.depth] + width
    outside = _percent(edge - gap / 4 if last else edge + gap / 4)
    lines = [Line(_percent(edge), node.y, outside, node.y, css) for node in (near, far)]
    return [*lines, Line(outside, near.y, outside, far.y, css)]


def _percent(value: float) -> str:
    return f"{value:.2f}%"
