"""The graph around a customer: those related to it, and those related to them, laid out in columns from left to right."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.models import Customer, Employment, Relation
from customers.queries.relations import employment_rows, relation_rows
from customers.relations import role_of
from tenancy.access import Viewer

NEAR, FAR = 12, 5
"""At most so many neighbours of the customer are drawn, and of each neighbour."""
ROW = 56


@dataclass
class Node:
    """A customer of the graph. Out of reach it has no key and no name; `owner` says whom to ask."""

    id: uuid.UUID
    name: str
    kind: str
    seen: bool
    owner: str
    depth: int = 0
    word: str | Promise = ""
    ended: bool = False
    above: "Node | None" = None
    below: "list[Node]" = field(default_factory=list)
    left_out: int = 0
    y: float = 0


@dataclass(frozen=True)
class Edge:
    """`other` is the `word` of `one`."""

    one: Customer
    other: Customer
    one_seen: bool
    other_seen: bool
    word: str | Promise
    back: str | Promise
    ended: bool

    def turned(self) -> "Edge":
        return Edge(self.other, self.one, self.other_seen, self.one_seen, self.back, self.word, self.ended)


@dataclass
class Graph:
    nodes: list[Node]
    crossing: list[tuple[Node, Node]]
    """Pairs that are related besides the way they are drawn."""
    height: int
    columns: int


def graph_of(customer: Customer, viewer: Viewer) -> Graph:
    """Two steps far. Who is out of reach is a node without a name, and nothing behind it is shown. Four queries."""
    start = Node(customer.pk, customer.name, customer.kind, True, str(customer.owner or ""))
    placed = {customer.pk: start}
    edges = _edges([customer.pk], viewer)
    _attach([start], edges, placed, NEAR)
    near = [node for node in start.below if node.seen]
    if near:
        further = _edges([node.id for node in near], viewer)
        _attach(near, further, placed, FAR)
        edges = [*edges, *further]
    height = _lay_out(start)
    nodes = list(placed.values())
    return Graph(nodes, _crossing(edges, placed), height, 1 + max(node.depth for node in nodes))


def _edges(ids: list[uuid.UUID], viewer: Viewer) -> list[Edge]:
    found = [_of_relation(row) for row in relation_rows(ids, viewer)]
    return found + [_of_employment(row) for row in employment_rows(ids, viewer)]


def _of_relation(row: Relation) -> Edge:
    word, back = (role_of(row.kind, names_source=side).label for side in (True, False))
    seen = row.target_seen, row.source_seen  # type: ignore[attr-defined]
    return Edge(row.target, row.source, *seen, word, back, row.until is not None)


def _of_employment(row: Employment) -> Edge:
    seen = row.target_seen, row.source_seen  # type: ignore[attr-defined]
    ended = row.person.left_on is not None
    return Edge(
        row.individual, row.company, *seen, _("Works there"), row.person.title or _("Contact person"), ended
    )


def _attach(parents: list[Node], edges: Iterable[Edge], placed: dict[uuid.UUID, Node], most: int) -> None:
    by_end: dict[uuid.UUID, list[Edge]] = defaultdict(list)
    for edge in edges:
        by_end[edge.one.pk].append(edge)
        by_end[edge.other.pk].append(edge.turned())
    for parent in parents:
        for edge in sorted(by_end[parent.id], key=lambda one: (one.ended, str(one.word), one.other.name_key)):
            if edge.other.pk in placed:
                continue
            if len(parent.below) >= most:
                parent.left_out += 1
                continue
            node = _node(edge, parent)
            placed[node.id] = node
            parent.below.append(node)


def _node(edge: Edge, parent: Node) -> Node:
    other, seen = edge.other, edge.other_seen
    name, kind = (other.name, other.kind) if seen else (_("Another customer"), "")
    return Node(
        other.pk,
        name,
        kind,
        seen,
        str(other.owner or ""),
        parent.depth + 1,
        edge.word,
        edge.ended,
        above=parent,
    )


def _lay_out(start: Node) -> int:
    """Gives every node its height; answers that of the whole. Each leaf has a row, whoever has some below stands amid them."""
    rows = 0

    def place(node: Node) -> None:
        nonlocal rows
        for one in node.below:
            place(one)
        if node.below:
            node.y = (node.below[0].y + node.below[-1].y) / 2
        else:
            node.y = rows * ROW + ROW / 2
            rows += 1

    place(start)
    return rows * ROW


def _crossing(edges: Iterable[Edge], placed: dict[uuid.UUID, Node]) -> list[tuple[Node, Node]]:
    found: dict[frozenset[uuid.UUID], tuple[Node, Node]] = {}
    for edge in edges:
        one, other = placed.get(edge.one.pk), placed.get(edge.other.pk)
        if one and other and one.above is not other and other.above is not one:
            found.setdefault(frozenset((one.id, other.id)), (one, other))
    return list(found.values())
