"""Words in templates that no translator will ever see, because nothing marks them for translation."""

import re
from html.parser import HTMLParser

# Django's own syntax, and what it already hands to the translators.
MARKED = re.compile(
    r"\{#.*?#\}"
    r"|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    # A block that fills an attribute holds names, not words.
    r"|\{%\s*block\s+\w*(?:class|attributes)\s*%\}.*?\{%\s*endblock\b.*?%\}"
    r"|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
# Chinese, or a word in small letters: names of formats and keys (CSV, MB) are the same everywhere.
WORD = re.compile(r"[\u4e00-\u9fff]+|\b[A-Za-z]{2,}[a-z]\b")
READ_ALOUD = {"title", "placeholder", "aria-label", "alt", "label"}
SILENT = {"script", "style", "svg", "kbd", "code", "pre"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def bare_texts(source):
    """(line, text) of words a reader meets outside a translation; `translate="no"` excuses an element."""
    finder = Finder()
    finder.feed(MARKED.sub(keep_lines, source))
    finder.close()
    return finder.found


def keep_lines(match):
    return "\n" * match.group().count("\n")


class Finder(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.excused = []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        for name in READ_ALOUD & set(values):
            self.note(values[name] or "")
        if (tag in SILENT or values.get("translate") == "no" or self.excused) and tag not in VOID:
            self.excused.append(tag)

    def handle_startendtag(self, tag, attributes):
        """`<path/>` opens nothing."""

    def handle_endtag(self, tag):
        if tag in self.excused:
            while self.excused.pop() != tag:
                pass

    def handle_data(self, data):
        self.note(data)

    def note(self, text):
        if WORD.search(text) and not self.excused:
            self.found.append((self.getpos()[0], " ".join(text.split())[:60]))
