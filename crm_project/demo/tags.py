"""Tags of the demo organisations, on every few of their customers."""

from customers.actions.tags import TAGGED, link_tags, save_tag, save_tag_group
from customers.models import Customer, Tag, TagGroup, TimelineEntry

# Chinese and English label, group in both languages, colour, and on which customers: every n-th.
_TAGS = (
    ("春季展会", "Spring fair", ("来源", "Origin"), "blue", 7),
    ("老客户推荐", "Referred by a customer", ("来源", "Origin"), "blue", 11),
    ("决策周期长", "Slow to decide", ("特点", "Character"), "amber", 9),
    ("价格敏感", "Price-sensitive", ("特点", "Character"), "amber", 5),
    ("可做案例", "May be quoted", ("合作", "Relationship"), "green", 13),
    ("续约在即", "Renewal due", ("合作", "Relationship"), "red", 17),
    ("生日关怀", "Birthday greetings", ("合作", "Relationship"), "purple", 6),
)


def tag_some() -> None:
    stored = list(Customer.objects.order_by("pk").only("pk", "updated_at"))
    keys = [customer.pk for customer in stored]
    groups: dict[tuple[str, str], TagGroup] = {}
    for zh, en, labels, tone, every in _TAGS:
        if labels not in groups:
            made = TagGroup(label_zh=labels[0], label_en=labels[1], tone=tone, position=len(groups) + 1)
            groups[labels] = save_tag_group(made)
        tag = save_tag(Tag(label_zh=zh, label_en=en, group=groups[labels], tone=tone))
        link_tags(keys[::every], [tag.pk], actor=None)
    # It was long ago: no line on today's timeline, and the list keeps its order.
    TimelineEntry.objects.filter(kind=TAGGED).delete()
    Customer.objects.bulk_update(stored, ["updated_at"], batch_size=500)
