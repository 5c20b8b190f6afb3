"""What an organisation adds to its customers over the years, drawn in the database: tags, fields of its own, relations,
shares, consents, possible duplicates, handovers, a public pool. Skewed, as such things are."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

BATCH = 50_000
TAGS = (
    ("价格敏感", "amber", 3),
    ("春季展会", "blue", 7),
    ("续约在即", "red", 400),
    ("可做案例", "green", None),
)
"""Label, colour, and on which customers: every so many; without a number on `FEW`, however many there are."""
FEW = 80
CHOICES = ("直供", "经销", "代理")
PURPOSES = (("电子邮件资讯", 3), ("案例引用", 150))
RELATED, SHARED, SHARED_WITH_TEAM, TWICE, HANDED, POOLED = 12, 60, 600, 150, 500, 8
"""Every so many customers."""
_FIELDS = {
    "text": ("text", "'HT-' || lpad(c.chance::text, 7, '0')", "c.chance %% 5 < 2"),
    "number": ("number", "(c.chance %% 4001) * 10000", "c.chance %% 2 = 0"),
    "date": ("day", "current_date - 400 + (c.chance %% 1100)::int", "c.chance %% 7 > 3"),
    "choice": (
        "choice_id",
        "CASE WHEN c.chance %% 100 = 0 THEN {2} WHEN c.chance %% 8 = 0 THEN {1} ELSE {0} END",
        "c.chance %% 3 > 0",
    ),
    "choices": ("choice_id", "CASE WHEN c.chance %% 40 = 1 THEN {2} ELSE {1} END", "c.chance %% 11 < 3"),
    "boolean": ("number", "(c.chance %% 13 = 0)::int", "c.chance %% 4 = 0"),
}
"""By type: the column, what stands in it, and of which customers."""
_COLLEAGUE = (
    "(SELECT m.id FROM tenancy_membership m JOIN tenancy_membership o ON o.id = c.owner_id"
    " AND m.department_id = o.department_id AND m.id > o.id ORDER BY m.id LIMIT 1)"
)


@dataclass
class Defined:
    """What the organisation has defined: keys as SQL, with what they apply to."""

    organization: int
    customers: int
    reps: int
    tags: list[tuple[str, int]] = field(default_factory=list)
    fields: list[tuple[str, str, list[str]]] = field(default_factory=list)
    purposes: list[tuple[str, str, int]] = field(default_factory=list)
    pool: str = ""


def define(organization: int, customers: int, reps: int) -> Defined:
    """In the organisation's context."""
    from customers.actions.tags import save_tag
    from customers.models import ConsentPurpose, ConsentWording, Pool, Tag

    found = Defined(organization, customers, reps)
    for label, tone, every in TAGS:
        tag = save_tag(Tag(label_zh=label, tone=tone))
        found.tags.append((_sql(tag), every or max(1, customers // FEW)))
    for place, kind in enumerate(_FIELDS):
        found.fields.append(_define_field(kind, place))
    begun = timezone.localdate() - timedelta(days=900)
    for label, every in PURPOSES:
        purpose = ConsentPurpose.objects.create(label_zh=label)
        wording = ConsentWording(purpose=purpose, number=1, text_zh="我同意。", in_force_from=begun)
        wording.save()
        found.purposes.append((_sql(purpose), _sql(wording), every))
    found.pool = _sql(Pool.objects.create(label_zh="公海"))
    return found


def _define_field(kind: str, place: int) -> tuple[str, str, list[str]]:
    from customers.models import CustomChoice, CustomField

    made = CustomField.objects.create(
        label_zh=f"自定义 {kind}", key=f"own_{kind}", type=kind, position=place, searchable=kind == "text"
    )
    choices = [
        CustomChoice.objects.create(field=made, label_zh=label, position=number)
        for number, label in enumerate(CHOICES if made.has_choices else ())
    ]
    return _sql(made), kind, [_sql(choice) for choice in choices]


def _sql(row: Any) -> str:
    return f"'{row.pk}'::uuid"


def _hex(key: str) -> str:
    return f"replace(({key})::text, '-', '')"


class Filler:
    """Writes by `cursor` one row for each customer of a kind; its table `numbered` counts the customers: `number`, in
    the order of their keys, and `chance`, which follows no order."""

    def __init__(self, cursor: Any, defined: Defined) -> None:
        self.cursor, self.defined = cursor, defined

    def insert(self, table: str, condition: str, **values: str) -> None:
        values = {"id": "uuidv7()", "organization_id": str(self.defined.organization)} | values
        sql = f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM numbered c"
        for start in range(0, self.defined.customers, BATCH):
            self.cursor.execute(
                f"{sql} WHERE c.number >= %s AND c.number < %s AND {condition}", [start, start + BATCH]
            )

    def further(self, many: int) -> tuple[str, str]:
        """The customer `many` places on, and the condition that there is one."""
        found = f"(SELECT n.id FROM numbered n WHERE n.number = c.number + {many})"
        return found, f"c.number + {many} < {self.defined.customers}"

    def fill(self) -> None:
        for tag, every in self.defined.tags:
            of = {"customer_id": "c.id", "tag_id": tag, "created_at": "now()"}
            self.insert("customers_customertag", f"c.chance %% {every} = 0", **of)
            self.find_by(f"c.chance % {every} = 0", f"'~' || {_hex(tag)}")
        for key, kind, choices in self.defined.fields:
            column, value, condition = _FIELDS[kind]
            of = {"customer_id": "c.id", "field_id": key, column: value.format(*choices)}
            self.insert("customers_customvalue", condition, **of)
        self.relate()
        self.share()
        self.ask_for_consents()
        self.find_duplicates()
        self.hand_over()
        self.pool()

    def find_by(self, condition: str, lexeme: str) -> None:
        """The search documents of the customers that meet the condition have one lexeme more."""
        mark = self.lexeme(lexeme)
        self.cursor.execute(
            "UPDATE customers_customersearch s SET document = s.document || array_to_tsvector(ARRAY["
            + mark
            + "])"
            f" FROM numbered c WHERE s.customer_id = c.id AND {condition}"
        )

    def lexeme(self, text: str) -> str:
        return f"'{self.defined.organization}:' || {text}"

    def relate(self) -> None:
        for many, kind in ((self.defined.reps, "parent_company"), (1, "referral")):
            other, exists = self.further(many)
            of = {"source_id": "c.id", "target_id": other, "kind": f"'{kind}'", "note": "''"}
            self.insert(
                "customers_relation", f"c.chance %% {RELATED} = 0 AND {exists}", **of, created_at="now()"
            )

    def share(self) -> None:
        team = "(SELECT o.department_id FROM tenancy_membership o WHERE o.id = c.owner_id)"
        terms = {"level": "1", "reason": "'联合投标'", "shared_by_id": "c.owner_id", "shared_at": "now()"}
        for every, target in (
            (SHARED, {"member_id": _COLLEAGUE}),
            (SHARED_WITH_TEAM, {"department_id": team}),
        ):
            [found] = target.values()
            condition = f"c.chance %% {every} = 0 AND {found} IS NOT NULL"
            self.insert("customers_collaborator", condition, customer_id="c.id", **target, **terms)
            self.find_by(condition.replace("%%", "%"), f"'+' || {_hex(found)}")

    def ask_for_consents(self) -> None:
        since = "now() - interval '90 days'"
        for purpose, wording, every in self.defined.purposes:
            condition = f"c.chance %% {every} = 0"
            of = {"customer_id": "c.id", "purpose_id": purpose, "state": "'given'"}
            how = {"channel": "'email'", "recorded_by_id": "c.owner_id", "recorded_at": "now()"}
            self.insert("customers_consent", condition, **of, **how, wording_id=wording, at=since)
            self.insert("customers_consentstanding", condition, **of, since=since)

    def find_duplicates(self) -> None:
        """With a customer of a colleague, and with another one of the same owner."""
        for many in (1, self.defined.reps):
            other, exists = self.further(many)
            self.insert(
                "customers_duplicatepair", f"c.chance %% {TWICE} = {many % 2} AND {exists}",
                first_id="c.id", second_id=other, percent="60 + c.chance %% 40", found_at="now()",
                reason="CASE WHEN c.chance %% 4 = 0 THEN 'phone' ELSE 'name_form' END",
                reasons="""'[["phone", {}], ["name_form", {}]]'""",
            )  # fmt: skip

    def hand_over(self) -> None:
        """One customer in each; the key of the handover is the customer's."""
        condition = f"c.chance %% {HANDED} = 0 AND {_COLLEAGUE} IS NOT NULL"
        self.insert(
            "customers_handover", condition, id="c.id", giver_id="c.owner_id", receiver_id=_COLLEAGUE, by_id="c.owner_id",
            status="CASE WHEN c.chance %% 3 = 0 THEN 'waiting' ELSE 'accepted' END", reason="'region'", note="''",
            answer="''", stays="'[]'", over_cap="false", at="now() - c.chance * interval '1 second'", customers="1",
            moved="0", returned="0",
        )  # fmt: skip
        self.insert(
            "customers_handedcustomer", condition, handover_id="c.id", customer_id="c.id", from_owner_id="c.owner_id",
            note="''", state="CASE WHEN c.chance %% 3 = 0 THEN 'waiting' ELSE 'moved' END", version="0", came="'{}'",
        )  # fmt: skip

    def pool(self) -> None:
        """They have no owner any more: the figures of customers are counted after this."""
        condition = f"c.chance %% {POOLED} = 1"
        how = {"since": "now() - c.chance * interval '10 seconds'", "from_owner_id": "c.owner_id"}
        why = {"reason": "'put_back'", "rule": "''", "note": "''", "archived": "false"}
        of = {"customer_id": "c.id", "pool_id": self.defined.pool}
        self.insert("customers_poolentry", condition, **of, **how, **why)
        mine, nobodys = self.lexeme(f"'@' || {_hex('c.owner_id')}"), self.lexeme("'@-'")
        self.cursor.execute(
            f"UPDATE customers_customersearch s SET document = ts_delete(s.document, {mine})"
            f" || array_to_tsvector(ARRAY[{nobodys}])"
            f" FROM numbered c WHERE s.customer_id = c.id AND c.chance % {POOLED} = 1"
        )
        self.cursor.execute(
            f"UPDATE customers_customer x SET owner_id = NULL FROM numbered c WHERE x.id = c.id AND c.chance % {POOLED} = 1"
        )
