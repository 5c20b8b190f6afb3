"""What a browser calls itself, in the words of the person who uses it: "Chrome on Windows"."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Name = str | Promise
LONGEST = 120

# Each builds on another and says so: the first mark that is found counts.
BROWSERS: tuple[tuple[str, Name], ...] = (
    ("wxwork", gettext_lazy("WeCom")),
    ("MicroMessenger", gettext_lazy("WeChat")),
    ("DingTalk", gettext_lazy("DingTalk")),
    ("Feishu", gettext_lazy("Feishu")),
    ("Lark", "Lark"),
    ("HuaweiBrowser", gettext_lazy("Huawei Browser")),
    ("MiuiBrowser", gettext_lazy("Mi Browser")),
    ("SamsungBrowser", "Samsung Internet"),
    ("QQBrowser", gettext_lazy("QQ Browser")),
    ("UCBrowser", gettext_lazy("UC Browser")),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
HANDHELD = ("iPhone", "iPad", "HarmonyOS", "Android")


def browser_name(user_agent: str) -> str:
    """The browser and the system it runs on, or one of them, or the beginning of what it says of itself."""
    browser = next((str(name) for mark, name in BROWSERS if mark in user_agent), "")
    system = system_name(user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:LONGEST] or _("Unknown browser")


def system_name(user_agent: str) -> str:
    return next((name for mark, name in SYSTEMS if mark in user_agent), "")


def is_handheld(user_agent: str) -> bool:
    return system_name(user_agent) in HANDHELD
