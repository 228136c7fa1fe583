"""What is asked of a related manager is asked once for all the rows, and answered as Django does."""

import copy
import pickle

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import Count, F, Prefetch, Q
from rest_framework import serializers

from matinee.reads import unplanned
from matinee.reads._asked import by_value
from matinee.reads._calls import cache_name, plant
from matinee.reads.drf import plan_for
from tests.shelf.models import Author, Book, Chapter, Country, Mark, Passport, Shop, Tag, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(library):
    """Several rows of each kind for some, one for others, none for the last."""
    library(6)
    first, second, *_ = Book.objects.order_by("pk")
    for n in range(5):
        Mark.objects.create(text=f"More {n % 2}", target=first)
        Chapter.objects.create(book=first, number=9 + n, title=f"Chapter {n % 2}")
        Visit.objects.create(place=Shop.objects.order_by("pk")[0], by=f"Visitor {n % 2}")
        holder = Author.objects.create(name=f"Holder {n}")
        Passport.objects.create(holder=holder, country=Country.objects.order_by("pk")[0])
    Shop.objects.order_by("pk")[0].stock.add(*Book.objects.all())
    Book.objects.exclude(pk__in=[first.pk, second.pk]).update(sequel_to=first)
    Tag.objects.create(name="Nothing has it")
    Country.objects.create(code="xx", name="Nobody's")


def same(queryset):
    return queryset


def planted(queryset, *names):
    """Return *queryset* so that the managers at *names* answer for all its rows."""
    relations = {cache_name(queryset.model, name): same for name in names}
    return plant(queryset, {"": relations})


def by_key(row):
    return str(row.pk)


# Each relation kind, and each way to ask.

RELATIONS = {
    "reverse foreign key": (Book, "chapters", "title"),
    "many-to-many": (Book, "tags", "name"),
    "many-to-many from the other side": (Tag, "books", "title"),
    "generic relation": (Book, "marks", "text"),
    "relation by a key that is no primary key": (Country, "passports", "country"),
    "relation to the same model": (Book, "sequels", "title"),
    "relation of a parent model": (Shop, "visits", "by"),
    "many-to-many of a child model": (Shop, "stock", "title"),
    "hidden through rows": (Tag, "booktag_set", "weight"),
}
QUESTIONS = {
    # In no order of their own, PostgreSQL gives rows in any.
    "all": lambda rows, name: sorted(rows.all(), key=by_key),
    "filter": lambda rows, name: sorted(rows.filter(pk__gt=2), key=by_key),
    "filter by Q": lambda rows, name: list(rows.filter(Q(pk__gt=2) | Q(pk=1)).order_by("-pk")),
    "exclude": lambda rows, name: list(rows.exclude(pk=1).order_by(F("pk").desc())),
    "order_by": lambda rows, name: list(rows.order_by("-pk")),
    "reverse": lambda rows, name: list(rows.order_by("pk").reverse()),
    "first": lambda rows, name: rows.order_by("pk").first(),
    "first as they come": lambda rows, name: rows.first(),
    "last": lambda rows, name: rows.order_by("pk").last(),
    "slice": lambda rows, name: list(rows.order_by("-pk")[1:3]),
    "slice without end": lambda rows, name: list(rows.order_by("-pk")[1:]),
    "slice with a step": lambda rows, name: rows.order_by("-pk")[0:4:2],
    "slice of a slice": lambda rows, name: list(rows.order_by("-pk")[1:4][1:2]),
    "values_list": lambda rows, name: sorted(rows.values_list(name, "pk"), key=repr),
    "values_list flat": lambda rows, name: list(rows.order_by("pk").values_list(name, flat=True)),
    "sliced values_list": lambda rows, name: list(
        rows.order_by("-pk").values_list("pk", flat=True)[:2]
    ),
    "values": lambda rows, name: list(rows.order_by("pk").values("pk", name)),
    "distinct values": lambda rows, name: sorted(
        rows.order_by().values_list(name, flat=True).distinct(), key=repr
    ),
    "count": lambda rows, name: rows.count(),
    "count of a filter": lambda rows, name: rows.filter(pk__gt=2).count(),
    "count of distinct": lambda rows, name: rows.distinct().count(),
    "exists": lambda rows, name: rows.exists(),
    "exists of a filter": lambda rows, name: rows.filter(pk__gt=2).exists(),
    "bool": lambda rows, name: bool(rows.filter(pk__gt=2)),
    "len": lambda rows, name: len(rows.filter(pk__gt=2)),
    "in": lambda rows, name: rows.order_by("pk").first() in rows.filter(pk__gt=2),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("relation", RELATIONS)
def test_one_query_answers_for_all_rows(crowd, assert_reads, relation, question):
    model, name, column = RELATIONS[relation]
    ask = QUESTIONS[question]
    plain = [ask(getattr(row, name), column) for row in model.objects.order_by("pk")]
    rows = list(planted(model.objects.order_by("pk"), name))

    with assert_reads(2 if question == "in" else 1):
        found = [ask(getattr(row, name), column) for row in rows]

    assert found == plain
    assert any(plain), "a control: there is something"


# What is shared, and what is not.


def test_a_question_that_differs_from_row_to_row_is_left_to_django(crowd, assert_reads):
    books = list(planted(Book.objects.order_by("pk"), "tags"))
    with assert_reads(len(books)):
        found = [list(book.tags.filter(pk__gt=book.pk)) for book in books]
    assert found == [list(book.tags.filter(pk__gt=book.pk)) for book in Book.objects.order_by("pk")]


def test_the_first_row_may_ask_several_questions_alike(crowd, assert_reads):
    rows = Book.objects.order_by("pk")
    names = [*Tag.objects.order_by("pk").values_list("name", flat=True)[:2], "no such name"]
    plain = [[book.tags.filter(name=name).exists() for name in names] for book in rows]
    assert len({tuple(answers) for answers in plain}) > 1, "a control: the answers differ"
    books = list(planted(rows, "tags"))
    with assert_reads(3):
        found = [[book.tags.filter(name=name).exists() for name in names] for book in books]
    assert found == plain


def test_a_question_that_only_some_rows_ask_is_asked_for_all_from_the_second_on(
    crowd, assert_reads
):
    books = list(planted(Book.objects.order_by("pk"), "tags"))
    with assert_reads(3):
        for number, book in enumerate(books):
            list(book.tags.filter(pk__gt=number % 2))


def test_one_and_true_are_not_the_same_question(crowd):
    book = planted(Book.objects.order_by("pk"), "chapters").first()
    assert list(book.chapters.values_list("pk").filter(number=1)) == []
    assert book.chapters.filter(removed=True).count() == 0
    assert by_value((1,)) != by_value((True,))
    assert by_value(Q(number=1)) == by_value(Q(number=1))
    assert by_value(Q(number=1)) != by_value(~Q(number=1))


def test_rows_are_handed_out_as_lists_of_their_own(crowd):
    book = planted(Book.objects.order_by("pk"), "tags")[1]
    first, again = book.tags.filter(pk__gt=0), book.tags.filter(pk__gt=0)
    first._result_cache.clear() if len(first) else None
    assert len(again) == book.tags.count() == 1


def test_rows_know_the_very_instance_they_are_of(crowd, assert_reads):
    books = list(planted(Book.objects.order_by("pk"), "chapters"))
    with assert_reads(1):
        assert all(row.book is book for book in books for row in book.chapters.filter(pk__gt=0))


def test_rows_carry_nothing_that_django_would_not_have_put_there(crowd):
    plain = Book.objects.order_by("pk")[1]
    book = planted(Book.objects.order_by("pk"), "tags")[1]
    assert vars(book.tags.filter(pk__gt=0)[0]).keys() == vars(plain.tags.filter(pk__gt=0)[0]).keys()


def test_another_manager_of_the_model_is_another_question(crowd, assert_reads):
    books = list(planted(Book.objects.order_by("pk"), "chapters"))
    with assert_reads(2):
        counts = [
            (book.chapters.count(), book.chapters(manager="everything").count()) for book in books
        ]
    assert counts[0] == (7, 8)


def test_a_method_of_the_projects_queryset_is_answered_where_it_only_asks(crowd, assert_reads):
    places = list(planted(Shop.objects.order_by("pk"), "visits"))
    with assert_reads(1):
        counts = [place.visits.of("Visitor 0").count() for place in places]
    assert counts[0] == 4


APART = {
    "annotate": lambda rows: list(rows.annotate(n=Count("pk")).values_list("n")),
    "aggregate": lambda rows: rows.aggregate(Count("pk")),
    "iterator": lambda rows: list(rows.iterator()),
    "using": lambda rows: list(rows.using("default")),
    "select_for_update": lambda rows: list(rows.select_for_update()),
    "extra": lambda rows: list(rows.extra(select={"one": "1"})),
    "subquery": lambda rows: list(rows.filter(pk__in=rows.values("pk"))),
    "distinct on": lambda rows: list(rows.distinct("pk").order_by("pk")),
    "an expression among values": lambda rows: list(rows.values_list(F("pk") + 1)),
    "a method that annotates": lambda rows: list(rows.loud()),
    "union": lambda rows: list(rows.union(rows.all())),
    "a count of a slice": lambda rows: rows.all()[:1].count(),
    "none": lambda rows: list(rows.none()),
}


@pytest.mark.parametrize("question", APART.values(), ids=APART)
def test_what_cannot_be_asked_for_all_is_left_to_django(crowd, question):
    plain = [question(place.visits) for place in Shop.objects.order_by("pk")]
    assert [
        question(place.visits) for place in planted(Shop.objects.order_by("pk"), "visits")
    ] == plain


def test_get_finds_one_or_says_what_django_says(crowd, assert_reads):
    first, second, *_ = planted(Book.objects.order_by("pk"), "chapters")
    with assert_reads(2):
        with pytest.raises(Chapter.MultipleObjectsReturned, match="it returned 7!"):
            first.chapters.get()
        with pytest.raises(Chapter.DoesNotExist):
            second.chapters.get(number=9)
    assert first.chapters.get(number=9).title == "Chapter 0"


def test_an_index_out_of_range_is_an_index_error(crowd):
    book = planted(Book.objects.order_by("pk"), "tags").first()
    with pytest.raises(IndexError):
        book.tags.order_by("pk")[99]
    with pytest.raises(ValueError, match="Negative indexing"):
        book.tags.all()[-1]


# How long it holds.


NEW = {"number": 99, "title": "New"}
WRITES = {
    "the manager": lambda book: book.chapters.create(**NEW),
    "the model": lambda book: Chapter.objects.create(book=book, **NEW),
    "bulk_create": lambda book: Chapter.objects.bulk_create([Chapter(book=book, **NEW)]),
    "add": lambda book: book.chapters.add(Chapter(**NEW), bulk=False),
    "get_or_create": lambda book: book.chapters.get_or_create(**NEW),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_was_written_since_is_seen(crowd, write):
    books = list(planted(Book.objects.order_by("pk"), "chapters"))
    before = [book.chapters.filter(number=99).count() for book in books]
    write(books[1])
    after = [book.chapters.filter(number=99).count() for book in books]
    assert before == [0] * len(books)
    assert after == [0, 1] + [0] * (len(books) - 2)


def test_what_was_deleted_or_changed_since_is_not_seen(crowd):
    first, second, *_ = planted(Book.objects.order_by("pk"), "chapters")
    assert first.chapters.filter(pk__gt=0).exists()
    assert first.chapters.filter(pk__gt=0).delete()[0]
    assert not first.chapters.filter(pk__gt=0).exists()
    assert second.chapters.filter(number=2).update(number=77) == 1
    assert not second.chapters.filter(number=2).exists()


def test_what_was_rolled_back_is_not_seen(crowd):
    first, *_ = planted(Book.objects.order_by("pk"), "chapters")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        first.chapters.create(number=99, title="New")
        assert first.chapters.filter(number=99).exists()
        _ = 1 / 0
    assert not first.chapters.filter(number=99).exists()


def test_an_instance_that_is_read_again_asks_for_itself(crowd, assert_reads):
    books = list(planted(Book.objects.order_by("pk"), "tags"))
    books[1].refresh_from_db()
    with assert_reads(2):
        assert [len(book.tags.filter(pk__gt=0)) for book in books][:2] == [6 - 6, 1]


def test_instances_that_are_gone_are_asked_nothing_for(crowd, assert_reads):
    books = list(planted(Book.objects.order_by("pk"), "tags"))
    del books[2:]
    with assert_reads(1) as receipt:
        list(books[0].tags.filter(pk__gt=0))
    assert "IN (%s, %s)" in receipt.queries[0].sql


# Who holds it.


COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda each: pickle.loads(pickle.dumps(each)),
}


@pytest.mark.parametrize("again", COPIES.values(), ids=COPIES)
def test_instances_and_querysets_can_be_copied_and_pickled(crowd, again):
    books = list(planted(Book.objects.order_by("pk"), "tags"))
    expected = list(books[1].tags.filter(pk__gt=0))
    copied, question = again(books[1]), again(books[1].tags.filter(pk__gt=0))
    assert list(copied.tags.filter(pk__gt=0)) == list(question) == expected
    assert list(question.exclude(pk=0)) == expected


def test_a_planted_queryset_can_be_pickled(crowd):
    books = pickle.loads(pickle.dumps(planted(Book.objects.order_by("pk"), "tags")))
    assert [book.tags.count() for book in books][:2] == [0, 1]


def test_a_copy_with_another_key_has_rows_of_its_own(crowd):
    books = list(planted(Book.objects.order_by("pk"), "tags"))
    assert [book.tags.count() for book in books[:2]] == [0, 1]
    other = copy.copy(books[0])
    other.pk = books[1].pk
    assert other.tags.count() == 1
    other.pk = 10**6
    assert other.tags.count() == 0


def test_an_instance_without_a_key_is_refused_as_ever(crowd):
    book = planted(Book.objects.order_by("pk"), "tags").first()
    book.pk = None
    with pytest.raises(ValueError, match="needs to have a value"):
        book.tags.count()


async def ask(books):
    return [await book.tags.filter(pk__gt=0).acount() for book in books], [
        [tag async for tag in book.tags.all()] for book in books
    ]


def test_async_code_is_told_as_well(crowd, assert_reads):
    books = list(planted(Book.objects.order_by("pk"), "tags"))
    with assert_reads(2):
        counts, tags = async_to_sync(ask)(books)
    assert counts == list(map(len, tags))


def test_prefetched_rows_stay_what_they_are(crowd, assert_reads):
    books = list(planted(Book.objects.order_by("pk").prefetch_related("tags"), "tags"))
    with assert_reads(0):
        assert [len(book.tags.all()) for book in books][:2] == [0, 1]
    with assert_reads(1):
        assert [book.tags.filter(pk__gt=0).count() for book in books][:2] == [0, 1]


def test_a_prefetch_by_hand_keeps_its_rows_and_what_is_asked_of_them(crowd):
    mine = Prefetch("tags", Tag.objects.filter(name="Tag 0"))
    plain = Book.objects.order_by("pk").prefetch_related(mine)
    expected = [list(book.tags.filter(pk__gt=0)) for book in plain]
    books = list(planted(plain, "tags"))
    assert [list(book.tags.filter(pk__gt=0)) for book in books] == expected
    assert expected != [list(book.tags.filter(pk__gt=0)) for book in Book.objects.order_by("pk")]


# By a plan.


class ChapterS(serializers.ModelSerializer):
    class Meta:
        model = Chapter
        fields = ["title", "note_set"]


class BookS(serializers.ModelSerializer):
    chapters = ChapterS(many=True)
    later = serializers.SerializerMethodField()
    shops = serializers.SerializerMethodField()
    first_tag = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "chapters", "later", "shops", "first_tag"]

    def get_later(self, book):
        return [
            (chapter.title, [note.text for note in chapter.note_set.all()])
            for chapter in book.chapters.filter(number__gt=1)
        ]

    def get_shops(self, book):
        return [shop.owner.name for shop in book.shops.order_by("-stars")[:2]]

    def get_first_tag(self, book):
        tag = book.tags.exclude(name="Tag 1").first()
        return tag and tag.name


def test_what_methods_ask_is_planned(crowd, read):
    reader = plan_for(BookS())

    answer = read(BookS, Book.objects.all())

    # The books, their chapters and notes; later chapters and notes; shops; tags.
    assert answer.planned_queries == reader.plan.queries == 7, reader


class AuthorS(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["name", "old"]

    old = serializers.SerializerMethodField()

    def get_old(self, author):
        return author.books.filter(state="used").count()


class ByAuthorS(serializers.ModelSerializer):
    author = AuthorS()

    class Meta:
        model = Book
        fields = ["title", "author"]


def test_managers_of_what_is_joined_are_asked_too(crowd, read):
    assert read(ByAuthorS, Book.objects.all()).planned_queries == 2


def test_a_prefetch_by_hand_is_what_methods_are_answered_from(crowd):
    mine = Prefetch("tags", Tag.objects.filter(name="Tag 0"))
    books = plan_for(BookS()).apply(Book.objects.order_by("pk").prefetch_related(mine))
    assert {data["first_tag"] for data in BookS(books, many=True).data} == {None, "Tag 0"}


def test_objects_that_a_plan_is_loaded_for_are_asked_for_all(crowd, assert_reads):
    books = list(Book.objects.order_by("pk"))
    with unplanned():
        plain = BookS(books, many=True).data
    books = list(Book.objects.order_by("pk"))
    reader = plan_for(BookS())
    with assert_reads(reader.plan.queries - 1):  # the books are there
        assert BookS(reader.load(books), many=True).data == plain
