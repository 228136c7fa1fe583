"""What the statement asks of Django's ORM and has no public name: a test for each function."""

import pytest
from django.db.models import Count, F, Prefetch, Window
from django.db.models.functions import RowNumber, Upper
from django.db.models.lookups import LessThanOrEqual

from matinee.reads import _facts as facts
from matinee.reads.projection import Unfit
from matinee.reads.sqljson import _orm
from tests.shelf.models import Author, Book, Chapter, Country, Cover, Memo, Tag


def run(queryset, columns, annotations=()):
    """Run what stands for the table, and return the rows by the names of its columns."""
    from django.db import connection

    sql, params, names = _orm.base(queryset, "default", columns, annotations)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM ({sql}) AS "t"({", ".join(names)})', params)
        return [
            dict(zip((each[0] for each in cursor.description), row, strict=True)) for row in cursor
        ]


def test_selected_compiles_expressions_over_the_one_table(db):
    rows = Book.objects.order_by().values_list(F("title"), Upper("state"))

    columns, params, table = _orm.selected(rows, "default")

    assert columns == ['"shelf_book"."title"', 'UPPER("shelf_book"."state")']
    assert (params, table) == ([], '"shelf_book"')


def test_selected_refuses_a_join(db):
    with pytest.raises(Unfit, match="join"):
        _orm.selected(Book.objects.values_list(F("author__name")), "default")


def test_base_reads_the_columns_it_is_told_and_names_them(library):
    library(2)

    found = run(Book.objects.order_by("pk").select_related("author"), ("id", "title"))

    assert [list(row) for row in found] == [["id", "title"]] * 2
    assert [row["title"] for row in found] == ["Book 0", "Book 1"]


def test_base_names_what_a_distinct_order_adds_by_a_name_of_its_own(library):
    library(2)

    (first, *_) = run(Book.objects.order_by("author__name").distinct(), ("id",))

    assert list(first) == ["id", "_1"]


def test_base_reads_the_annotations_it_is_told_by_their_position(library):
    library(2)
    rows = Book.objects.annotate(unread=Count("tags"), n=Count("chapters")).order_by("n", "pk")

    found = run(rows, ("id",), ("n",))

    assert [list(row) for row in found] == [["id", "_a0"]] * 2
    assert [row["_a0"] for row in found] == [3, 3]


@pytest.mark.parametrize("columns", [("title",), ("title", "author", "price")])
def test_base_groups_by_the_key_whatever_columns_are_read(columns, library):
    library(3)
    Book.objects.update(title="the same")
    rows = Book.objects.annotate(n=Count("chapters")).filter(n__gt=0).order_by("-n", "-pk")

    found = run(rows, columns)

    assert [row["id"] for row in found] == [book.pk for book in rows]


def test_base_numbers_rows_that_are_chosen_by_their_number(library):
    library(3)
    number = Window(RowNumber(), order_by="-pk")

    found = run(Book.objects.filter(LessThanOrEqual(number, 2)).order_by("pk"), ("title",))

    assert [row["title"] for row in found] == ["Book 1", "Book 2"]


def test_base_reads_distinct_rows_of_a_join(library):
    library(2)
    rows = Book.objects.filter(chapters__isnull=False).distinct().order_by("-title")

    assert [row["title"] for row in run(rows, ("title",))] == ["Book 1", "Book 0"]


def test_base_reads_all_columns_of_a_union(library):
    library(2)
    both = Book.objects.filter(title="Book 0").union(Book.objects.filter(title="Book 1"))

    assert {row["title"] for row in run(both.order_by("id"), ("id",))} == {"Book 0", "Book 1"}


def test_base_knows_when_there_are_no_rows(db):
    assert _orm.base(Book.objects.filter(pk__in=[]), "default", ("id",), ()) is None


FITTING = {
    "all": Book.objects.all,
    "a slice": lambda: Book.objects.all()[:3],
    "a union": lambda: Book.objects.all().union(Book.objects.all()),
    "distinct": Book.objects.distinct,
    "only some columns": lambda: Book.objects.only("id"),
    "prefetched by name": lambda: Book.objects.prefetch_related("tags", Prefetch("chapters")),
}
MISFITS = {
    "instances": lambda: Book.objects.values("id"),
    "extra": lambda: Book.objects.extra(where=["1 = 1"], order_by=["id"]),
    "locks": Book.objects.select_for_update,
    "chooses": lambda: Book.objects.prefetch_related(Prefetch("tags", Tag.objects.all())),
    "union": lambda: Book.objects.only("id").union(Book.objects.only("id")),
}


@pytest.mark.parametrize("kind", FITTING)
def test_a_queryset_fits(kind, db):
    assert _orm.fits(FITTING[kind](), ()) == ""


@pytest.mark.parametrize("kind", MISFITS)
def test_a_queryset_does_not_fit(kind, db):
    assert kind in _orm.fits(MISFITS[kind](), ())


def test_a_queryset_that_was_run_does_not_fit(db):
    rows = Book.objects.all()
    len(rows)

    assert "run" in _orm.fits(rows, ())


def test_managers_with_rows_of_their_own_are_asked_anew():
    assert _orm.asks_anew(Chapter.objects)
    assert not _orm.asks_anew(Chapter.everything)


def test_fingerprints_tell_what_a_manager_gives_by_now():
    one, same = Memo.objects.get_queryset(), Memo.objects.get_queryset()
    other = Memo.everything.filter(tenant=2)

    assert _orm.fingerprint(one) == _orm.fingerprint(same)
    assert _orm.fingerprint(one) != _orm.fingerprint(other)
    assert _orm.fingerprint(one) != _orm.fingerprint(one.order_by("text"))


@pytest.mark.parametrize(
    "rows", [Book.objects.all()[:2], Book.objects.distinct(), Book.objects.annotate(n=Count("tags"))],
    ids=["cut", "distinct", "grouped"],
)  # fmt: skip
def test_rows_that_take_no_further_filter_have_no_fingerprint(rows):
    with pytest.raises(Unfit, match="Book"):
        _orm.fingerprint(rows)


def test_a_blank_instance_is_as_if_it_had_been_read(library, assert_reads):
    library(1)
    book = _orm.blank(Book, "default", {"id": Book.objects.get().pk, "title": "Carried"})

    with assert_reads(0):
        assert (book.title, book.pk, book._state.adding, book._state.db) == (
            *("Carried", book.id),
            *(False, "default"),
        )
        assert book.get_deferred_fields() == {
            *("blurb", "state", "extra", "author_id", "editor_id", "sequel_to_id")
        }
    with assert_reads(1):
        assert book.blurb == "Blurb."


def test_an_instance_points_to_another_and_back(assert_reads):
    book = _orm.blank(Book, "default", {"id": 1, "author_id": 2})
    author = _orm.blank(Author, "default", {"id": 2})
    cover = _orm.blank(Cover, "default", {"id": 3, "book_id": 1})

    _orm.point_to(book, _orm.way(facts.attribute(Book, "author"), Book), author)
    _orm.point_to(book, _orm.way(facts.attribute(Book, "cover"), Book), cover)

    with assert_reads(0):
        assert book.author is author
        assert book.cover is cover
        assert cover.book is book


def test_an_instance_points_to_nothing(assert_reads):
    book = _orm.blank(Book, "default", {"id": 1, "author_id": None})
    _orm.point_to(book, _orm.way(facts.attribute(Book, "author"), Book), None)
    _orm.point_to(book, _orm.way(facts.attribute(Book, "cover"), Book), None)

    with assert_reads(0):
        assert book.author is None
        with pytest.raises(Cover.DoesNotExist):
            _ = book.cover


@pytest.mark.parametrize(
    ("model", "name"),
    [(Book, "chapters"), (Book, "tags"), (Tag, "books"), (Book, "marks"), (Country, "authors")],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_rows_are_remembered_as_prefetched(model, name, db, assert_reads):
    hop = facts.attribute(model, name)
    row = _orm.blank(hop.model, "default", {"id": 7})
    one = _orm.blank(model, "default", {"id": 1})

    _orm.prefetched(one, hop, [row])

    with assert_reads(0):
        assert list(getattr(one, name).all()) == [row]
        assert getattr(one, name).count() == 1
        if hop.back:
            assert getattr(row, hop.back) is one
