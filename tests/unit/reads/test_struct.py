"""A shape that does not go with its model is refused when its class is made."""

import subprocess
import sys
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from django.db.models import Count, F

from matinee.exceptions import ReadsError
from matinee.reads.struct import Shape, computed, related, source
from tests.shelf.models import Author, Book, BookTag, Chapter, Mark


class AuthorShape(Shape, model=Author):
    name: str


class ChapterShape(Shape, model=Chapter):
    title: str


def declared(hints, **values):
    """Return a shape of Book with the fields *hints*."""
    return type(Shape)("BookShape", (Shape,), {"__annotations__": hints, **values}, model=Book)


@pytest.mark.parametrize(
    ("hints", "values", "message", "hint"),
    [
        ({"titel": str}, {}, "BookShape.titel names Book.titel", "Did you mean 'title'?"),
        (
            {"name": str | None},
            {"name": source("author__nam")},
            "Author.nam, and there is no such",
            "Did you mean 'name'?",
        ),
        (
            {"n": int},
            {"n": computed(Count("chapterz"))},
            "Cannot resolve keyword 'chapterz'",
            "Did you mean 'chapters'?",
        ),
        (
            {"chapters": list[ChapterShape]},
            {"chapters": related(order_by="numbr")},
            "Cannot resolve keyword 'numbr'",
            "Did you mean 'number'?",
        ),
        ({"n": int}, {"n": computed(F("tags__pk"))}, "there may be many tags__pk", "Say which"),
        ({"author": AuthorShape}, {}, "may be None", "Write AuthorShape | None."),
        ({"name": str}, {"name": source("author__name")}, "may be None", "Write str | None."),
        ({"chapters": ChapterShape}, {}, "must be a list: it leads to many", "Correct"),
        ({"author": list[AuthorShape] | None}, {}, "no list: it leads to one", "Correct"),
        ({"author": ChapterShape | None}, {}, "leads to Author, got ChapterShape", "shape of Auth"),
        ({"author": int | None}, {}, "is Author, got int | None", "Annotate it with a Shape"),
        ({"title": AuthorShape}, {}, "is a column", "Annotate it"),
        ({"title": int}, {}, "must be str, as the column is, got int", "Correct"),
        ({"kind": str}, {}, "there is no such field or relation", ""),
        ({"chapters": list[str]}, {"chapters": source("chapters__note_set__text")}, "beyond", ""),
        ({"json": int}, {"json": source("id")}, "is a method of every shape", "json_"),
    ],
)
def test_the_error_names_the_field_and_what_to_write(hints, values, message, hint):
    with pytest.raises(ReadsError) as error:
        declared(hints, **values)

    assert message in error.value.message
    assert hint in error.value.hint


def test_what_goes_with_the_column_is_taken_at_its_word():
    shape = declared({"state": Literal["new", "used"], "extra": dict[str, object], "id": float})

    assert [each.column for each in shape.members()] == ["state", "extra", "id"]


def test_a_shape_may_name_one_that_is_written_further_down():
    assert [str(each.hops[0].attribute) for each in Late.members()] == ["book"]


class Late(Shape, model=Chapter):
    book: "Later"


class Later(Shape, model=Book):
    title: str


def test_a_shape_that_leads_to_itself_is_refused():
    with pytest.raises(ReadsError, match=r"Endless.sequels leads to Endless again") as error:
        Endless.members()
    assert error.value.code == "reads.bad_shape"


class Endless(Shape, model=Book):
    sequels: list["Endless"]


def test_a_shape_needs_a_model():
    class Bare(Shape):
        title: str

    with pytest.raises(ReadsError, match="Bare has no model"):
        Bare.reader()


def test_a_shape_inherits_fields_and_what_they_read():
    class Counted(Shape, model=Book):
        title: str
        tag_count: int = computed(Count("tags"))

    class More(Counted):
        state: str

    assert [each.ask.field for each in More.members()] == ["title", "tag_count", "state"]
    assert [each.name for each in More.reader().plan.computed] == ["More_tag_count"]


def test_it_is_a_struct_like_any_other():
    made = ChapterShape(title="One")

    assert msgspec.json.decode(msgspec.json.encode(made), type=ChapterShape) == made


def test_keys_may_be_renamed():
    class Camel(Shape, model=BookTag, rename="camel"):
        book_id: int

    assert msgspec.json.encode(Camel(book_id=1)) == b'{"bookId":1}'
    assert [each.key for each in Camel.projection().entries] == ["bookId"]


def test_the_plan_is_printed_as_any_other():
    class Last(Shape, model=Book):
        chapters: list[ChapterShape] = related(order_by="-number", limit=1)

    assert [line.split("  ")[0] for line in str(Last.reader()).splitlines()[:3]] == [
        "Book: 2 queries",
        "├─ columns id",
        "└─ fetch chapters as Last_chapters: Chapter ordered by -number, pk, at most 1 each",
    ]


def test_a_generic_foreign_key_leads_nowhere_known():
    with pytest.raises(ReadsError, match="must lead to a column or a model, got target"):
        type(Shape)("M", (Shape,), {"__annotations__": {"target": str}}, model=Mark)


TYPED = """
import datetime as dt
from typing import reveal_type

from django.db.models import Count, QuerySet

from matinee.reads.struct import Shape, computed, related
from tests.shelf.models import Author, Book, Chapter


class ChapterShape(Shape, model=Chapter):
    title: str


class BookShape(Shape, model=Book):
    chapters: list[ChapterShape] = related(limit=3)
    tag_count: int = computed(Count("tags"))
    title: str


def use(books: QuerySet[Book]) -> None:
    reveal_type(BookShape.fetch(books)[0].chapters[0].title)
    reveal_type(BookShape.json(books))
    BookShape(title="A", tag_count=1, chapters=[])
    BookShape(title="A", tag_count="1", chapters=[])
    BookShape(title="A")
    BookShape.fetch(books)[0].titel
"""


def test_a_type_checker_sees_the_fields(tmp_path):
    pytest.importorskip("mypy")
    page = tmp_path / "page.py"
    page.write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    command += ["--follow-imports=silent", f"--cache-dir={tmp_path}", str(page)]
    root = Path(__file__).resolve().parents[3]
    path = {"MYPYPATH": f"{root / 'src'}:{root}", "PATH": ""}

    found = subprocess.run(command, capture_output=True, text=True, env=path, check=False)

    lines = [line.split(": ", 1)[1] for line in found.stdout.splitlines()]
    assert 'note: Revealed type is "str"' in lines
    assert 'note: Revealed type is "bytes"' in lines
    errors = [line for line in lines if line.startswith("error")]
    assert len(errors) == 4, found.stdout
    assert 'incompatible type "str"; expected "int"' in errors[0]
    assert 'Missing named argument "chapters"' in errors[1]
    assert 'Missing named argument "tag_count"' in errors[2]
    assert 'no attribute "titel"' in errors[3]
