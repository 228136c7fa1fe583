"""What goes wrong with JSON from one statement unless somebody thinks of it."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Func, OrderBy
from django.utils import timezone
from rest_framework import serializers as s

from matinee.reads.drf import _json
from matinee.reads.drf._json import answering, why_not
from matinee.reads.projection import Unfit
from tests.db.reads.conftest import render
from tests.db.reads.test_serializers import AuthorS, of
from tests.shelf import models
from tests.shelf.models import Author, Book, Chapter, Kind, Memo, Notice
from tests.shelf.rows import KIND


@pytest.fixture(autouse=True)
def compiled_anew():
    _json._kept.clear()


def answer(serializer_class, rows, **kwargs):
    return json.loads(answering(serializer_class(**kwargs), rows).json(rows))


def sql(serializer_class, rows):
    return answering(serializer_class(), rows).statement.sql(rows)[0]


# A manager that filters by the clock, or by who asks.

BookNotices = of(Book, "id", notices=of(Notice, "text")(many=True))
BookMemos = of(Book, "id", memos=of(Memo, "text")(many=True))


def test_a_manager_is_asked_what_time_it_is(library):
    library(1)
    book = Book.objects.get()
    soon = timezone.now() + dt.timedelta(hours=1)
    Notice.objects.create(book=book, text="to come", until=soon + dt.timedelta(hours=1))
    assert answer(BookNotices, Book.objects.all())[0]["notices"] == [{"text": "to come"}]

    Notice.everything.update(until=timezone.now())

    assert answer(BookNotices, Book.objects.all())[0]["notices"] == []


def test_tenants_that_take_turns_never_see_each_others_rows(library):
    library(1)
    book = Book.objects.get()
    for tenant in (1, 2):
        Memo.objects.create(book=book, text=f"of tenant {tenant}", tenant=tenant)
    texts = set()

    for tenant in (1, 2, 1, 2):
        token = models.TENANT.set(tenant)
        try:
            (row,) = answer(BookMemos, Book.objects.all())
            texts.add(sql(BookMemos, Book.objects.all()))
        finally:
            models.TENANT.reset(token)
        assert row["memos"] == [{"text": f"of tenant {tenant}"}]

    assert len(texts) == 1


def test_time_zones_that_take_turns_share_the_text(db):
    Kind.objects.create(moment=dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC))
    zones = {"Asia/Kolkata": "17:30:00+05:30", "America/New_York": "08:00:00-04:00"}
    texts = set()

    for zone in [*zones, *zones]:
        with timezone.override(ZoneInfo(zone)):
            assert answer(of(Kind, "moment"), Kind.objects.all()) == [
                {"moment": f"2026-07-01T{zones[zone]}"}
            ]
            texts.add(sql(of(Kind, "moment"), Kind.objects.all()))

    assert len(texts) == 1


@pytest.mark.parametrize(
    ("hours", "written"), [(5.5, "T17:30:00+05:30"), (-3, "T09:00:00-03:00"), (0, "T12:00:00Z")]
)
def test_a_time_zone_may_be_an_offset(hours, written, db):
    Kind.objects.create(moment=dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC))

    with timezone.override(dt.timezone(dt.timedelta(hours=hours))):
        assert answer(of(Kind, "moment"), Kind.objects.all())[0]["moment"].endswith(written)


ROWS = {
    "all": lambda: Kind.objects.order_by("-pk"),
    "a page": lambda: Kind.objects.order_by("pk")[1:3],
    "filtered": lambda: Kind.objects.filter(moment__isnull=False).order_by("moment"),
    "distinct": lambda: Kind.objects.order_by("pk").distinct(),
    "annotated": lambda: Kind.objects.annotate(twice=F("pk") * 2).order_by("-twice"),
    "a union": lambda: Kind.objects.filter(text="a").union(Kind.objects.all()).order_by("pk"),
}


@pytest.mark.parametrize("zone", ["Europe/Vienna", "America/St_Johns", "Africa/Monrovia", "UTC"])
@pytest.mark.parametrize("kind", ROWS)
def test_points_in_time_are_converted_beside_any_rows(kind, zone, db, equal):
    for year in (1900, 1960, 2026):
        moment = dt.datetime(year, 7, 1, 12, 30, 15, 250_000, dt.UTC)
        Kind.objects.create(moment=moment, text="a" if year > 1950 else "b", moments=[moment])
    Kind.objects.create()
    again = s.DateTimeField(source="moment")
    inner = of(Kind, "moment")(source="*")

    with timezone.override(ZoneInfo(zone)):
        found = equal(of(Kind, "id", "moment", again=again, inner=inner), ROWS[kind]())

    assert len(found) > 1


def test_content_types_are_asked_for_and_not_kept(library):
    library(2)
    marked = of(Book, "id", marks=of(models.Mark, "text")(many=True))
    assert answer(marked, Book.objects.all())[0]["marks"]
    was = ContentType.objects.get_for_model(Book)
    other = ContentType.objects.create(app_label="shelf", model="other")
    models.Mark.objects.filter(kind=was).update(kind=other)
    ContentType.objects.clear_cache()
    ContentType.objects.filter(pk=was.pk).update(model="was")
    ContentType.objects.filter(pk=other.pk).update(model="book")

    try:
        assert answer(marked, Book.objects.all())[0]["marks"]
    finally:
        ContentType.objects.clear_cache()


# The order of the page.


@pytest.mark.parametrize("off", ["enable_nestloop", "enable_hashjoin", "enable_mergejoin"])
def test_rows_keep_their_order_however_they_are_joined(off, library):
    library(30)
    nested = of(
        Book,
        "id",
        name=s.CharField(source="author.name", allow_null=True, read_only=True),
        author=AuthorS(),
        chapters=of(Chapter, "number", title=s.CharField(source="book.title"))(many=True),
    )
    rows = Book.objects.order_by("-author__name", "pk")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"SET LOCAL {off} = off")

    assert [row["id"] for row in answer(nested, rows)] == [row.pk for row in rows]


def test_nothing_is_joined_beside_the_rows(library):
    library(1)
    nested = of(Book, name=s.CharField(source="author.country.name", default=""), author=AuthorS())

    outermost = sql(nested, Book.objects.all()).rsplit('AS "shelf_book"(', 1)[1]

    assert "JOIN" not in outermost


# Keys that are not there.


BROKEN = {
    "left out": lambda: s.CharField(source="author.name", read_only=True),
    "null": lambda: s.CharField(source="author.name", read_only=True, allow_null=True),
    "a default": lambda: s.CharField(source="author.name", default='a "default"'),
    "null by default": lambda: s.CharField(source="author.name", default=None),
    "not required": lambda: s.CharField(source="author.name", required=False),
    "two relations": lambda: s.CharField(source="author.country.name", read_only=True),
    "a missing one-to-one": lambda: s.CharField(source="cover.art", read_only=True),
    "a hidden one-to-one": lambda: s.CharField(source="stamp.text", read_only=True),
    "a nested object": lambda: AuthorS(source="sequel_to.author", read_only=True),
    "a nested list": lambda: of(Chapter, "title")(
        source="sequel_to.chapters", many=True, read_only=True
    ),
    "a key": lambda: s.PrimaryKeyRelatedField(source="author.country", read_only=True),
    "a slug": lambda: s.SlugRelatedField("name", source="author.country", read_only=True),
    "JSON": lambda: s.JSONField(source="sequel_to.extra", read_only=True),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_path_is_what_it_is_for_plain_drf(kind, library, equal):
    library(9)
    field = BROKEN[kind]
    equal(of(Book, "id", odd=field()), Book.objects.order_by("pk"))
    equal(
        of(Author, "id", books=of(Book, "id", odd=field())(many=True)),
        Author.objects.order_by("pk"),
    )


def test_what_plain_drf_raises_is_left_to_instances_to_raise(library):
    library(3)
    required = of(Book, "id", name=s.CharField(source="author.name"))

    with pytest.raises(Unfit, match="raise"):
        answer(required, Book.objects.all())
    assert len(answer(required, Book.objects.filter(author__isnull=False))) == 2


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_numbers_that_are_no_json_are_left_to_instances_to_refuse(number, db):
    Kind.objects.create(ratio=float(number))

    with pytest.raises(Unfit, match=number):
        answer(of(Kind, "ratio"), Kind.objects.all())


# Names.

NAMES = [
    "with \"quotes\" and 'others'",
    "50%",
    "%s %(name)s %%",
    "{braces} {0}",
    "\\ back \x1f control \x7f",
    "-- /* comment */ ;",
    "x" * 63,
    "y" * 64,
    "z" * 200,
    "ünïcödé " * 20,
    "",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_any_name_may_be_a_key(name, library, equal):
    library(2)
    other = f"{name}b"  # the same as the other one if it were cut
    inner = of(
        Chapter, **{name: s.CharField(source="title"), other: s.IntegerField(source="number")}
    )
    outer = {name: s.CharField(source="title"), other: inner(source="chapters", many=True)}
    outer["a method"] = s.SerializerMethodField(method_name="get_it")
    outer["get_it"] = lambda _self, book: book.title

    equal(
        type("S", (s.ModelSerializer,), {**outer, "Meta": type("Meta", (), {"model": Book, "fields": [name, other, "a method"]})}),
        Book.objects.order_by("pk"),
    )  # fmt: skip


@pytest.mark.parametrize("prefix", ["key", "k" * 70])
def test_there_may_be_more_keys_than_a_function_has_arguments(prefix, library, equal):
    library(2)
    many = {f"{prefix}{n}": s.CharField(source="title") for n in range(120)}

    equal(of(Book, "id", author=AuthorS(), **many), Book.objects.order_by("pk"))


def test_a_key_with_a_character_that_postgresql_lacks_is_left_to_instances(db):
    assert "character" in why_not(
        of(Book, **{"a\0": s.CharField(source="title")})(), Book.objects.all()
    )


class Shouting(Func):
    """An order that is told by who asks, when it is asked."""

    asked = "ASC"

    def as_sql(self, compiler, connection, **kwargs):
        sql, params = super().as_sql(compiler, connection, template="%(expressions)s", **kwargs)
        return (f"-({sql})" if self.asked == "DESC" else sql), params


@pytest.mark.parametrize("ordered", [Book, Chapter], ids=["of the model", "of a related model"])
def test_an_order_that_code_makes_is_made_for_each_request(ordered, library, monkeypatch):
    library(3)
    monkeypatch.setattr(Book._meta, "ordering", [OrderBy(Shouting(F("pk")))])
    rows = Book.objects.all() if ordered is Book else Chapter.everything.order_by("book")
    serializer = of(ordered, "id")
    one = answer(serializer, rows)
    monkeypatch.setattr(Shouting, "asked", "DESC")

    other = answer(serializer, rows.all())

    assert one != other, "a control: the order is another"
    assert other == render(serializer(rows.all(), many=True))


# Rows that are hidden, made up, or not there.


def test_rows_that_a_base_manager_hides_stay_hidden(library, equal):
    library(3)

    equal(of(models.Loan, archived=of(models.Archived, "title")()), models.Loan.objects)
    equal(of(Book, stamp=of(models.Stamp, "text")()), Book.objects)


def test_no_rows_are_no_query(db, assert_reads):
    with assert_reads(0):
        assert answer(of(Book, "id"), Book.objects.none()) == []


def test_an_object_without_fields_is_empty(library, equal):
    library(2)

    equal(of(Book), Book.objects)
    equal(of(Book, "id", chapters=of(Chapter)(many=True), author=of(Author)()), Book.objects)


def test_annotations_are_answered_by_their_own_kind(library, equal):
    library(4)
    counted = Book.objects.annotate(
        n=Count("chapters"),
        half=ExpressionWrapper(F("id") * 1.5, DecimalField(max_digits=9, decimal_places=2)),
        unused=Count("tags"),
    ).order_by("-n", "pk")
    fields = {"n": s.IntegerField(), "half": s.DecimalField(9, 2)}

    equal(of(Book, "title", **fields), counted)
    equal(of(Book, "title", both=method(lambda book: [book.n, str(book.half)]), **fields), counted)


def method(function):
    class Own(s.Field):
        def get_attribute(self, instance):
            return instance

        def to_representation(self, instance):
            return function(instance)

    return Own(read_only=True)


MISFITS = {
    "extra": lambda: Book.objects.extra(select={"one": "1"}),
    "values": lambda: Book.objects.values("id"),
    "locked": Book.objects.select_for_update,
    "a union of some columns": lambda: Book.objects.only("id").union(Book.objects.only("id")),
}


@pytest.mark.parametrize("kind", MISFITS)
def test_querysets_that_cannot_stand_for_a_table_are_left_to_instances(kind, db):
    assert "cannot be put" in why_not(of(Book, "id")(), MISFITS[kind]())


# Code.


def test_a_representation_of_ones_own_gets_the_values_that_are_there(library, equal):
    library(4)

    class Own(s.ModelSerializer):
        chapters = of(Chapter, "title")(many=True)

        def to_representation(self, book):
            row = super().to_representation(book)
            row["chapters"] = [chapter["title"] for chapter in row["chapters"]]
            return {"title": row.pop("title").upper(), **row, "state": book.state}

        class Meta:
            model = Book
            fields = ("id", "title", "chapters", "author")

    equal(Own, Book.objects.order_by("pk"))
    equal(of(Author, "id", books=Own(many=True)), Author.objects.order_by("pk"))
    equal(of(Chapter, "id", book=Own()), Chapter.objects.order_by("pk"))


def test_code_may_return_anything_that_plain_drf_can_render(library, equal):
    library(2)
    values = {
        "moment": dt.datetime(2026, 1, 1, 1, 1, 1, 5, dt.UTC),
        "time": dt.time(1, 2),
        "span": dt.timedelta(seconds=1.5),
        "nested": {"a": (1, None, 2.5), 2: dt.date(2026, 1, 1)},
        "big": 2**70,
        "text": "\u2028</script>",
        "nothing": None,
    }
    fields = {name: method(lambda _book, value=value: value) for name, value in values.items()}

    equal(of(Book, "id", **fields), Book.objects.order_by("pk"))


@pytest.mark.parametrize("name", sorted({*KIND} - {"raw", "moments"}))
def test_code_sees_its_values_as_the_database_gives_them(name, db, equal):
    Kind.objects.create(**{name: KIND[name]})
    shown = method(lambda kind: repr(getattr(kind, name)))

    equal(of(Kind, "id", shown=shown), Kind.objects)


@pytest.mark.parametrize("name", ["raw", "moments", "spread"])
def test_code_that_sees_what_json_does_not_restore_is_left_to_instances(name, db):
    serializer = of(Kind, "id", shown=s.CharField(source=name))()

    assert "which is not restored" in why_not(serializer, Kind.objects.all())


def test_numbers_that_no_parser_takes_are_left_to_instances(db):
    Kind.objects.create(text="one")
    with connection.cursor() as cursor:
        cursor.execute("""UPDATE shelf_kind SET data = '{"much": 1e5000}'""")

    class Own(s.ModelSerializer):
        def to_representation(self, kind):
            return super().to_representation(kind) | {"own": True}

        class Meta:
            model = Kind
            fields = ("text", "data")

    with pytest.raises(Unfit, match="no parser takes"):
        answer(Own, Kind.objects.all())


def test_text_in_a_script_is_as_harmless_as_plain_drf_makes_it(library):
    library(1)
    Book.objects.update(title="\u2028 and \u2029")
    rows = Book.objects.all()

    body = answering(of(Book, "title")(), rows).json(rows)

    assert body == b'[{"title":"\\u2028 and \\u2029"}]'
