"""Instances, calls and guard on SQLite, in a database beside the one of the tests."""

import django
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from rest_framework import serializers

from matinee.exceptions import ReadsError
from matinee.reads.drf import PlannedSerializer, plan_for
from tests.shelf.models import Author, Book, BookTag, Chapter, Country, Mark, Note, Tag

pytestmark = pytest.mark.django_db(databases=["default", "lite"])

TABLES = [ContentType, Country, Author, Tag, Mark, Book, BookTag, Chapter, Note]


@pytest.fixture(scope="module", autouse=True)
def tables(django_db_setup, django_db_blocker):
    """Add an empty database to the project's."""
    lite = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    added = connections.configure_settings({"default": {}, "lite": lite})
    connections.databases["lite"] = added["lite"]
    with django_db_blocker.unblock():
        with connections["lite"].schema_editor() as editor:
            for model in TABLES:
                editor.create_model(model)
        yield
        connections["lite"].connection.close()  # Django's own close() keeps one in memory
    del connections.databases["lite"], connections["lite"]


@pytest.fixture
def lite(db):
    """Make a few books there; return the database's alias."""
    tags = [Tag.objects.using("lite").create(name=f"Tag {n}") for n in range(3)]
    for n in range(4):
        by = Author.objects.using("lite").create(name=f"Editor {n}")
        book = Book.objects.using("lite").create(title=f"Book {n}", editor=by)
        book.tags.add(*tags[:n])
        for number in range(n):
            Chapter.objects.using("lite").create(
                book=book, number=number, title=f"Chapter {number}"
            )
    return "lite"


class ChapterS(serializers.ModelSerializer):
    class Meta:
        model = Chapter
        fields = ["title"]


class BookS(PlannedSerializer, serializers.ModelSerializer):
    chapters = ChapterS(many=True)
    last = serializers.SerializerMethodField()
    tags_after = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "chapters", "last", "tags_after"]

    def get_last(self, book):
        return [chapter.title for chapter in book.chapters.order_by("-number")[:1]]

    def get_tags_after(self, book):
        return book.tags.filter(name__gt="Tag 0").count()


class UnseenS(PlannedSerializer, serializers.ModelSerializer):
    asked = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["asked"]

    def get_asked(self, book):
        return eval("book.editor.name"), eval("book.tags.count()")


def test_a_planned_answer_is_the_plain_answer(lite, assert_reads):
    books = Book.objects.using(lite).order_by("pk")
    expected = [
        {
            "title": f"Book {n}",
            "chapters": [{"title": f"Chapter {number}"} for number in reversed(range(n))],
            "last": [f"Chapter {n - 1}"] if n else [],
            "tags_after": max(n - 1, 0),
        }
        for n in range(4)
    ]
    with assert_reads(plan_for(BookS()).plan.queries, using=lite), assert_reads(4):
        assert BookS(books, many=True).data == expected


def test_the_guard_sees_every_database(lite, settings):
    settings.MATINEE = {"reads": {"on_miss": "raise"}}
    with pytest.raises(ReadsError, match=r"UnseenS\.asked"):
        _ = UnseenS(Book.objects.using(lite), many=True).data


@pytest.mark.skipif(django.VERSION < (6, 1), reason="fetch modes came with Django 6.1")
def test_what_is_healed_is_loaded_from_where_the_rows_are(lite, settings, assert_reads):
    settings.MATINEE = {"reads": {"on_miss": "heal"}}
    with assert_reads(3, using=lite), assert_reads(3):
        data = UnseenS(Book.objects.using(lite).order_by("pk"), many=True).data
    assert [each["asked"] for each in data] == [(f"Editor {n}", n) for n in range(4)]
