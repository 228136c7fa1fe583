"""What is read, said by hand: in a serializer's one line, in its Meta, on a view."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Avg, BinaryField, Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Upper
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework import generics, serializers

from matinee.exceptions import ReadsError
from matinee.reads import fetched, lazy, request_value, unplanned
from matinee.reads import related as chosen
from matinee.reads.drf import computed, plan_for, related
from tests.db.reads.conftest import render
from tests.db.reads.test_serializers import AuthorS, of
from tests.shelf.models import Author, Book, BookTag, Chapter, Mark, Shop, Tag


class NumberedS(serializers.ModelSerializer):
    class Meta:
        model = Chapter
        fields = ["number"]


class CountingS(serializers.ModelSerializer):
    tag_count = computed(Count("tags"))
    chapter_count = computed(Count("chapters"))
    weight = computed(Sum("booktag__weight"))
    is_sold = computed(Exists(Shop.objects.filter(stock=OuterRef("pk"))))
    title = computed(Upper("title"))

    class Meta:
        model = Book
        fields = ["id", "title", "tag_count", "chapter_count", "weight", "is_sold"]


class LastChapterS(serializers.ModelSerializer):
    chapters = related(NumberedS(many=True), "chapters", order_by="-number", limit=1)
    early = related(NumberedS(many=True), "chapters", where=Q(number__lt=2), order_by="number")

    class Meta:
        model = Book
        fields = ["id", "chapters", "early"]


def asking(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def plan(serializer_class, **kwargs):
    return str(plan_for(serializer_class(**kwargs)))


def read(serializer_class, queryset, **context):
    serializer = serializer_class(many=True, context=context)
    rows = plan_for(serializer).apply(queryset)
    return render(serializer_class(rows, many=True, context=context))


def test_what_is_computed_comes_with_the_rows_and_aggregates_do_not_multiply(library, assert_reads):
    library(4)

    with assert_reads(1):
        answer = read(CountingS, Book.objects.all())

    assert [row["tag_count"] for row in answer] == [0, 1, 2, 3]
    assert [row["chapter_count"] for row in answer] == [3, 3, 0, 3]
    assert [row["weight"] for row in answer] == [None, 1, 4, 9]
    assert [row["is_sold"] for row in answer] == [True] * 4
    assert [row["title"] for row in answer] == [f"BOOK {i}" for i in range(4)]


def test_a_computed_field_may_be_called_as_a_column_is(library):
    library(1)

    assert read(CountingS, Book.objects.all())[0]["title"] == "BOOK 0"
    assert Book.objects.get().title == "Book 0"


def test_two_aggregates_in_one_expression_do_not_multiply_either(library):
    library(4)
    both = of(Book, "id", total=computed(Count("tags") + Count("chapters")))

    answer = read(both, Book.objects.all())

    assert [row["total"] for row in answer] == [3, 4, 2, 6]


def test_counting_pages_computes_nothing(library, assert_reads):
    library(3)
    rows = plan_for(CountingS(many=True)).apply(Book.objects.all())

    with CaptureQueriesContext(connection) as queries:
        assert rows.count() == 3

    assert queries[0]["sql"] == 'SELECT COUNT(*) AS "__count" FROM "shelf_book"'


def test_values_are_computed_for_a_slice_and_for_distinct_rows(library):
    library(4)
    distinct = Book.objects.filter(tags__name__startswith="Tag").distinct().order_by("pk")

    assert [row["tag_count"] for row in read(CountingS, distinct)] == [1, 2, 3]
    assert [row["tag_count"] for row in read(CountingS, Book.objects.all()[1:3])] == [1, 2]


def test_a_computed_value_of_a_nested_object_takes_a_query_for_its_level(library, assert_reads):
    library(4)
    writer = of(Author, "name", book_count=computed(Count("books")))
    book = of(Book, "id", author=writer())

    with assert_reads(2):
        answer = read(book, Book.objects.all())

    assert [row["author"] and row["author"]["book_count"] for row in answer] == [1, 1, None, 1]


def test_a_value_is_represented_as_a_column_of_its_kind(library):
    library(2)
    average = of(
        Book, "id", mean=computed(Avg("tags__books__pk")), last=computed(F("author__born"))
    )
    Author.objects.update(born="1970-01-01")

    answer = read(average, Book.objects.all())

    assert answer[0] == {"id": Book.objects.first().pk, "mean": None, "last": "1970-01-01"}
    assert isinstance(answer[1]["mean"], float)


def test_chosen_rows_are_so_many_for_each_parent_in_one_query(library, assert_reads):
    library(3)

    with assert_reads(3):
        answer = read(LastChapterS, Book.objects.all())

    assert answer[0]["chapters"] == [{"number": 2}]
    assert answer[0]["early"] == [{"number": 0}]
    assert answer[2]["chapters"] == []


def test_the_same_field_unplanned_answers_the_same_by_a_query_each(library, assert_reads):
    library(3)
    planned = read(LastChapterS, Book.objects.all())

    with assert_reads(1 + 2 * 3):
        assert render(LastChapterS(Book.objects.all(), many=True)) == planned
    with unplanned():
        assert read(CountingS, Book.objects.all())[1]["tag_count"] == 1


def test_rows_shared_by_many_parents_are_limited_for_each_of_them(library):
    library(6)
    first_tags = of(
        Book,
        "id",
        tags=related(of(Tag, "name")(many=True), "tags", order_by=["-name"], limit=2),
    )

    answer = read(first_tags, Book.objects.all())

    for row in answer:
        names = Tag.objects.filter(books=row["id"]).order_by("-name").values_list("name", flat=True)
        assert [tag["name"] for tag in row["tags"]] == list(names[:2])


def test_a_condition_over_many_rows_repeats_no_row(library):
    library(3)
    tagged = of(
        Author,
        "name",
        books=related(
            of(Book, "id")(many=True), "books", where=Q(tags__name__startswith="Tag"), limit=5
        ),
    )
    author = Author.objects.get(books__title="Book 1")
    BookTag.objects.create(book=author.books.get(), tag=Tag.objects.last())

    answer = read(tagged, Author.objects.filter(pk=author.pk))

    assert answer[0]["books"] == [{"id": author.books.get().pk}]


def test_rows_behind_a_relation_are_found(library, assert_reads):
    library(2)
    siblings = of(
        Book, "id", others=related(of(Book, "id")(many=True), "author__books", order_by="pk")
    )

    with assert_reads(2):
        answer = read(siblings, Book.objects.all())
    assert [len(row["others"]) for row in answer] == [1, 1]


def test_limits_go_within_limits(library, assert_reads):
    library(4)
    deep = of(
        Author,
        "name",
        books=related(
            of(
                Book,
                "id",
                chapters=related(NumberedS(many=True), "chapters", order_by="number", limit=1),
            )(many=True),
            "books",
            order_by="-pk",
            limit=1,
        ),
    )
    Book.objects.update(author=Author.objects.first())

    with assert_reads(3):
        answer = read(deep, Author.objects.filter(books__isnull=False).distinct())

    assert len(answer[0]["books"]) == 1
    assert answer[0]["books"][0]["chapters"] == [{"number": 0}]


# The request.


class MineS(serializers.ModelSerializer):
    name_of_asker = computed(
        Count("tags", filter=Q(tags__name=request_value(lambda request: request.user.username)))
    )
    mine = related(
        of(Tag, "name")(many=True),
        "tags",
        where=Q(name=request_value(lambda request: request.user.username)),
    )

    class Meta:
        model = Book
        fields = ["id", "name_of_asker", "mine"]


class User:
    def __init__(self, username):
        self.username = username
        self.pk = username


def test_two_users_alternate_through_one_plan(library):
    library(4)
    for name in ("Tag 0", "Tag 1", "Tag 0", "Tag 2"):
        answer = read(MineS, Book.objects.all(), request=asking(User(name)))

        expected = [[name] if name in tags else [] for tags in all_tags()]
        assert [[tag["name"] for tag in row["mine"]] for row in answer] == expected
        assert [row["name_of_asker"] for row in answer] == [len(each) for each in expected]


def all_tags():
    return [[tag.name for tag in book.tags.all()] for book in Book.objects.all()]


def test_the_plan_itself_is_shared_and_knows_no_request():
    one = plan_for(MineS(context={"request": asking(User("a"))}))
    other = plan_for(MineS(context={"request": asking(User("b"))}))

    assert one.plan is other.plan
    assert one.request is not other.request


def test_nobody_is_equal_to_nothing(library):
    library(1)
    Book.objects.update(editor=None)
    mine = of(
        Author,
        "id",
        books=related(
            of(Book, "id")(many=True),
            "books",
            where=Q(editor=request_value(lambda request: request.user)),
        ),
    )

    answer = read(mine, Author.objects.filter(books__isnull=False), request=asking(AnonymousUser()))

    assert answer[0]["books"] == []


def test_a_list_of_the_request_stands_after_in(library):
    library(3)
    some = of(
        Book,
        "id",
        chapters=related(
            NumberedS(many=True),
            "chapters",
            where=Q(number__in=request_value(lambda request: request.GET.getlist("n"))),
        ),
    )
    request = RequestFactory().get("/?n=2&n=7")

    answer = read(some, Book.objects.all(), request=request)

    assert answer[0]["chapters"] == [{"number": 2}]


def test_a_queryset_of_the_request_stands_after_in(library):
    library(3)
    some = of(
        Book,
        "id",
        chapters=related(
            NumberedS(many=True),
            "chapters",
            where=Q(pk__in=request_value(lambda _: Chapter.objects.filter(number=0).values("pk"))),
        ),
    )

    answer = read(some, Book.objects.all(), request=asking(AnonymousUser()))

    assert answer[0]["chapters"] == [{"number": 0}]


def test_where_there_is_no_request_the_error_says_how_to_pass_it(library):
    with pytest.raises(ReadsError, match="context=") as error:
        read(MineS, Book.objects.all())
    assert error.value.code == "reads.no_request"


# Overrides.


def with_reads(*parts):
    chapters = of(Chapter, "number", "title")(many=True)
    made = of(Book, "id", "title", "blurb", author=AuthorS(), chapters=chapters)
    made.Meta.reads = parts
    return made


def test_a_relation_is_fetched_instead_of_joined_and_the_print_says_who_said_so(
    library, assert_reads
):
    library(3)
    by_hand = with_reads(fetched("author"))

    with assert_reads(3):
        read(by_hand, Book.objects.all())
    assert (
        "fetch author: Author (overridden)  ← BookSerializer.author, BookSerializer.Meta.reads"
        in plan(by_hand)
    )


def test_a_column_and_a_relation_are_left_lazy(library):
    library(1)
    by_hand = with_reads(lazy("blurb"), lazy("chapters"), lazy("author__country"))

    book = plan_for(by_hand()).apply(Book.objects.all()).get()

    assert book.get_deferred_fields() >= {"blurb"}
    assert not hasattr(book, "_prefetched_objects_cache")
    assert "country" not in book.author._state.fields_cache
    for line in ("lazy blurb (overridden)", "lazy chapters (overridden)"):
        assert line in plan(by_hand)


def test_a_column_is_left_out_of_a_row_that_is_loaded_whole(library):
    library(1)

    class Whole(serializers.ModelSerializer):
        shown = serializers.SerializerMethodField()

        class Meta:
            model = Book
            fields = ["shown"]
            reads = [lazy("blurb")]

        def get_shown(self, book):
            return eval("book.title")

    book = plan_for(Whole()).apply(Book.objects.all()).get()

    assert book.get_deferred_fields() == {"blurb"}


def test_the_rows_of_a_relation_are_replaced(library):
    library(1)
    by_hand = with_reads(chosen("chapters", Chapter.everything.all(), order_by="number"))

    answer = read(by_hand, Book.objects.all())

    assert [chapter["number"] for chapter in answer[0]["chapters"]] == [0, 1, 2]
    assert "of a queryset given, ordered by number (overridden)" in plan(by_hand)


def test_what_no_serializer_reads_is_read_when_it_is_said(library, assert_reads):
    library(2)
    by_hand = with_reads("tags", chosen("marks", order_by="-pk", limit=1, to_attr="last_mark"))
    for book in Book.objects.all():
        Mark.objects.create(text="New", target=book)

    books = list(plan_for(by_hand()).apply(Book.objects.all()))

    with assert_reads(0):
        assert [[tag.name for tag in book.tags.all()] for book in books] == [[], ["Tag 0"]]
        assert [mark.text for book in books for mark in book.last_mark] == ["New", "New"]


def test_a_view_overrides_its_serializer(library):
    class Books(generics.ListAPIView):
        serializer_class = with_reads()
        reads = (fetched("author"),)

    view = Books()
    serializer = Books.serializer_class(context={"view": view})

    assert "fetch author: Author (overridden)  ← BookSerializer.author, Books.reads" in str(
        plan_for(serializer)
    )
    assert "overridden" not in plan(Books.serializer_class)


def test_what_rest_framework_has_no_field_for_is_answered_as_it_is(library):
    library(1)
    raw = of(Book, "id", raw=computed(Value(b"as is", BinaryField())))
    for rows in (Book.objects.all(), plan_for(raw()).apply(Book.objects.all())):
        assert [bytes(row["raw"]) for row in raw(rows, many=True).data] == [b"as is"]


def test_openapi_is_told_what_stands_for_a_field_and_nothing_where_nobody_knows():
    fields = of(
        Book,
        "id",
        number=computed(Count("tags")),
        raw=computed(Value(b"", BinaryField())),
        rows=related(NumberedS(many=True), "chapters", limit=1),
    )().fields

    assert type(fields["number"]._spectacular_annotation["field"]) is serializers.IntegerField
    assert fields["rows"]._spectacular_annotation == {"field": fields["rows"].serializer}
    assert not hasattr(fields["raw"], "_spectacular_annotation")
