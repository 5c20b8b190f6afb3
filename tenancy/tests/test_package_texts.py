"""The packages behind signing in speak as our pages do."""

import polib
import pytest
from django.conf import settings
from django.urls import reverse

from tenancy.tests.test_accounts import member, sign_in  # noqa: F401

ENGLISH = polib.pofile(str(settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"))
ACRONYMS = {"TOTP", "IP"}


def test_their_english_is_in_sentence_case_and_says_the_same():
    for entry in ENGLISH:
        assert entry.msgstr.casefold() == entry.msgid.casefold()
        later = {word.strip("?()") for word in entry.msgstr.split()[1:]} - ACRONYMS
        assert [word for word in later if word != word.lower()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["account_change_password", "account_reset_password"])
def test_their_pages_show_it(client, member, url):  # noqa: F811
    if url == "account_change_password":
        sign_in(client)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse(url), headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en"' in page
    assert [entry.msgid for entry in ENGLISH if f">{entry.msgid}<" in page] == []
    assert any(entry.msgstr in page for entry in ENGLISH)
