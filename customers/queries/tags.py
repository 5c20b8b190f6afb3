"""Tags: all there are, those that a page's rows have, and those that somebody's words mean."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, JSONField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from customers.models import Customer, CustomerTag, Tag, TagGroup
from customers.text import folded_label
from tenancy.counting import MOST_COUNTED, count_of

ANY, ALL, NONE = "", "all", "none"
SHORTEST_WORD = 2
IN_ORDER = ("group__position", "group__id", "key_zh", "key_en", "pk")


def tags_in_order() -> QuerySet[Tag]:
    """Tags in use, group by group, with their groups; those of none at the end."""
    return Tag.objects.active().select_related("group").order_by(*IN_ORDER)


def tags_with_counts() -> QuerySet[Any]:
    """All tags with the number of customers that have each, at most MOST_COUNTED + 1, which stands for more."""
    links = CustomerTag.objects.filter(tag=OuterRef("pk"))
    rows = Tag.objects.select_related("group").annotate(customers=count_of(links, MOST_COUNTED))
    return rows.order_by("archived_at", *IN_ORDER)


def groups_with_counts() -> QuerySet[Any]:
    """All groups with the number of tags in each."""
    return TagGroup.objects.annotate(held=Count("tags")).order_by("position", "pk")


_ALONG = """
SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'label_zh', t.label_zh, 'label_en', t.label_en, 'tone', t.tone)
    ORDER BY g.position, g.id, t.key_zh, t.key_en, t.id), '[]')
FROM customers_customertag l JOIN customers_tag t ON t.organization_id = l.organization_id AND t.id = l.tag_id
LEFT JOIN customers_taggroup g ON g.organization_id = t.organization_id AND g.id = t.group_id
WHERE l.organization_id = customers_customer.organization_id AND l.customer_id = customers_customer.id"""


def tags_along() -> RawSQL:
    """Of a customer in a query: what `tags_read` makes its tags of, so that its page needs no query for them."""
    return RawSQL(_ALONG, (), output_field=JSONField())  # noqa: S611 - made of constants


def tags_read(facts: Iterable[dict[str, Any]]) -> list[Tag]:
    """The tags that `tags_along` has read: to be shown, not saved."""
    return [Tag(**{**one, "id": uuid.UUID(one["id"])}) for one in facts]


def tagged(rows: QuerySet[Customer], tags: Iterable[Tag], match: str = ANY) -> QuerySet[Customer]:
    """Those of `rows` that have any of the tags, all of them, or none."""
    links = CustomerTag.objects.filter(customer=OuterRef("pk"))
    wanted = list(tags)
    if match == ALL:
        for tag in wanted:
            rows = rows.filter(Exists(links.filter(tag=tag)))
        return rows
    among = Exists(links.filter(tag__in=wanted))
    return rows.filter(~among) if match == NONE else rows.filter(among)


def tag_label(text: str) -> str:
    """What the label of a tag that is meant by `text` begins with; "" when the text is too short for that."""
    key = folded_label(text)
    return key if len(key) >= SHORTEST_WORD else ""
