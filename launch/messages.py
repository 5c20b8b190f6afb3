"""Translations without the gettext programs: `python -m launch.messages extract|compile|check`.

Runs with the virtual environment's Python, whichever it was started with. English is the source language, Chinese the catalogue.
`extract [FILE.json …]` writes what the code asks for into the catalogue, keeps what is translated, and fills
gaps from JSON files {"msgid": "translation"}.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from launch.bare_text import bare_texts
from launch.extraction import extract, templates
from launch.place import Place
from launch.venv import go_on_inside

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
METADATA = {
    "Project-Id-Version": "Evergreen CRM",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def catalogue(domain):
    """The catalogue of a domain; empty when there is none yet."""
    import polib

    path = CATALOGUES / f"{domain}.po"
    if path.exists():
        return polib.pofile(str(path))
    fresh = polib.POFile()
    fresh.metadata = METADATA
    fresh.fpath = str(path)
    return fresh


def wanted():
    """{domain: {(context, msgid): Message}} for everything the code asks to have translated."""
    found = defaultdict(dict)
    for message in extract(ROOT):
        found[message.domain].setdefault(message.key, message)
    return found


def write_catalogues(*sources):
    """Bring the catalogues up to date; entries nothing asks for any more are dropped."""
    known = {}
    for source in sources:
        known |= json.loads(Path(source).read_text("utf-8"))
    for domain, messages in wanted().items():
        current = catalogue(domain)
        kept = {(entry.msgctxt, entry.msgid): entry for entry in current}
        current[:] = [
            entry_for(messages[key], kept.get(key), known) for key in sorted(messages, key=sort_key)
        ]
        Path(current.fpath).parent.mkdir(parents=True, exist_ok=True)
        current.save(newline="\n")


def sort_key(key):
    context, msgid = key
    return (msgid, context or "")


def entry_for(message, old, known):
    import polib

    entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context, occurrences=[(message.path, "")])
    if message.plural:
        entry.msgid_plural = message.plural
    if any("%(" in text or "%s" in text for text in (message.msgid, message.plural or "")):
        entry.flags = ["python-format"]
    text = translation_of(old) if old is not None and not old.fuzzy else ""
    text = text or known_text(known.get(message.msgid, ""))
    if message.plural:
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text
    return entry


def known_text(value):
    return value["zh"] if isinstance(value, dict) else value


def translation_of(entry):
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def compile_catalogues():
    """Each .po beside its .mo, when it is newer."""
    import polib

    for source in (ROOT / "locale").rglob("*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def faults():
    """What is missing or wrong, one line each."""
    for domain, messages in wanted().items():
        entries = {(entry.msgctxt, entry.msgid): entry for entry in catalogue(domain) if not entry.obsolete}
        for key, message in messages.items():
            if fault := fault_of(message, entries.get(key)):
                yield f"{message.path}: {fault}: {message.msgid!r}"


def bare_faults():
    """Words in templates that are not marked for translation."""
    for path in templates(ROOT):
        for line, text in bare_texts(path.read_text("utf-8")):
            yield f"{path.relative_to(ROOT)}:{line}: not marked for translation: {text!r}"


def fault_of(message, entry):
    if entry is None or not translation_of(entry):
        return "untranslated"
    if bool(message.plural) != bool(entry.msgid_plural):
        return "plural forms differ between code and catalogue"
    if entry.fuzzy:
        return "fuzzy"
    if not placeholders(translation_of(entry)) <= placeholders(message.msgid) | placeholders(
        message.plural or ""
    ):
        return "the translation names an unknown placeholder"
    missing = placeholders(message.plural or message.msgid) - placeholders(translation_of(entry))
    return f"the translation lacks {', '.join(sorted(missing))}" if missing else ""


def placeholders(text):
    return {match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def main(arguments):
    command, *rest = arguments or ["check"]
    if command == "extract":
        write_catalogues(*rest)
    elif command == "compile":
        compile_catalogues()
    else:
        found = sorted([*faults(), *bare_faults()])
        print("\n".join(found))
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    go_on_inside(Place.here())
    sys.exit(main(sys.argv[1:]))
