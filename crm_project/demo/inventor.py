"""Invents customers and what was said to them. Deterministic: the same language and seed give the same people."""

import datetime
import random
from dataclasses import dataclass, field
from types import ModuleType

from crm_project.demo import words_en, words_zh
from customers.enums import AliasKind, CustomerKind, Gender, PersonRole, Source, Tier
from customers.pinyin import syllables
from tenancy.enums import Language

_TIERS = (Tier.KEY, Tier.ORDINARY, Tier.POTENTIAL)
_DRAMA = ("2079460", "1134960", "1144960", "1214960", "1314960", "1414960", "1514960", "1614960", "1914980")
_MAIL = ("163.example", "qq.example", "mail.example", "corp.example")


@dataclass
class InventedPerson:
    name: str
    title: str
    role: str
    phone: str


@dataclass
class InventedCustomer:
    kind: str
    name: str
    gender: str
    birthday: datetime.date | None
    industry: str
    tier: str
    source: str
    province: str
    city: str
    district: str
    street: str
    remarks: str
    phone: str
    email: str
    wechat: str
    people: list[InventedPerson] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """(kind, other name)"""


class Inventor:
    """`customer()` and `contact()` each draw the next invention."""

    def __init__(self, language: str, seed: int = 1) -> None:
        self._random = random.Random(f"{language}-{seed}")
        self._chinese = language == Language.CHINESE
        self._words: ModuleType = words_zh if self._chinese else words_en
        self._count = 0

    def customer(self) -> InventedCustomer:
        draw, words = self._random, self._words
        self._count += 1
        is_company = draw.random() < 0.7
        province, city, districts, short = draw.choice(words.PLACES)
        gender, person_name = self._person_name()
        name, industry, aliases = self._company(short) if is_company else (person_name, "", [])
        number = draw.randint(1, 398)
        street = (
            f"{draw.choice(words.STREETS)}{number}号"
            if self._chinese
            else f"{number} {draw.choice(words.STREETS)}"
        )
        return InventedCustomer(
            kind=CustomerKind.COMPANY if is_company else CustomerKind.PERSON,
            name=name,
            gender="" if is_company else gender,
            birthday=None if is_company else self._birthday(),
            industry=industry,
            tier=draw.choices(_TIERS, (15, 60, 25))[0],
            source=draw.choice(Source.values[1:]),
            province=province,
            city=city,
            district=draw.choice(districts),
            street=street,
            remarks=draw.choice(words.REMARKS),
            phone=self.phone(),
            email=f"c{self._count}@{draw.choice(_MAIL)}" if draw.random() < 0.7 else "",
            wechat=f"wx_{self._count:06d}{draw.choice('abcdef')}"
            if self._chinese and draw.random() < 0.5
            else "",
            people=self._people() if is_company else [],
            aliases=aliases,
        )

    def contact(self, person: str) -> dict[str, str]:
        """What was done and said: purpose, summary, result."""
        draw, words = self._random, self._words
        summary = draw.choice(words.SUMMARIES).format(person=person, season=draw.choice(words.SEASONS))
        return {
            "purpose": draw.choice(words.PURPOSES),
            "summary": summary,
            "result": draw.choice(words.RESULTS),
        }

    def next_step(self) -> str:
        return self._random.choice(self._words.NEXT_STEPS)

    def phone(self) -> str:
        """A number in E.164: Chinese mobiles; of British cities, whose ranges for drama (Ofcom) count as valid."""
        draw = self._random
        if self._chinese:
            return f"+861{draw.choice('35789')}{draw.randint(0, 9)}{draw.randint(0, 99_999_999):08d}"
        return f"+44{draw.choice(_DRAMA)}{draw.randint(0, 999):03d}"

    def _people(self) -> list[InventedPerson]:
        draw = self._random
        return [
            InventedPerson(
                self._person_name()[1],
                draw.choice(self._words.TITLES),
                draw.choice(PersonRole.values[1:]),
                self.phone(),
            )
            for _ in range(draw.choice((1, 1, 1, 2, 2, 3)))
        ]

    def _person_name(self) -> tuple[str, str]:
        draw, words = self._random, self._words
        gender = draw.choice((Gender.FEMALE, Gender.MALE))
        given = words.GIVEN_FEMALE if gender == Gender.FEMALE else words.GIVEN_MALE
        if not self._chinese:
            return gender, f"{draw.choice(given)} {draw.choice(words.SURNAMES)}"
        return gender, draw.choice(words.SURNAMES) + "".join(draw.choices(given, k=draw.choice((1, 2, 2))))

    def _company(self, short: str) -> tuple[str, str, list[tuple[str, str]]]:
        """Name, industry, other names."""
        draw, words = self._random, self._words
        line, industry = draw.choice(list(words.INDUSTRIES.items()))
        brand = draw.choice(words.BRANDS)
        parts = (short, brand, line, draw.choice(words.SUFFIXES))
        name = ("" if self._chinese else " ").join(part for part in parts if part)
        return name, industry, self._aliases(brand, line)

    def _aliases(self, brand: str, line: str) -> list[tuple[str, str]]:
        # A draw of its own: the other inventions stay what they are.
        draw = random.Random(f"{brand}-{self._count}")
        former = draw.choice(self._words.BRANDS)
        if self._chinese:
            offered = [(AliasKind.SHORT, brand + line[:1]), (AliasKind.FORMER, f"{former}{line}厂")]
            offered.append((AliasKind.FOREIGN, f"{''.join(syllables(brand)).title()} Group"))
        else:
            offered = [(AliasKind.SHORT, brand), (AliasKind.FORMER, f"{former} {line}")]
        return [one for one in offered if draw.random() < 0.15 and one[1] != brand + line]

    def _birthday(self) -> datetime.date:
        return datetime.date(1955, 1, 1) + datetime.timedelta(days=self._random.randint(0, 50 * 365))
