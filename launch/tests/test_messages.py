import json

import polib
import pytest

from launch import messages
from launch.bare_text import bare_texts
from launch.extraction import in_python, in_script, in_template
from launch.messages import fault_of

TEMPLATE = """{% load i18n %}<p title="{% trans "It's here" %}">{{ _("Name") }}
{% blocktranslate trimmed count n=rows|length with a="b" %}
  One row of {{ a }}, 100%
{% plural %}
  {{ n }} rows of {{ a }}
{% endblocktranslate %}{% translate "close" context "verb" as x %}"""


def ids(found):
    return [(message.context, message.msgid, message.plural) for message in found]


def test_python_is_read_by_its_syntax():
    source = (
        "_('a' 'b'); gettext_lazy('c'); ngettext('one', 'many', n); pgettext('verb', 'close'); _(name)\n"
        "npgettext_lazy('x', '1', '2', n); translation.gettext('d'); 'gettext(\"no\")'"
    )
    assert sorted(ids(in_python(source, "a.py")), key=str) == sorted(
        [
            (None, "ab", None),
            (None, "c", None),
            (None, "one", "many"),
            ("verb", "close", None),
            ("x", "1", "2"),
            (None, "d", None),
        ],
        key=str,
    )


def test_templates_are_read_as_django_reads_them():
    assert ids(in_template(TEMPLATE, "a.html")) == [
        (None, "It's here", None),
        (None, "Name", None),
        (None, "One row of %(a)s, 100%%", "%(n)s rows of %(a)s"),
        ("verb", "close", None),
    ]


def test_scripts_belong_to_their_own_catalogue():
    found = list(in_script("toast(gettext('Saved (again)')); const ungettext = 1", "a.js"))
    assert ids(found) == [(None, "Saved (again)", None)]
    assert found[0].domain == "djangojs"


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (None, "untranslated"),
        ({"msgstr": ""}, "untranslated"),
        ({"msgstr": "%(n)s 行", "flags": ["fuzzy"]}, "fuzzy"),
        ({"msgstr": "%(m)s 行"}, "the translation names an unknown placeholder"),
        ({"msgstr": "行"}, "the translation lacks %(n)s"),
        ({"msgstr": "%(n)s 行"}, ""),
    ],
)
def test_faults_of_a_translation(entry, fault):
    (message,) = in_python("_('%(n)s rows')", "a.py")
    assert fault_of(message, entry and polib.POEntry(msgid=message.msgid, **entry)) == fault


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUES", tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES")
    (tmp_path / "shop.py").write_text("_('Order'); ngettext('%(n)d row', '%(n)d rows', n); _('Old')")
    return tmp_path


def test_extract_fill_compile_check(project, capsys):
    known = project / "known.json"
    known.write_text(json.dumps({"Order": "订单", "%(n)d row": {"plural": "%(n)d rows", "zh": "%(n)d 行"}}))
    assert messages.main(["extract", str(known)]) == 0
    assert messages.main(["check"]) == 1
    assert capsys.readouterr().out == "shop.py: untranslated: 'Old'\n"

    (project / "shop.py").write_text("_('Order'); ngettext('%(n)d row', '%(n)d rows', n)")
    messages.main(["extract"])
    assert messages.main(["check"]) == 0
    messages.main(["compile"])
    compiled = polib.mofile(str(messages.CATALOGUES / "django.mo"))
    assert {entry.msgid: entry.msgstr or entry.msgstr_plural[0] for entry in compiled} == {
        "%(n)d row": "%(n)d 行",
        "Order": "订单",
    }


def test_words_outside_a_translation_are_found():
    page = """{% if a %}<h1 title="{% trans "fine" %}">{{ name }} · CSV</h1>{# note #}
    <p>客户 {% blocktranslate %}all of it{% endblocktranslate %}</p><kbd>Shift</kbd>
    <a translate="no"><b>Evergreen</b></a><input placeholder="Search"><svg><path/><title>Logo</title></svg>
    <p>Saved</p>{% endif %}"""
    assert bare_texts(page) == [(2, "客户"), (3, "Search"), (4, "Saved")]
