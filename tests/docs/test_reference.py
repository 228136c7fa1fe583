"""The reference mentions every public name, setting, check and error code there is."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from matinee import conf

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "matinee"
REFERENCE = ROOT / "docs" / "reference"

CODE = re.compile(r"[a-z]+\.[a-z_]+")
CHECK_ID = re.compile(r"[\"'](matinee(?:\.[a-z]+)?\.[EWIDC]\d{3})[\"']")
# What Django and pytest find by their place: nobody imports from there.
BY_PLACE = {"apps", "checks", "management", "migrations", "plugin", "templatetags"}


@pytest.fixture(scope="module")
def reference():
    """All pages of the reference as one text."""
    pages = sorted(REFERENCE.rglob("*.md"))
    assert pages, f"There is no page in {REFERENCE.relative_to(ROOT)}."
    return "\n".join(page.read_text() for page in pages)


def sources():
    return [path.read_text() for path in sorted(SOURCE.rglob("*.py"))]


def public_modules():
    parts = [path.relative_to(SOURCE.parent).with_suffix("").parts for path in SOURCE.rglob("*.py")]
    return sorted(
        ".".join(names).removesuffix(".__init__")
        for names in parts
        if not BY_PLACE.intersection(names)
        and not any(re.match("_(?!_init__$)", name) for name in names)
    )


def error_codes():
    """Return what is called code, and what looks like one in the same area."""
    trees = [node for text in sources() for node in ast.walk(ast.parse(text))]
    called = {each for node in trees if (value := _value_of_code(node)) for each in _codes(value)}
    areas = {code.split(".")[0] for code in called} - {"matinee"}
    constants = [node for node in trees if isinstance(node, ast.Constant)]
    alike = {each for node in constants for each in _codes(node) if each.split(".")[0] in areas}
    return sorted(called | alike)


def _codes(tree):
    """Return the strings in *tree* that have the form of a code."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def _value_of_code(node):
    match node:
        case ast.keyword(arg="code", value=value):
            return value
        case ast.Assign(targets=[ast.Name(id="code")], value=value):
            return value
        case ast.AnnAssign(target=ast.Name(id="code"), value=value):
            return value
    return None


def missing(words, reference):
    """Return the *words* that the reference does not hold as words of their own."""
    return [
        word for word in words if not re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", reference)
    ]


@pytest.mark.parametrize("name", public_modules())
def test_every_public_module_says_what_is_public(name):
    assert isinstance(importlib.import_module(name).__all__, list | tuple)


@pytest.mark.parametrize("name", public_modules())
def test_every_public_name_is_in_the_reference(name, reference):
    public = importlib.import_module(name).__all__
    assert [each for each in public if not re.search(rf"\b{re.escape(each)}\b", reference)] == []


@pytest.mark.parametrize("section", conf.SECTIONS, ids=lambda section: section.name)
def test_every_setting_is_in_the_reference_with_its_default(section, reference):
    """A line that names ``receipts.log`` and, later on it, the default in backquotes."""
    for setting in section.settings().values():
        name = re.escape(f"{section.name}.{setting.name}")
        default = re.escape(setting.default_name)
        assert re.search(rf"`{name}`.*`{default}`", reference), (
            f"No line of the reference has `{section.name}.{setting.name}` "
            f"followed by its default `{setting.default_name}`."
        )


def test_every_system_check_is_in_the_reference(reference):
    ids = sorted({each for text in sources() for each in CHECK_ID.findall(text)})
    assert "matinee.E001" in ids
    assert missing(ids, reference) == []


def test_every_error_code_is_in_the_reference(reference):
    codes = error_codes()
    assert "conf.invalid" in codes
    assert missing(codes, reference) == []
