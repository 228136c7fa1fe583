"""Typed shapes: one declaration is what is read, and what comes out."""

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, Value
from django.db.models.functions import Upper
from django.utils import timezone

from matinee.exceptions import ReadsError
from matinee.reads import request_value, unplanned
from matinee.reads.struct import Shape, computed, related, source
from tests.shelf.models import Author, Book, Chapter, Country, Cover, Tag


class CountryShape(Shape, model=Country):
    name: str


class AuthorShape(Shape, model=Author):
    name: str
    born: dt.date | None
    country: CountryShape | None


class TagShape(Shape, model=Tag):
    name: str


class CoverShape(Shape, model=Cover):
    art: str
    colours: int


class ChapterShape(Shape, model=Chapter):
    number: int
    title: str
    notes: list[str] = source("note_set__text")


class BookShape(Shape, model=Book):
    id: int
    title: str
    author: AuthorShape | None
    cover: CoverShape | None
    editor_id: int | None
    country: str | None = source("author__country__name")
    chapters: list[ChapterShape]
    first: list[ChapterShape] = related("chapters", order_by="number", limit=1)
    tags: list[str] = source("tags__name")
    tag_count: int = computed(Count("tags"))
    loud: str = computed(Upper("title"))


def by_hand(book):
    """Return what plain navigation finds."""
    author, cover = book.author, getattr(book, "cover", None)
    country = author.country if author else None
    chapters = [
        {"number": c.number, "title": c.title, "notes": [note.text for note in c.note_set.all()]}
        for c in book.chapters.all()
    ]
    return {
        "id": book.pk,
        "title": book.title,
        "author": author
        and {
            "name": author.name,
            "born": author.born and author.born.isoformat(),
            "country": country and {"name": country.name},
        },
        "cover": cover and {"art": cover.art, "colours": cover.colours},
        "editor_id": book.editor_id,
        "country": country and country.name,
        "chapters": chapters,
        "first": sorted(chapters, key=lambda chapter: chapter["number"])[:1],
        "tags": [tag.name for tag in book.tags.all()],
        "tag_count": book.tags.count(),
        "loud": book.title.upper(),
    }


@pytest.fixture
def books(library):
    library(7)
    Author.objects.filter(name="Author 0").update(born="1970-01-01")
    return Book.objects.all()


def test_it_is_what_plain_navigation_finds(books, assert_reads):
    expected = [by_hand(book) for book in books]

    with assert_reads(6):  # books, chapters and their notes twice, tags
        found = BookShape.fetch(books)

    assert msgspec.to_builtins(found) == expected
    assert isinstance(found[0], BookShape)
    assert found[0].author.born == dt.date(1970, 1, 1)


def test_its_json_is_one_statement_and_says_the_same(books, assert_reads):
    assert BookShape.why_not(books) == ""
    with assert_reads(1):
        answer = json.loads(BookShape.json(books))

    assert answer == json.loads(msgspec.json.encode(BookShape.fetch(books)))


def test_filters_order_and_slices_are_the_querysets(books):
    some = books.filter(state="new").order_by("-pk")[1:3]

    assert [each.id for each in BookShape.fetch(some)] == [book.pk for book in some]
    assert [each["id"] for each in json.loads(BookShape.json(some))] == [book.pk for book in some]


def test_no_rows_are_an_empty_list(db):
    assert BookShape.fetch(Book.objects.all()) == []
    assert BookShape.json(Book.objects.none()) == b"[]"


@pytest.mark.django_db(transaction=True)
async def test_async_code_gets_the_same():
    await Book.objects.acreate(title="B")

    (book,) = await BookShape.afetch(Book.objects.all())

    assert (book.title, book.tags, book.tag_count) == ("B", [], 0)
    assert json.loads(await BookShape.ajson(Book.objects.all()))[0]["loud"] == "B"


def test_a_shape_reads_inside_unplanned_too(books, assert_reads):
    with unplanned(), assert_reads(6):
        assert len(BookShape.fetch(books)) == 7


def test_what_the_database_does_not_write_as_python_does_is_made_of_instances(books):
    class Own(Shape, model=Book):
        extra: dict[str, Any]
        count: int = computed(Count("tags"))

        def __post_init__(self):
            self.count += 1

    assert "Own.__post_init__ is Python" in Own.why_not(books)
    assert json.loads(Own.json(books)) == msgspec.to_builtins(Own.fetch(books))


def test_rows_begin_with_a_queryset_both_ways(books, assert_reads):
    class Own(Shape, model=Book):
        chapters: list[ChapterShape] = related(queryset=Chapter.everything.order_by("number"))

    with assert_reads(1):
        written = json.loads(Own.json(books))

    assert written == msgspec.to_builtins(Own.fetch(books))
    assert [len(each["chapters"]) for each in written] == [
        Chapter.everything.filter(book=book).count() for book in books
    ]


def test_a_condition_over_many_repeats_no_row_either_way(books):
    class Noted(Shape, model=Book):
        chapters: list[ChapterShape] = related(
            where=Q(remark__text__startswith="Note"), order_by="number", limit=2
        )

    for chapter in Chapter.objects.all():
        chapter.note_set.create(text="Note again")

    assert json.loads(Noted.json(books)) == msgspec.to_builtins(Noted.fetch(books))
    assert [each.number for each in Noted.fetch(books)[0].chapters] == [0, 2]


def test_rows_that_are_equal_in_their_order_come_out_the_same_both_ways(books):
    class Tied(Shape, model=Book):
        chapters: list[ChapterShape] = related(order_by="-book", limit=1)

    assert json.loads(Tied.json(books)) == msgspec.to_builtins(Tied.fetch(books))
    assert [each.chapters[0].number for each in Tied.fetch(books)[:1]] == [0]


NOON = dt.datetime(2026, 3, 1, 12, 30, 0, 120_000, dt.UTC)


def test_times_are_in_utc_whatever_the_zone(books):
    class When(Shape, model=Book):
        at: dt.datetime = computed(Value(NOON, output_field=DateTimeField()))

    with timezone.override("Asia/Kolkata"):
        written = json.loads(When.json(books[:1]))

    assert written == [{"at": "2026-03-01T12:30:00.120000Z"}]
    assert written == json.loads(msgspec.json.encode(When.fetch(books[:1])))


# The request.


class Asker:
    def __init__(self, name):
        self.name = name


class MineShape(Shape, model=Book):
    id: int
    has: bool = computed(
        Exists(
            Tag.objects.filter(
                books=OuterRef("pk"), name=request_value(lambda request: request.name)
            )
        )
    )


def test_two_askers_alternate_through_one_shape(books):
    names = [{tag.name for tag in book.tags.all()} for book in books]
    for name in ("Tag 0", "Tag 1", "Tag 0", "nobody"):
        found = MineShape.fetch(books, request=Asker(name))
        written = json.loads(MineShape.json(books, request=Asker(name)))

        assert [each.has for each in found] == [name in each for each in names]
        assert [each["has"] for each in written] == [name in each for each in names]


class TaggedShape(Shape, model=Book):
    same: int = computed(
        Count("tags", filter=Q(tags__name=request_value(lambda request: request.name)))
    )
    tags: list[TagShape] = related(where=Q(name=request_value(lambda request: request.name)))


def test_a_slot_is_filled_in_the_one_statement_too(books, assert_reads):
    for name in ("Tag 0", "Tag 1", "Tag 0"):
        with assert_reads(1):
            written = json.loads(TaggedShape.json(books, request=Asker(name)))

        assert written == msgspec.to_builtins(TaggedShape.fetch(books, request=Asker(name)))
        assert sum(each["same"] for each in written) == Book.objects.filter(tags__name=name).count()


def test_without_a_request_the_error_says_what_is_missing(books):
    with pytest.raises(ReadsError, match="needs the request") as error:
        MineShape.fetch(books)
    assert error.value.code == "reads.no_request"
