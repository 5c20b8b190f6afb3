"""Contact details as those see them who may not see them in full."""

from customers.enums import PointKind


def masked_phone(number: str) -> str:
    """138****1234: the country code of a Chinese number is left out, the middle is hidden."""
    text, _semicolon, _extension = number.partition(";")
    text = text.removeprefix("+86")
    if len(text) <= 4:
        return "*" * len(text)
    shown = 3 if len(text) >= 9 else 1
    return f"{text[:shown]}****{text[-4:]}" if len(text) >= 7 else f"{text[0]}****"


def masked_email(address: str) -> str:
    """z***@example.com"""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def masked_text(value: str) -> str:
    """Of an identity number, an account or a WeChat id: the first and the last two characters."""
    return f"{value[:2]}****{value[-2:]}" if len(value) >= 8 else f"{value[:1]}****"


def masked(kind: str, value: str) -> str:
    if not value:
        return ""
    if kind == PointKind.PHONE:
        return masked_phone(value)
    return masked_email(value) if kind == PointKind.EMAIL else masked_text(value)


def readable_phone(number: str) -> str:
    """A phone as people write it: 138 1234 5678, 010-8888 6666, +44 20 7946 0958."""
    text, _semicolon, extension = number.partition(";ext=")
    if text.startswith("+861") and len(text) == 14:
        text = f"{text[3:6]} {text[6:10]} {text[10:]}"
    elif text.startswith("+86") and len(text) in (12, 13, 14) and text[3] not in "48":
        area = 2 if text[3] in "12" else 3
        text = f"0{text[3 : 3 + area]}-{text[3 + area : -4]} {text[-4:]}"
    elif text.startswith("+86"):
        text = text[3:]
    return f"{text} #{extension}" if extension else text


def readable(kind: str, value: str) -> str:
    return readable_phone(value) if kind == PointKind.PHONE else value


def address_of(kind: str, value: str) -> str:
    """What a tap on the value opens: tel: or mailto:; "" for a WeChat id."""
    if kind == PointKind.PHONE:
        return f"tel:{value}"
    return f"mailto:{value}" if kind == PointKind.EMAIL else ""
