"""A customer as the comparison sees it."""

from dataclasses import dataclass, field
from functools import cached_property

from customers.likeness.names import CompanyName, company_name, latin_words, sound_of


@dataclass(slots=False)
class Record:
    """`key`: whatever identifies it. Contact details and numbers come as opaque equal-or-not values (blind indexes).

    `given` and `family` are filled where a source keeps them apart; otherwise `name` is split.
    """

    key: object
    name: str = ""
    is_company: bool = False
    given: str = ""
    family: str = ""
    aliases: tuple[str, ...] = ()
    phones: frozenset = frozenset()
    emails: frozenset = frozenset()
    wechats: frozenset = frozenset()
    identity: object = None
    birthday: str = ""
    """Digits, YYYYMMDD."""
    house: str = ""
    street: str = ""
    place: str = ""
    """What else stands in the address: building, estate, district."""
    city: str = ""
    region: str = ""
    postcode: str = ""
    archived: bool = field(default=False)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The Latin words of the name, in lower case."""
        if self.given or self.family:
            return tuple(latin_words(f"{self.given} {self.family}"))
        return tuple(latin_words(self.name))

    @cached_property
    def sound(self) -> str:
        """The name as it is read, without spaces."""
        return sound_of(self.name or f"{self.given} {self.family}", person=not self.is_company)

    @cached_property
    def company(self) -> CompanyName:
        return company_name(self.name)

    @cached_property
    def other_companies(self) -> tuple[CompanyName, ...]:
        return tuple(company_name(one) for one in self.aliases)
