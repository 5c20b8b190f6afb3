"""What speaks for and against two records being the same customer, in points; from THRESHOLD on they are proposed.

The points follow the usual reading of record linkage (Fellegi and Sunter, 1969): what is rarely equal by chance counts
much, what is often mistyped or changes counts little against. They are the same for every source; docs/DUPLICATES.md
says how they were set. An empty field says nothing.
"""

import re
from dataclasses import dataclass, field
from math import fsum

from rapidfuzz.distance import OSA, JaroWinkler

from customers.likeness.names import has_chinese, plain
from customers.likeness.record import Record

THRESHOLD = 6.0

# For a field: points when equal, when it differs altogether, and the likeness from which it counts as either.
WEIGHTS = {
    "given": (3.0, -2.0),
    "family": (4.0, -2.5),
    "birthday": (6.0, -4.0),
    "house": (1.5, -1.0),
    "street": (4.0, -2.0),
    "place": (2.5, -1.0),
    "city": (2.5, -1.5),
    "postcode": (2.5, -1.0),
    "region": (0.5, -0.5),
    "detail": (7.0, -1.0),
    "identity": (12.0, -9.0),
}
ALIKE, UNLIKE = 0.92, 0.55
CHINESE_NAME, CHINESE_SOUND, CHINESE_CLOSE, CHINESE_OTHER = 5.0, 3.5, 0.0, -5.0
COMPANY_SAME, COMPANY_CORE, COMPANY_SOUND, COMPANY_CLOSE, COMPANY_ALIAS, COMPANY_OTHER = (
    9.0, 8.0, 5.0, 4.0, 8.0, -6.0,
)  # fmt: skip
SHORT_CORE = 3.0
"""Fewer points for a core of two or three characters: many companies share such a one."""
CHINESE_AREA = 0.5
OTHER_REGION, OTHER_BRANCH = -5.0, -20.0

AGAINST = frozenset(("branch_differs", "region_differs", "birthday_differs", "identity_differs"))
"""Reasons that speak against it."""

_NUMBERS = re.compile(r"\d+")

Reason = tuple[str, dict]


@dataclass
class Likeness:
    """`points` add up to a verdict; `reasons` are codes with parameters that hold no personal data."""

    points: float = 0.0
    reasons: list[Reason] = field(default_factory=list)

    def add(self, points: float, code: str = "", **params: object) -> None:
        self.points += points
        if code:
            self.reasons.append((code, params))

    @property
    def percent(self) -> int:
        """50 at the threshold, 100 far beyond it."""
        return max(0, min(100, round(50 + (self.points - THRESHOLD) * 4)))


def compare(one: Record, two: Record) -> Likeness:
    """The likeness of two records. About 15 µs."""
    found = Likeness()
    _details(one, two, found)
    if one.is_company and two.is_company:
        _companies(one, two, found)
    elif one.is_company != two.is_company:
        _mixed(one, two, found)
    else:
        _persons(one, two, found)
    _birthdays(one, two, found)
    _addresses(one, two, found)
    return found


def _details(one: Record, two: Record, found: Likeness) -> None:
    for code, mine, theirs in (
        ("phone", one.phones, two.phones),
        ("email", one.emails, two.emails),
        ("wechat", one.wechats, two.wechats),
    ):
        if mine and theirs:
            shared = not mine.isdisjoint(theirs)
            found.add(WEIGHTS["detail"][0 if shared else 1], code if shared else "")
    if one.identity is not None and two.identity is not None:
        same = one.identity == two.identity
        found.add(WEIGHTS["identity"][0 if same else 1], "identity" if same else "identity_differs")


def _companies(one: Record, two: Record, found: Likeness) -> None:
    mine, theirs = one.company, two.company
    if mine.branch != theirs.branch:
        found.add(OTHER_BRANCH, "branch_differs")
        return
    if mine.region and theirs.region and mine.region != theirs.region:
        found.add(OTHER_REGION, "region_differs")
    short = SHORT_CORE if len(mine.core) < 4 else 0.0
    likeness = OSA.normalized_similarity(mine.core, theirs.core)
    if plain(one.name) == plain(two.name):
        found.add(COMPANY_SAME, "name_same")
    elif mine.core == theirs.core:
        found.add(COMPANY_CORE - short, "name_form")
    elif {mine.core, *(x.core for x in one.other_companies)} & {
        theirs.core,
        *(x.core for x in two.other_companies),
    }:
        found.add(COMPANY_ALIAS - short, "name_alias")
    elif mine.sound == theirs.sound:
        found.add(COMPANY_SOUND - short, "name_sound")
    elif likeness >= 0.8 and min(len(mine.core), len(theirs.core)) >= 5:
        found.add(COMPANY_CLOSE, "name_close", percent=round(likeness * 100))
    else:
        found.add(COMPANY_OTHER)


def _mixed(one: Record, two: Record, found: Likeness) -> None:
    """A company and a person: the same only when somebody chose the wrong kind."""
    if plain(one.name) == plain(two.name):
        found.add(4.0, "name_same")
    else:
        found.add(COMPANY_OTHER)


def _persons(one: Record, two: Record, found: Likeness) -> None:
    if has_chinese(one.name) and has_chinese(two.name):
        _chinese(one, two, found)
    elif has_chinese(one.name) or has_chinese(two.name):
        if one.sound == two.sound or _turned(one, two):
            found.add(CHINESE_SOUND, "name_sound")
        else:
            found.add(CHINESE_OTHER)
    else:
        _latin(one, two, found)


def _chinese(one: Record, two: Record, found: Likeness) -> None:
    if plain(one.name) == plain(two.name):
        found.add(CHINESE_NAME, "name_same")
    elif {one.name, *one.aliases} & {two.name, *two.aliases}:
        found.add(CHINESE_NAME, "name_alias")
    elif one.sound == two.sound:
        found.add(CHINESE_SOUND, "name_sound")
    elif len(one.name) > 2 and OSA.distance(one.name, two.name) == 1:
        found.add(
            CHINESE_CLOSE, "name_close", percent=round(OSA.normalized_similarity(one.name, two.name) * 100)
        )
    else:
        found.add(CHINESE_OTHER)


def _turned(one: Record, two: Record) -> bool:
    """Zhang San and San Zhang."""
    latin, other = (one, two) if one.words else (two, one)
    return len(latin.words) == 2 and "".join(reversed(latin.words)) == other.sound


def _latin(one: Record, two: Record, found: Likeness) -> None:
    mine, theirs = _name_parts(one), _name_parts(two)
    straight = [_near(a, b) for a, b in zip(mine, theirs, strict=True)]
    turned = [_near(mine[0], theirs[1]), _near(mine[1], theirs[0])]
    if sum(x or 0.0 for x in turned) > sum(x or 0.0 for x in straight) + 0.3:
        straight = turned
        # fsum: whichever of the two records comes first.
        found.add(fsum(_points(name, likeness) for name in ("given", "family") for likeness in turned) / 2)
    else:
        found.add(sum(map(_points, ("given", "family"), straight)))
    known = [x for x in straight if x is not None]
    if known and min(known) == 1.0:
        found.add(0, "name_same")
    elif known and min(known) >= 0.6:
        found.add(0, "name_close", percent=round(100 * sum(known) / len(known)))


def _name_parts(record: Record) -> tuple[str, str]:
    if record.given or record.family:
        return _squeezed(record.given), _squeezed(record.family)
    words = record.words
    return ("".join(words[:-1]), words[-1]) if len(words) > 1 else ("", "".join(words))


def _birthdays(one: Record, two: Record, found: Likeness) -> None:
    if not one.birthday or not two.birthday:
        return
    equal, differs = WEIGHTS["birthday"]
    if one.birthday == two.birthday:
        found.add(equal, "birthday")
        return
    slips = OSA.distance(one.birthday, two.birthday)
    swapped = one.birthday[:4] == two.birthday[:4] and one.birthday[4:6] == two.birthday[6:]
    if slips == 1 or swapped:
        found.add(equal / 2, "birthday_close")
    elif slips == 2:
        found.add(0, "birthday_close")
    else:
        found.add(differs, "birthday_differs")


def _addresses(one: Record, two: Record, found: Likeness) -> None:
    if has_chinese(one.street + one.city) and has_chinese(two.street + two.city):
        _chinese_addresses(one, two, found)
        return
    before = found.points
    street, place = (
        _near(_squeezed(one.street), _squeezed(two.street)),
        _near(_squeezed(one.place), _squeezed(two.place)),
    )
    across = [
        _near(_squeezed(one.street), _squeezed(two.place)),
        _near(_squeezed(one.place), _squeezed(two.street)),
    ]
    if max((x or 0.0) for x in across) > max(street or 0.0, place or 0.0):
        street, place = sorted(across, key=lambda likeness: likeness or 0.0, reverse=True)
    parts = {"street": street, "place": place, "city": _near(_squeezed(one.city), _squeezed(two.city))}
    parts |= {name: _near(getattr(one, name), getattr(two, name)) for name in ("house", "postcode", "region")}
    for name, likeness in parts.items():
        found.add(_points(name, likeness))
    gained = found.points - before
    if street is not None and street >= ALIKE and gained >= 4:
        found.add(0, "address")
    elif gained >= 4:
        found.add(0, "address_close")


def _chinese_addresses(one: Record, two: Record, found: Likeness) -> None:
    """A city, a district or a postcode of China holds a million people: only the street tells them
    apart, and in it the numbers."""
    for name in ("city", "place", "postcode"):
        mine, theirs = getattr(one, name), getattr(two, name)
        if mine and theirs:
            found.add(CHINESE_AREA if _bare(mine) == _bare(theirs) else -CHINESE_AREA)
    mine, theirs = plain(one.street), plain(two.street)
    if not mine or not theirs:
        return
    equal, differs = WEIGHTS["street"]
    same_numbers = _NUMBERS.findall(mine) == _NUMBERS.findall(theirs)
    if mine == theirs and _NUMBERS.search(mine):
        found.add(equal, "address")
    elif same_numbers and OSA.normalized_similarity(mine, theirs) >= 0.8:
        found.add(equal / 2, "address_close")
    elif not same_numbers:
        found.add(differs)


def _bare(place: str) -> str:
    return place.removesuffix("市").removesuffix("区").removesuffix("县")


def _points(name: str, likeness: float | None) -> float:
    if likeness is None:
        return 0.0
    equal, differs = WEIGHTS[name]
    if likeness >= ALIKE:
        return equal
    if likeness <= UNLIKE:
        return differs
    return differs + (equal - differs) * (likeness - UNLIKE) / (ALIKE - UNLIKE)


def _near(one: str, two: str) -> float | None:
    """0 to 1; None when either is empty."""
    if not one or not two:
        return None
    if one == two:
        return 1.0
    return max(OSA.normalized_similarity(one, two), JaroWinkler.similarity(one, two) - 0.1)


def _squeezed(text: str) -> str:
    return plain(text).replace(" ", "").replace("-", "")
