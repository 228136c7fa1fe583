"""A plan beside what is written by hand: nothing of it is lost, nothing is read twice."""

import re

import pytest
from django.db import connection, transaction
from django.db import models as orm
from django.db.models import Count, Prefetch
from django.test.utils import CaptureQueriesContext

from matinee.reads import unplanned
from matinee.reads.drf import plan_for
from tests.db.reads.test_serializers import AuthorS, CountryS, of
from tests.shelf.models import Author, Book, BookTag, Chapter, Note, Shop, Tag

BookS = of(Book, "id", "title", author=AuthorS(), chapters=of(Chapter, "title")(many=True))


def run(queryset):
    """Return the rows and the SQL it took."""
    with CaptureQueriesContext(connection) as queries:
        rows = list(queryset)
    return rows, [query["sql"] for query in queries.captured_queries]


def test_filters_order_slices_and_annotations_stay(library):
    library(6)
    queryset = Book.objects.filter(state="new").annotate(n=Count("tags")).order_by("-pk")[:2]

    rows, _ = run(plan_for(BookS()).apply(queryset))

    assert [book.pk for book in rows] == [book.pk for book in queryset]
    assert [book.n for book in rows] == [book.n for book in queryset]


def test_distinct_rows_stay_distinct(library):
    library(6)
    queryset = Book.objects.filter(tags__name__startswith="Tag").distinct().order_by("pk")

    rows, _ = run(plan_for(BookS()).apply(queryset))

    assert rows == list(queryset)


def test_a_prefetch_written_by_hand_that_the_plan_has_too_runs_once(library, read):
    library(3)

    answer = read(BookS, Book.objects.prefetch_related("chapters").select_related("author"))

    assert answer.planned_queries == 2


def test_a_queryset_written_by_hand_for_a_relation_is_the_one_that_is_used(library):
    library(3)
    mine = Prefetch("chapters", Chapter.everything.filter(number=2))

    rows, sql = run(plan_for(BookS()).apply(Book.objects.prefetch_related(mine)))

    assert len(sql) == 2
    assert {chapter.number for book in rows for chapter in book.chapters.all()} == {2}


def test_a_queryset_written_by_hand_for_a_joined_relation_is_used_instead_of_the_join(library):
    library(3)
    mine = Prefetch("author", Author.objects.annotate(n=Count("books")))

    rows, sql = run(plan_for(BookS()).apply(Book.objects.prefetch_related(mine)))

    assert len(sql) == 3
    assert all(book.author.n for book in rows if book.author)


def test_a_prefetch_into_an_attribute_of_its_own_is_kept(library):
    library(3)
    mine = Prefetch("chapters", Chapter.objects.filter(number=0), to_attr="first_chapter")

    rows, sql = run(plan_for(BookS()).apply(Book.objects.prefetch_related(mine)))

    assert len(sql) == 3
    assert [len(book.first_chapter) for book in rows] == [1, 1, 0]
    assert [len(book.chapters.all()) for book in rows] == [2, 2, 0]


def test_a_prefetch_beyond_the_plan_is_kept_and_finds_its_columns(library):
    library(6)
    queryset = plan_for(BookS()).apply(
        Book.objects.prefetch_related("chapters__note_set", "editor")
    )

    with CaptureQueriesContext(connection) as queries:
        for book in queryset:
            assert book.editor.name
            for chapter in book.chapters.all():
                assert list(chapter.note_set.all())

    assert len(queries) == 4


def test_a_queryset_by_hand_deep_below_the_plan_is_kept(library):
    library(3)
    mine = Prefetch("chapters__note_set", Note.objects.filter(text="Note on 2"))

    rows, _ = run(plan_for(BookS()).apply(Book.objects.prefetch_related(mine)))

    texts = {n.text for b in rows for c in b.chapters.all() for n in c.note_set.all()}
    assert texts == {"Note on 2"}


def test_joins_written_by_hand_beyond_the_plan_are_kept_whole(library):
    library(3)
    queryset = plan_for(BookS()).apply(Book.objects.select_related("editor__country"))

    with CaptureQueriesContext(connection) as queries:
        assert all(book.editor.bio and book.blurb for book in queryset)
        assert all(book.editor.country.name for book in queryset if book.editor.country_id)

    assert len(queries) == 2


@pytest.mark.filterwarnings("ignore:Calling select_related")  # deprecated since Django 6.1
def test_a_bare_select_related_is_kept(library, read):
    library(3)
    serializer_class = of(Note, "text", chapter=of(Chapter, book=of(Book, author=AuthorS())())())

    answer = read(serializer_class, Note.objects.select_related())

    assert answer.planned_queries == 1


def test_only_by_hand_is_widened_to_what_the_plan_needs(library, read):
    library(3)

    answer = read(BookS, Book.objects.only("title", "state"))

    assert answer.planned_queries == 2
    assert '"shelf_book"."state"' in answer.sql[0]
    assert '"shelf_book"."blurb"' not in answer.sql[0]


def test_defer_by_hand_gives_way_where_the_plan_needs_the_column(library, read):
    library(3)

    answer = read(BookS, Book.objects.defer("title", "blurb"))

    assert answer.planned_queries == 2
    assert '"shelf_book"."blurb"' not in answer.sql[0]
    assert '"shelf_book"."title"' in answer.sql[0]


def test_rows_that_are_locked_are_not_joined(library, read):
    library(3)

    with transaction.atomic():
        answer = read(BookS, Book.objects.select_for_update())

    assert answer.planned_queries == 3
    assert "JOIN" not in answer.sql[0]


def test_a_union_comes_back_as_it_is(library):
    library(3)
    union = Book.objects.filter(pk__lt=0).union(Book.objects.all())

    assert plan_for(BookS()).apply(union) is union


def test_values_come_back_as_they_are(library):
    values = Book.objects.values("id")

    assert plan_for(BookS()).apply(values) is values


def test_a_raw_query_comes_back_as_it_is(library):
    raw = Book.objects.raw("SELECT * FROM shelf_book")

    assert plan_for(BookS()).apply(raw) is raw


def test_without_a_plan_a_queryset_comes_back_as_it_is():
    queryset = Book.objects.all()

    with unplanned():
        assert plan_for(BookS()).apply(queryset) is queryset
    assert plan_for(BookS()).apply(queryset) is not queryset


def test_every_column_is_loaded_where_narrowing_is_off(library, settings):
    library(1)
    wide = '"shelf_book"."blurb"'

    assert wide in run(plan_for(BookS()).apply(Book.objects.all(), narrow=False))[1][0]
    assert wide not in run(plan_for(BookS()).apply(Book.objects.all()))[1][0]
    settings.MATINEE = {"reads": {"narrow": False}}
    assert wide in run(plan_for(BookS()).apply(Book.objects.all()))[1][0]


def test_a_plan_applied_twice_is_as_good_as_once(library):
    library(3)
    reader = plan_for(BookS())

    once = run(reader.apply(Book.objects.all()))[1]
    twice = run(reader.apply(reader.apply(Book.objects.all())))[1]

    assert twice == once


def test_an_empty_queryset_runs_no_query():
    _, sql = run(plan_for(BookS()).apply(Book.objects.none()))

    assert sql == []


def test_the_queryset_is_left_as_it_was(library):
    library(1)
    queryset = Book.objects.all()
    before = str(queryset.query)
    plan_for(BookS()).apply(queryset)

    assert str(queryset.query) == before


def test_rows_of_a_model_that_inherits_are_read_too(library):
    library(3)
    place = of(Shop._meta.get_field("place_ptr").related_model, "name", country=CountryS())

    rows, sql = run(plan_for(place()).apply(Shop.objects.all()))

    assert len(sql) == 1
    assert {row.country.name for row in rows}


if hasattr(orm, "FETCH_RAISE"):  # since Django 6.1

    def test_the_fetch_mode_reaches_every_row_of_the_plan(library):
        library(3)
        serializer = of(Book, "title", tags=of(Tag, "name")(many=True))()
        rows = plan_for(serializer).apply(Book.objects.fetch_mode(orm.FETCH_RAISE))

        tag = next(tag for book in rows for tag in book.tags.all())
        assert tag._state.fetch_mode is orm.FETCH_RAISE


async def test_a_planned_queryset_is_read_asynchronously(transactional_db):
    await Book.objects.acreate(title="One", author=await Author.objects.acreate(name="A"))

    rows = [book async for book in plan_for(BookS()).apply(Book.objects.all())]

    assert [book.author.name for book in rows] == ["A"]


def test_the_statements_are_those_that_run_but_for_the_keys(library):
    library(3)
    chapters = of(Chapter, "title", note_set=of(Note, "text")(many=True))(many=True)
    tags = of(Tag, "name", books=of(Book, "title")(many=True))(many=True)
    reader = plan_for(of(Book, "title", chapters=chapters, tags=tags, author=AuthorS())())
    _, ran = run(reader.apply(Book.objects.all()))

    shown = dict(reader.statements(Book.objects.all()))

    assert list(shown) == ["", "chapters", "chapters.note_set", "tags", "tags.books"]
    assert list(shown.values()) == [re.sub(r"IN \([\d, ]+\)", "IN (…)", sql) for sql in ran]


def test_a_forward_relation_fetched_by_a_query_of_its_own_uses_the_base_manager(library, read):
    library(3)
    Chapter.everything.update(removed=True)
    serializer_class = of(Note, "text", chapter=of(Chapter, "title")())

    with transaction.atomic():
        answer = read(serializer_class, Note.objects.select_for_update())

    assert answer.planned_queries == 2
    assert all(row["chapter"] for row in answer.planned)


@pytest.mark.filterwarnings("ignore:Calling select_related")  # deprecated since Django 6.1
def test_what_a_bare_select_related_follows_beyond_the_plan_is_kept(library):
    library(3)
    serializer = of(BookTag, "weight", book=of(Book, "title")())()

    with CaptureQueriesContext(connection) as queries:
        for each in plan_for(serializer).apply(BookTag.objects.select_related()):
            assert each.tag.name
            assert each.book.blurb

    assert len(queries) == 1


def test_a_manager_goes_on_from_its_own_rows_after_a_plan(library, assert_reads):
    library(2)
    rows = plan_for(of(Book, "id", chapters=of(Chapter, "number")(many=True))()).apply(
        Book.objects.order_by("pk")
    )
    book = rows[0]
    with assert_reads(0):
        numbers = [chapter.number for chapter in book.chapters.all()]

    with assert_reads(1):  # no second one for the columns that the plan left out
        titles = [chapter.title for chapter in book.chapters.filter(number__in=numbers)]

    assert len(titles) == len(numbers) > 1


def test_rows_are_planned_for_both_of_two_plans(library, assert_reads):
    library(2)
    first = plan_for(of(Book, "id", chapters=of(Chapter, "number")(many=True))())
    second = plan_for(of(Book, "id", chapters=of(Chapter, "title")(many=True))())

    with assert_reads(2):
        for book in second.apply(first.apply(Book.objects.all())):
            assert [(chapter.number, chapter.title) for chapter in book.chapters.all()]
