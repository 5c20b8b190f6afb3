"""Which messages the code asks to have translated, found without the gettext programs."""

import ast
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
FUNCTIONS = SINGULAR | PLURAL | CONTEXT | CONTEXT_PLURAL
CALL = re.compile(r"(?<![\w.])(?:_|n?p?gettext)\(")
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml"}
SKIPPED = {"tests", "e2e", "benchmarks", "node_modules", "vendor", "launch"}


@dataclass(frozen=True)
class Message:
    path: str
    msgid: str
    plural: str | None = None
    context: str | None = None
    domain: str = "django"

    @property
    def key(self):
        return self.context, self.msgid


def extract(root):
    """Every Message of the tracked and new files under `root`, tests left out."""
    for path in sources(root):
        name = str(path.relative_to(root))
        if path.suffix == ".py":
            yield from in_python(path.read_text("utf-8"), name)
        elif path.suffix == ".js":
            yield from in_script(path.read_text("utf-8"), name)
        elif is_template(path):
            yield from in_template(path.read_text("utf-8"), name)


def is_template(path):
    return path.suffix in TEMPLATE_SUFFIXES and "templates" in path.parts


def templates(root):
    return (path for path in sources(root) if is_template(path) and path.suffix == ".html")


def sources(root, skipped=SKIPPED):
    """Files git knows or would take; without git, all outside the folders that are made."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True
    )
    names = [name for name in listing.stdout.decode().split("\0") if name]
    paths = [Path(root, name) for name in names] or [
        path for path in root.rglob("*.*") if is_ours(path, root)
    ]
    return sorted(
        path for path in set(paths) if path.exists() and not skipped & set(path.relative_to(root).parts)
    )


def is_ours(path, root):
    return path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)


def in_python(source, path, domain="django"):
    """Calls of the gettext family whose text is a literal."""
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Call) and function_name(node) in FUNCTIONS and node.args:
            texts = [literal(argument) for argument in node.args]
            if texts[0] is not None:
                yield message(function_name(node), texts, path, domain)


def function_name(node):
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


def literal(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def message(function, texts, path, domain):
    if function in CONTEXT_PLURAL:
        return Message(path, texts[1], texts[2], texts[0], domain)
    if function in CONTEXT:
        return Message(path, texts[1], None, texts[0], domain)
    if function in PLURAL:
        return Message(path, texts[0], texts[1], None, domain)
    return Message(path, texts[0], None, None, domain)


def in_template(source, path):
    """Django turns a template into lines of gettext calls between runs of X."""
    from django.utils.translation.template import templatize

    yield from in_calls(templatize(source, origin=path), path, "django")


def in_script(source, path):
    yield from in_calls(source, path, "djangojs")


def in_calls(text, path, domain):
    """Each gettext call in text that is not Python as a whole, parsed by itself."""
    for match in CALL.finditer(text):
        if call := first_call(text[match.start() : match.start() + 5000]):
            yield from in_python(call, path, domain)


def first_call(text):
    """The call `text` begins with, up to its closing bracket; None when it is not one with literals."""
    for end in (index + 1 for index, sign in enumerate(text) if sign == ")"):
        try:
            ast.parse(text[:end], mode="eval")
        except (SyntaxError, ValueError):
            continue
        return text[:end]
    return None
