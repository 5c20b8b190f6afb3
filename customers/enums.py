from enum import nonmember

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CustomerKind(TextChoices):
    COMPANY = "company", _("Company")
    PERSON = "person", pgettext_lazy("kind of customer", "Person")


class Relationship(TextChoices):
    CUSTOMER = "customer", _("Customer")
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Partner")


class Tier(TextChoices):
    """How a customer is classified; the contact policy goes by it."""

    KEY = "key", pgettext_lazy("tier", "Key")
    ORDINARY = "ordinary", pgettext_lazy("tier", "Ordinary")
    POTENTIAL = "potential", pgettext_lazy("tier", "Potential")


class Gender(TextChoices):
    UNKNOWN = "", _("Not stated")
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", pgettext_lazy("gender", "Other")


class Source(TextChoices):
    """The channel a customer came through."""

    UNKNOWN = "", _("Unknown")
    SURVEY = "survey", _("Market survey")
    ONLINE_EVENT = "online_event", _("Online event")
    OFFLINE_EVENT = "offline_event", _("Offline event")
    VISIT = "visit", _("Visit")
    PHONE = "phone", _("Phone")
    EMAIL = "email", pgettext_lazy("channel", "Email")
    WEB = "web", _("Website")
    APP = "app", _("App")
    SOCIAL = "social", _("Social media")
    FORM = "form", _("Registration form")
    INTERVIEW = "interview", _("Interview")
    REFERRAL = "referral", _("Referral")
    EXHIBITION = "exhibition", _("Exhibition")


class AgeBand(TextChoices):
    """How old a person seems where the birthday is not known."""

    UNKNOWN = "", _("Not stated")
    YOUNG = "under_18", _("Under 18")
    ADULT = "18_45", _("18 to 45")
    MIDDLE = "45_60", _("46 to 60")
    SENIOR = "over_60", _("Over 60")


class Area(TextChoices):
    UNKNOWN = "", _("Not stated")
    URBAN = "urban", _("Urban")
    RURAL = "rural", _("Rural")


class Region(TextChoices):
    """Where in the country, as the organisation sees it; a Chinese province proposes it (`customers.regions`)."""

    UNKNOWN = "", _("Not stated")
    EAST = "east", pgettext_lazy("region", "East")
    WEST = "west", pgettext_lazy("region", "West")
    SOUTH = "south", pgettext_lazy("region", "South")
    NORTH = "north", pgettext_lazy("region", "North")


class Intention(TextChoices):
    """How likely a purchase is."""

    UNKNOWN = "", _("Not stated")
    NONE = "none", pgettext_lazy("purchase intention", "None")
    LOW = "low", pgettext_lazy("purchase intention", "Low")
    MEDIUM = "medium", pgettext_lazy("purchase intention", "Medium")
    HIGH = "high", pgettext_lazy("purchase intention", "High")


class IncomeBand(TextChoices):
    """Monthly income: what somebody can spend."""

    UNKNOWN = "", _("Not stated")
    LOW = "under_1000", _("Under 1,000")
    MIDDLE = "1000_3000", _("1,000 to 3,000")
    HIGH = "over_3000", _("Over 3,000")


class NeedType(TextChoices):
    UNKNOWN = "", _("Not stated")
    PRODUCER = "producer", _("Producer goods")
    CONSUMER = "consumer", _("Consumer goods")


class BuyingChannel(TextChoices):
    """Where somebody likes to buy."""

    UNKNOWN = "", _("Not stated")
    STALL = "stall", _("Stall")
    MARKET = "market", pgettext_lazy("where to buy", "Market")
    STORE = "store", pgettext_lazy("where to buy", "Shop")
    FACTORY = "factory", _("From the factory")
    ONLINE = "online", _("Online")
    PHONE = "phone", _("By phone")


class Weekday(IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class CustomType(TextChoices):
    """What a custom field holds."""

    TEXT = "text", pgettext_lazy("type of a field", "Text")
    NUMBER = "number", pgettext_lazy("type of a field", "Number")
    DATE = "date", pgettext_lazy("type of a field", "Date")
    CHOICE = "choice", pgettext_lazy("type of a field", "One of several")
    CHOICES = "choices", pgettext_lazy("type of a field", "Any of several")
    BOOLEAN = "boolean", pgettext_lazy("type of a field", "Yes or no")
    WITH_CHOICES = nonmember(("choice", "choices"))


class FieldUse(TextChoices):
    """Whether an organisation collects a field about its customers."""

    COLLECTED = "collected", _("Collected")
    REQUIRED = "required", _("Required")
    HIDDEN = "hidden", _("Not collected")


class CreditRating(TextChoices):
    UNKNOWN = "", _("Not rated")
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


class PointKind(TextChoices):
    """A way to reach somebody."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", pgettext_lazy("contact detail", "Email")
    WECHAT = "wechat", _("WeChat")


class PersonRole(TextChoices):
    UNKNOWN = "", _("Not stated")
    DECIDER = "decider", _("Decision maker")
    INFLUENCER = "influencer", _("Influencer")
    USER = "user", pgettext_lazy("role of a contact person", "User")
    BUYER = "buyer", _("Buyer")
    FINANCE = "finance", _("Finance")
    OTHER = "other", pgettext_lazy("role of a contact person", "Other")


class ImportStatus(TextChoices):
    """How far an import has come. Only `customers.actions.import_batch` moves it on."""

    UPLOADED = "uploaded", _("Waiting for columns")
    STAGING = "staging", _("Being checked")
    STAGED = "staged", _("Ready to import")
    APPLYING = "applying", _("Importing")
    APPLIED = "applied", _("Imported")
    REVERTING = "reverting", _("Being reverted")
    REVERTED = "reverted", _("Reverted")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")


class RowOutcome(TextChoices):
    """What an import does with a row of the file."""

    NEW = "new", _("New")
    UPDATE = "update", _("Update")
    PERSON = "person", _("Contact person")
    SKIP = "skip", _("Skip")
    ERROR = "error", _("Error")


class RowResult(TextChoices):
    """What became of an imported row; empty: what its outcome announced."""

    AS_ANNOUNCED = "", _("As announced")
    UNCHANGED = "unchanged", _("Nothing to change")
    KEPT = "kept", _("Kept at the revert")
    PARTLY = "partly", _("Partly restored")


class FileEncoding(TextChoices):
    """Encodings that a person names; others are found out."""

    GB18030 = "gb18030", _("Chinese, simplified (GB18030, GBK)")
    BIG5 = "big5hkscs", _("Chinese, traditional (Big5)")
    WESTERN = "cp1252", _("Western (Windows-1252)")


class DuplicatePolicy(TextChoices):
    """What happens to a row whose customer exists already."""

    SKIP = "skip", _("Skip the row")
    UPDATE = "update", _("Update the customer")
    CREATE = "create", _("Create another customer")


class MatchKey(TextChoices):
    """By what an imported row recognises a customer."""

    CODE = "code", pgettext_lazy("of a customer", "Code")
    IDENTITY = "identity", _("Identity number")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("Email")
    NAME_BIRTHDAY = "name_birthday", _("Name and birthday")
    NAME = "name", _("Name")


class Checked(TextChoices):
    """What somebody found when they held a detail of a customer against the truth."""

    RIGHT = "right", pgettext_lazy("verification", "Right")
    WRONG = "wrong", pgettext_lazy("verification", "Wrong")
    CHANGED = "changed", pgettext_lazy("verification", "Has changed")


class RelationKind(TextChoices):
    """How two customers belong together. Where the two differ, the first of the pair is the one that is named."""

    PARENT_COMPANY = "parent_company", _("Parent company")
    REFERRAL = "referral", _("Referred by")
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Business partner")
    SPOUSE = "spouse", _("Spouse")
    PARENT = "parent", pgettext_lazy("family", "Parent")
    SIBLING = "sibling", _("Sibling")
    RELATIVE = "relative", _("Relative")
    OTHER = "other", pgettext_lazy("relation", "Other")

    SYMMETRIC = nonmember(frozenset(("partner", "spouse", "sibling", "relative", "other")))
    ACYCLIC = nonmember(frozenset(("parent_company", "parent")))
    FAMILY = nonmember(frozenset(("spouse", "parent", "sibling", "relative")))


class AliasKind(TextChoices):
    """What another name of a customer is."""

    SHORT = "short", pgettext_lazy("other name", "Short name")
    FORMER = "former", pgettext_lazy("other name", "Former name")
    BRAND = "brand", pgettext_lazy("other name", "Brand")
    FOREIGN = "foreign", pgettext_lazy("other name", "Name in another language")
    OTHER = "other", pgettext_lazy("other name", "Other")


class MatchedBy(TextChoices):
    """How a search has found a customer, the surest way first."""

    PHONE = "phone", _("by phone number")
    TAIL = "tail", _("by the end of a phone number")
    EMAIL = "email", _("by email address")
    WECHAT = "wechat", _("by WeChat")
    IDENTITY = "identity", _("by identity number")
    BANK = "bank", _("by bank account")
    EXACT = "exact", ""
    BEGINNING = "beginning", ""
    NAME = "name", ""
    READING = "reading", _("by pinyin")
    ALIAS = "alias", _("by another name")
    PERSON = "person", _("by a contact person")
    TAG = "tag", _("by a tag")
    SPELLING = "spelling", _("spelt alike")


class TagTone(TextChoices):
    """The colours a tag can have: each legible in both themes."""

    NEUTRAL = "neutral", pgettext_lazy("colour", "Grey")
    GREEN = "green", pgettext_lazy("colour", "Green")
    BLUE = "blue", pgettext_lazy("colour", "Blue")
    AMBER = "amber", pgettext_lazy("colour", "Amber")
    RED = "red", pgettext_lazy("colour", "Red")
    PURPLE = "purple", pgettext_lazy("colour", "Purple")


class ExportFormat(TextChoices):
    XLSX = "xlsx", _("Excel (XLSX)")
    CSV = "csv", _("CSV (UTF-8)")
    GB18030 = "gb18030", _("CSV (GB18030)")
    PRINT = "print", _("On paper")


class DisclosureKind(TextChoices):
    """How personal data was seen in full."""

    REVEAL = "reveal", _("shown in full")
    EXPORT = "export", _("exported")
    PRINT = "print", _("printed")


class OwnershipKind(TextChoices):
    """How a customer came to another owner."""

    ASSIGNED = "assigned", pgettext_lazy("change of owner", "Assigned")
    HANDOVER = "handover", pgettext_lazy("change of owner", "Handed over")
    LEFT = "left", pgettext_lazy("change of owner", "Taken over from somebody who left")
    IMPORTED = "imported", pgettext_lazy("change of owner", "By an import")
    MERGED = "merged", pgettext_lazy("change of owner", "By a merge")
    POOLED = "pooled", pgettext_lazy("change of owner", "Went into a public pool")
    CLAIMED = "claimed", pgettext_lazy("change of owner", "Claimed from a public pool")
    UNDONE = "undone", pgettext_lazy("change of owner", "Undone")

    UNCAPPED = nonmember(frozenset(("left", "merged")))
    """Neither make anybody's book larger than it was, nor can wait: no cap holds them up."""


class PoolReason(TextChoices):
    """How a customer came into a public pool."""

    RULE = "rule", pgettext_lazy("into a pool", "Returned by rule")
    PUT_BACK = "put_back", pgettext_lazy("into a pool", "Put back by the owner")
    MOVED = "moved", pgettext_lazy("into a pool", "Moved by a colleague")
    UNOWNED = "unowned", pgettext_lazy("into a pool", "Nobody owned it")


class PoolUse(TextChoices):
    """What a department is to a pool."""

    CLAIMS = "claims", _("may claim")
    COMES = "comes", _("its customers come in")


class ConsentState(TextChoices):
    GIVEN = "given", pgettext_lazy("of a consent", "Agreed")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a consent", "Withdrawn")

    @property
    def tone(self) -> str:
        return "green" if self == ConsentState.GIVEN else "amber"


class ConsentChannel(TextChoices):
    """How a customer let us know."""

    PAPER = "paper", pgettext_lazy("of a consent", "Signed on paper")
    EMAIL = "email", pgettext_lazy("of a consent", "Email")
    PHONE = "phone", pgettext_lazy("of a consent", "Phone")
    MESSAGE = "message", pgettext_lazy("of a consent", "WeChat or text message")
    WEBSITE = "website", pgettext_lazy("of a consent", "Website")
    IN_PERSON = "in_person", pgettext_lazy("of a consent", "In person")


class InvalidReason(TextChoices):
    """Why a customer is one no longer, or never was."""

    UNREACHABLE = "unreachable", _("Cannot be reached")
    CLOSED = "closed", _("Closed down")
    WRONG = "wrong", _("The data is wrong")
    NO_CUSTOMER = "no_customer", _("Not a customer")
    OTHER = "other", pgettext_lazy("reason", "Another reason")


class HandoverStatus(TextChoices):
    """Where a handover stands. PREPARING, MOVING and UNDOING are the jobs of large ones."""

    PREPARING = "preparing", pgettext_lazy("handover", "Being prepared")
    WAITING = "waiting", pgettext_lazy("handover", "Waits for confirmation")
    MOVING = "moving", pgettext_lazy("handover", "Being carried out")
    ACCEPTED = "accepted", pgettext_lazy("handover", "Done")
    SENT_BACK = "sent_back", pgettext_lazy("handover", "Sent back")
    WITHDRAWN = "withdrawn", pgettext_lazy("handover", "Withdrawn")
    UNDOING = "undoing", pgettext_lazy("handover", "Being undone")
    UNDONE = "undone", pgettext_lazy("handover", "Undone")

    AT_WORK = nonmember(frozenset(("preparing", "moving", "undoing")))
    NEXT = nonmember(
        {
            "preparing": frozenset(("waiting", "moving", "withdrawn")),
            "waiting": frozenset(("moving", "sent_back", "withdrawn")),
            "moving": frozenset(("accepted",)),
            "accepted": frozenset(("undoing",)),
            "undoing": frozenset(("undone", "accepted")),
        }
    )


class HandoverReason(TextChoices):
    REGION = "region", pgettext_lazy("handover", "Regions change")
    WORKLOAD = "workload", pgettext_lazy("handover", "Workload")
    ABSENCE = "absence", pgettext_lazy("handover", "Absence")
    LEAVING = "leaving", pgettext_lazy("handover", "Leaving")
    WISH = "wish", pgettext_lazy("handover", "The customer asked for it")
    OTHER = "other", pgettext_lazy("handover", "Another reason")


class HandedState(TextChoices):
    """What became of a customer in a handover."""

    WAITING = "waiting", pgettext_lazy("handed over", "Waits")
    MOVED = "moved", pgettext_lazy("handed over", "Handed over")
    LEFT = "left", pgettext_lazy("handed over", "Left where it was")
    STAYED = "stayed", pgettext_lazy("handed over", "Stayed")
    RETURNED = "returned", pgettext_lazy("handed over", "Returned")
