"""A plan for objects that are there already: what they lack is loaded, and nothing else."""

import pytest
from django.core.paginator import Paginator
from django.db.models import Count, Value

from matinee.reads import Reader, plan_of, unplanned
from matinee.reads._facts import attribute
from matinee.reads.drf import plan_for
from matinee.reads.shape import Draft, Rows
from tests.db.reads.conftest import render
from tests.db.reads.test_serializers import AuthorS, of
from tests.shelf.models import Author, Book, Chapter, Mark, Note, Place, Shop, Thriller, Visit

ChapterS = of(Chapter, "title", note_set=of(Note, "text")(many=True))
BookS = of(Book, "id", "title", author=AuthorS(), chapters=ChapterS(many=True))


def reader(model, *, build):
    """Return the reader of what *build* writes into a draft of *model*."""
    draft = Draft(model)
    draft.want(["id"])
    build(draft)
    return Reader("Test", plan_of(draft.freeze()))


def counted(draft):
    draft.want(["title"])
    draft.compute("tag_count", Count("tags"))
    draft.compute("chapter_count", Count("chapters"))


def test_a_list_is_loaded_by_a_query_a_relation_and_then_answers_without_one(library, assert_reads):
    library(6)
    books = list(Book.objects.all())
    plain = render(BookS(Book.objects.all(), many=True))

    with assert_reads(3):  # authors with their countries, chapters, notes
        assert plan_for(BookS()).load(books) is books
    with assert_reads(0):
        assert render(BookS(books, many=True)) == plain


def test_one_instance_is_loaded(library, assert_reads):
    library(1)
    book = Book.objects.get()

    plan_for(BookS()).load(book)

    with assert_reads(0):
        assert len(render(BookS(book))["chapters"]) == 2


def test_what_a_planned_queryset_loaded_is_not_loaded_again(library, assert_reads):
    library(6)
    reader = plan_for(BookS())
    books = list(reader.apply(Book.objects.all()))

    with assert_reads(0):
        reader.load(books)


def test_what_is_there_is_kept_and_gone_on_from(library, assert_reads):
    library(6)
    books = list(Book.objects.select_related("author").prefetch_related("chapters"))
    authors = [book.author for book in books]

    with assert_reads(2):  # the authors' countries, the chapters' notes
        plan_for(BookS()).load(books)

    assert all(book.author is author for book, author in zip(books, authors, strict=True))
    with assert_reads(0):
        render(BookS(books, many=True))


def test_objects_that_have_a_part_and_objects_that_lack_it_go_together(library, assert_reads):
    library(6)
    books = [*Book.objects.prefetch_related("chapters__note_set")[:3], *Book.objects.all()[3:]]

    plan_for(BookS()).load(books)

    with assert_reads(0):
        render(BookS(books, many=True))


def test_deferred_columns_and_computed_values_come_by_one_query(library, assert_reads):
    library(4)
    books = list(Book.objects.only("pk"))

    with assert_reads(1):
        reader(Book, build=counted).load(books)

    with assert_reads(0):
        assert [book.title for book in books] == [f"Book {i}" for i in range(4)]
        assert [book.tag_count for book in books] == [0, 1, 2, 3]


def test_an_annotation_of_the_same_name_is_kept(library, assert_reads):
    library(2)
    books = list(Book.objects.annotate(tag_count=Value(100), chapter_count=Value(200)))

    with assert_reads(0):
        reader(Book, build=counted).load(books)
    assert [book.tag_count for book in books] == [100, 100]


def test_an_empty_list_costs_nothing(db, assert_reads):
    with assert_reads(0):
        assert plan_for(BookS()).load([]) == []


def test_a_page_is_loaded(library, assert_reads):
    library(6)

    with assert_reads(5):  # the count, the page, and as above
        page = Paginator(Book.objects.all(), 2).page(2)
        assert plan_for(BookS()).load(page) is page
    with assert_reads(0):
        assert [len(book.chapters.all()) for book in page] == [0, 2]


def test_rows_of_their_own_place_are_loaded_once(library, assert_reads):
    library(3)

    def build(draft):
        hop = attribute(Book, "chapters")
        draft.follow(hop, rows=Rows("last", order_by=("-number",), limit=1)).want(["number"])

    books = list(Book.objects.all())
    made = reader(Book, build=build)

    with assert_reads(1):
        made.load(books)
    with assert_reads(0):
        made.load(books)
        assert [[each.number for each in book.last] for book in books] == [[2], [2], []]


def test_a_list_of_several_classes_is_loaded_a_class_at_a_time(library, assert_reads):
    library(4)
    places = [*Shop.objects.all()[:2], *Place.objects.all()[2:]]

    with assert_reads(2):
        plan_for(of(Place, "name", visits=of(Visit, "by")(many=True))()).load(places)
    with assert_reads(0):
        assert [place.visits.all()[0].by for place in places] == [f"Visitor {i}" for i in range(4)]


def test_a_proxy_is_loaded_as_what_it_stands_for(library, assert_reads):
    library(4)
    books = [Thriller.objects.first(), *Book.objects.all()]

    plan_for(BookS()).load(books)

    with assert_reads(0):
        render(BookS(books, many=True))


def test_the_columns_of_a_parent_model_are_found(library, assert_reads):
    library(2)
    shops = list(Shop.objects.only("stars"))

    with assert_reads(1):
        plan_for(of(Shop, "name", "street")()).load(shops)
    with assert_reads(0):
        assert [shop.name for shop in shops] == ["Shop 0", "Shop 1"]


def test_a_generic_foreign_key_is_loaded(library, assert_reads):
    library(2)
    marks = list(Mark.objects.all())
    made = reader(Mark, build=lambda draft: draft.follow(attribute(Mark, "target")))
    made.load(marks)

    with assert_reads(0):
        assert [type(mark.target) for mark in marks] == [Book, Author] * 2


def test_what_is_not_saved_or_of_another_model_is_left_alone(db, assert_reads):
    things = [Book(title="New"), Author(name="Other"), {"title": "a dict"}]

    with assert_reads(0):
        assert plan_for(BookS()).load(things) is things


def test_a_row_that_is_gone_changes_nothing_for_the_others(library):
    library(2)
    gone, left = Book.objects.only("pk")
    Book.objects.filter(pk=gone.pk).delete()

    reader(Book, build=counted).load([gone, left])

    assert left.tag_count == 1
    assert "tag_count" not in gone.__dict__


def test_inside_unplanned_nothing_is_loaded(library, assert_reads):
    library(1)
    book = Book.objects.get()

    with unplanned(), assert_reads(0):
        assert plan_for(BookS()).load(book) is book


@pytest.mark.django_db(transaction=True)
async def test_async_code_loads_and_reads_without_a_thread_of_its_own():
    author = await Author.objects.acreate(name="A")
    await Book.objects.acreate(title="B", author=author)
    reader = plan_for(BookS())

    loaded = await reader.aload([book async for book in Book.objects.all()])
    applied = [book async for book in reader.apply(Book.objects.all())]

    for book in (*loaded, *applied):
        assert (book.author.name, len(book.chapters.all())) == ("A", 0)
