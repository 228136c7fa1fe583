"""What a folder of code says to people, and what its German catalogues hold."""

import ast
import gettext
import re
from pathlib import Path

from django.utils.translation.template import templatize

ENTRY = re.compile(
    r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE
)
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# What templatize makes of a template's tags: nearly Python.
TAGGED = re.compile(r"""\b_\((?:u|)(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)""")
BLOCK = re.compile(r"""gettext\(\s*(?P<text>u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")""")


def edited(root: Path) -> dict[str, list[str]]:
    """Return the edited catalogue: each text with its translations, one a plural form."""
    found: dict[str, list[str]] = {}
    for block in _file(root, "po").read_text().split("\n\n"):
        fields = {name: ast.literal_eval(f"({text})") for name, text in ENTRY.findall(block)}
        if fields.get("msgid"):
            found[fields["msgid"]] = [
                text for name, text in fields.items() if name.startswith("msgstr")
            ]
    return found


def compiled(root: Path) -> dict[str, list[str]]:
    """Return the compiled catalogue, as :func:`edited` does."""
    with _file(root, "mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    found: dict[str, list[str]] = {}
    for key, text in catalogue.items():
        if key:
            found.setdefault(key[0] if isinstance(key, tuple) else key, []).append(text)
    return found


def said(root: Path) -> set[str]:
    """Return the texts of Python and of templates."""
    return _in_python(root) | _in_templates(root)


def untranslated(root: Path) -> list[str]:
    return [text for text, german in edited(root).items() if not all(german)]


def with_other_placeholders(root: Path) -> dict[str, list[str]]:
    """Return the texts whose translations take other values than they do."""

    def placeholders(text: str) -> list[str]:
        return sorted(set(PLACEHOLDER.findall(text)))

    return {
        text: german
        for text, german in edited(root).items()
        if any(placeholders(each) != placeholders(text) for each in german)
    }


def guesses(root: Path) -> list[str]:
    text = _file(root, "po").read_text()
    return [each for each in ("fuzzy", "#~") if each in text]


def _file(root: Path, suffix: str) -> Path:
    return root / "locale" / "de" / "LC_MESSAGES" / f"django.{suffix}"


def _in_python(root: Path) -> set[str]:
    return {
        text.value
        for path in root.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in GETTEXT
        and call.args
        and isinstance(text := call.args[0], ast.Constant)
    }


def _in_templates(root: Path) -> set[str]:
    return {
        ast.literal_eval(match["text"])
        for path in root.rglob("*.html")
        for pattern in (TAGGED, BLOCK)
        for match in pattern.finditer(templatize(path.read_text()))
    }
