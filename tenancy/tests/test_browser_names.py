"""A session is named as its owner would name it; whatever a browser says, it is told and never breaks the page."""

import pytest
from django.test import Client
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tenancy.browser_names import browser_name, is_handheld
from tenancy.tests.test_accounts import member, sign_in  # noqa: F401

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(("said", "name", "handheld"), [
    (WINDOWS, "Chrome on Windows", False),
    (f"{WINDOWS} Edg/126.0.0.0", "Edge on Windows", False),
    (f"{WINDOWS} OPR/112.0", "Opera on Windows", False),
    (WINDOWS.replace("Chrome", "HeadlessChrome"), "Chrome on Windows", False),
    (MAC, "Safari on macOS", False),
    (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari on iPhone", True),
    (f"{IPHONE} CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone", True),
    (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI", "WeChat on iPhone", True),
    (f"{IPHONE} Mobile/15E148 wxwork/4.1.20 MicroMessenger/7.0.1", "WeCom on iPhone", True),
    (f"{PHONE} Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome on Android", True),
    (f"{PHONE} Version/4.0 Chrome/114 HuaweiBrowser/15.0 Mobile Safari/537.36", "Huawei Browser on Android", True),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux", False),
    ("Mozilla/5.0 (Windows NT 10.0)", "Windows", False),
    ("curl/8.7.1", "curl/8.7.1", False),
    ("", "Unknown browser", False),
])  # fmt: skip
def test_a_browser_is_named_as_people_do(said, name, handheld):
    with override("en"):
        assert (browser_name(said), is_handheld(said)) == (name, handheld)


def test_in_chinese_the_system_stands_first():
    with override("zh-hans"):
        assert browser_name(WINDOWS) == "Windows 上的 Chrome"
        assert browser_name(f"{IPHONE} MicroMessenger/8.0") == "iPhone 上的 微信"


@given(st.text(max_size=300))
def test_whatever_it_says_it_gets_a_short_name(said):
    assert 0 < len(browser_name(said)) <= 120


@pytest.mark.django_db
def test_the_page_of_sessions_names_them_and_keeps_what_they_said(member):  # noqa: F811
    client = Client(headers={"user-agent": f'{WINDOWS} "<b>'})
    sign_in(client)
    page = client.get("/accounts/sessions/").content.decode()
    assert "Windows 上的 Chrome" in page or "Chrome on Windows" in page
    assert "&quot;&lt;b&gt;" in page and "<b>" not in page
