"""Reading code that was not written to be read: never an error, and never a miss in silence."""

import functools
import importlib.util
import linecache
import sys
from pathlib import Path

import pytest
from rest_framework import serializers

from matinee.reads import Kind
from matinee.reads.drf import plan_for
from tests.shelf.models import Book, Chapter


def plan(function):
    """Plan a serializer whose only field is made by *function*."""
    meta = type("Meta", (), {"model": Book, "fields": ["value"]})
    body = {"value": serializers.SerializerMethodField(), "get_value": function, "Meta": meta}
    return plan_for(type("S", (serializers.ModelSerializer,), body)()).plan


def reads(found, *path):
    """Return whether *found* has a way to the column, or says that not all was seen."""
    *steps, column = path
    if unseen(found):
        return True
    for name in steps:
        (found,) = [
            each.plan for each in (*found.joins, *found.fetches) if each.hop.attribute == name
        ]
    return found.columns is None or column in found.columns


def unseen(found):
    return any(note.kind is Kind.UNSEEN for note in found.notes)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Import text as a module of the project."""
    names = []

    def imported(text, name="odd_code"):
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = found = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found)
        names.append(name)
        return found, path

    monkeypatch.chdir(tmp_path)
    yield imported
    for name in names:
        del sys.modules[name]


# More lines than Python lets calls be deep.
LONG = "\n".join(f"    a{n} = book.title, book.state" for n in range(2_000))
DEEP = " + ".join(["book.title"] * 700)
NESTED = f"{'[' * 90}book.title{']' * 90}"
# Functions, by what is odd about them. Each reads the title.
ODD = {
    "calls itself for ever": "def get(self, book):\n    return get(self, book) or book.title",
    "two that call each other": (
        "def get(self, book):\n    return other(self, book)\n"
        "def other(self, book):\n    return book.title or get(self, book)"
    ),
    "two thousand lines": f"def get(self, book):\n{LONG}\n    return book.title",
    "a very long sum": f"def get(self, book):\n    return {DEEP}",
    "a deep nest": f"def get(self, book):\n    return {NESTED}",
    "unicode names": (
        "def get(self, bücher):\n    \uff54\uff49\uff54\uff45\uff4c = bücher.\uff54\uff49\uff54\uff4c\uff45\n    return titel"
    ),
    "a name that is normalised": "def \uff47\uff45\uff54(self, book):\n    return book.title",
    "a lambda in a class": "class A:\n    get = lambda self, book: book.title\nget = A.get",
    "a lambda over lines": "get = (lambda self,\n book:\n book.title)",
    "a partial": "import functools\nget = functools.partial(lambda self, book: book.title, None)",
    "a decorator that says nothing": (
        "def twice(function):\n    def inner(*args):\n        return function(*args) * 2\n"
        "    return inner\n@twice\ndef get(self, book):\n    return book.title"
    ),
    "a decorator that wraps": (
        "import functools\ndef twice(function):\n    @functools.wraps(function)\n"
        "    def inner(*args, **kwargs):\n        return function(*args, **kwargs)\n"
        "    return inner\n@twice\ndef get(self, book):\n    return book.title"
    ),
    "a decorator that is an object": (
        "class Twice:\n    def __init__(self, function):\n        self.function = function\n"
        "    def __call__(self, *args):\n        return self.function(*args)\n"
        "    def __get__(self, instance, owner=None):\n"
        "        return lambda book: self.function(instance, book)\n"
        "@Twice\ndef get(self, book):\n    return book.title"
    ),
    "code in code": "def get(self, book):\n    return eval('book' + '.title')",
    "a global that holds it": (
        "held = []\ndef get(self, book):\n    held.append(book)\n    return other()\n"
        "def other():\n    return held.pop().title"
    ),
    "a dict that holds it": (
        "held = {}\ndef get(self, book):\n    held[1] = book\n    return other()\n"
        "def other():\n    return held[1].title"
    ),
    "an operator": (
        "import operator\ndef get(self, book):\n    return operator.attrgetter('title')(book)"
    ),
    "vars": "def get(self, book):\n    return vars(book)['title']",
    "a match": (
        "from tests.shelf.models import Book\ndef get(self, book):\n"
        "    match book:\n        case Book(title=found):\n            return found"
    ),
    "star arguments": "def get(*all):\n    return all[-1].title",
    "a walrus in a comprehension": (
        "def get(self, book):\n    return [found for _ in '1' if (found := book.title)]"
    ),
    "an exception": (
        "def get(self, book):\n    try:\n        raise ValueError(book)\n"
        "    except ValueError as error:\n        return error.args[0].title"
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_code_is_read_or_not_seen(kind, module):
    found, _ = module(ODD[kind])

    assert reads(plan(getattr(found, "get", None)), "title")


def test_code_that_is_seen_where_it_is_not_would_be_found_out(module):
    found, _ = module("def get(self, book):\n    return book.state")

    assert not reads(plan(found.get), "title")


# Sources that are not what runs.


BEFORE = "def get(self, book):\n    return book.title\n"
AFTER = "def get(self, book):\n    return book.state\n"


@pytest.mark.parametrize(
    "change",
    {
        "edited": lambda path: path.write_text(AFTER),
        "deleted": lambda path: path.unlink(),
        "no longer Python": lambda path: path.write_text("def get(self, book:\n"),
        "no text": lambda path: path.write_bytes(b"\xff\xfe\x00def"),
    }.items(),
    ids=lambda change: change[0],
)
def test_a_file_that_is_not_what_runs_is_not_read(change, module):
    found, path = module(BEFORE)
    linecache.clearcache()
    change[1](path)

    assert unseen(plan(found.get))


def test_a_file_that_code_only_claims_to_be_from_is_not_read(module):
    _, path = module(AFTER)
    scope = {"__name__": "odd_code"}
    exec(compile(BEFORE, path, "exec"), scope)

    assert unseen(plan(scope["get"]))


def test_code_that_was_replaced_is_not_read(module):
    found, _ = module(BEFORE)
    found.get.__code__ = found.get.__code__.replace(co_names=("state",))

    assert unseen(plan(found.get))


def test_equal_code_of_two_files_is_told_apart(module):
    text = "def get(self, book):\n    return eval('book')\n"
    notes = [plan(module(text, name)[0].get).notes[0] for name in ("one_file", "other_file")]

    assert [Path(note.ask.line).name for note in notes] == ["one_file.py:2", "other_file.py:2"]


# Nested serializers of rows that were asked for.


class ChapterS(serializers.ModelSerializer):
    class Meta:
        model = Chapter
        fields = ["title"]


def nested(self, book):
    return ChapterS(book.chapters.filter(number=1), many=True).data


def nested_by_name(self, book):
    rows = book.chapters.filter(number=1)
    return ChapterS(instance=rows, many=True, context=self.context).data


def nested_by_a_helper(self, book):
    return as_data(ChapterS, book.chapters.exclude(number=1).order_by("pk"))


def as_data(cls, rows):
    return functools.partial(cls, many=True)(rows).data


@pytest.mark.parametrize("function", [nested, nested_by_name, nested_by_a_helper])
def test_a_serializer_of_rows_that_are_asked_for_is_planned_or_not_seen(function):
    assert reads(plan(function), "chapters", "title")
