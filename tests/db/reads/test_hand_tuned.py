"""For each kind of field a list runs the queries that a careful hand would write, unhinted.

The kinds are those that other libraries were measured on; the number is that of a list endpoint,
for ten rows as for a hundred.
"""

import json

import pytest
from rest_framework import generics, permissions
from rest_framework import serializers as s
from rest_framework.test import APIRequestFactory

from matinee.reads import unplanned
from matinee.reads.drf import PlannedReads
from matinee.receipts import collect
from tests.db.reads.test_serializers import of
from tests.shelf.models import Author, Book, Chapter, Cover, Tag


class AuthorPart(s.ModelSerializer):
    author_name = s.CharField(source="author.name", default=None)

    class Meta:
        model = Book
        fields = ("author_name",)


class Toned(Book):
    """With code on the model."""

    class Meta:
        proxy = True
        app_label = "shelf"

    def by(self):
        return self.author.name if self.author else ""

    @property
    def editor_name(self):
        return f"{self.editor.name} ({self.editor.country})"


class Told(s.ModelSerializer):
    told = s.SerializerMethodField()

    class Meta:
        model = Book
        fields = ("id", "told")

    def get_told(self, book):
        by = book.author.name if book.author_id else "nobody"
        return f"{book.title} by {by}, on {', '.join(tag.name for tag in book.tags.all())}"


class Remade(s.ModelSerializer):
    class Meta:
        model = Book
        fields = ("id", "title")

    def to_representation(self, book):
        return {
            **super().to_representation(book),
            "by": str(book.author),
            "tags": book.tags.count(),
        }


HAND_TUNED = {
    "a primary key of a foreign key": (of(Book, "id", "author"), 1),
    "primary keys of many": (
        of(Book, tags=s.PrimaryKeyRelatedField(many=True, read_only=True)),
        2,
    ),
    "a slug of a foreign key": (of(Book, author=s.SlugRelatedField("name", read_only=True)), 1),
    "a string of a foreign key": (of(Chapter, book=s.StringRelatedField()), 1),
    "strings of many that follow two foreign keys": (
        of(Book, booktag_set=s.StringRelatedField(many=True)),
        2,
    ),
    "a dotted source": (of(Book, by=s.CharField(source="author.name", default=None)), 1),
    "a nested serializer of the object itself": (of(Book, part=AuthorPart(source="*")), 1),
    "a source that is a model's method": (of(Toned, "id", "by"), 1),
    "a source that is a property": (of(Toned, "id", "editor_name"), 1),
    "a source that counts": (of(Book, chapters=s.IntegerField(source="chapters.count")), 2),
    "a nested foreign key": (of(Book, author=of(Author, "name")()), 1),
    "a nested reverse one-to-one": (of(Book, "id", cover=of(Cover, "art")()), 1),
    "nested many": (of(Book, tags=of(Tag, "name")(many=True)), 2),
    "a method field": (Told, 2),
    "to_representation": (Remade, 2),
}


class Rows(PlannedReads, generics.ListAPIView):
    permission_classes = (permissions.AllowAny,)
    pagination_class = None
    filter_backends = ()


def answered(serializer_class):
    model = serializer_class.Meta.model
    view = Rows.as_view(
        queryset=model._default_manager.order_by("pk"), serializer_class=serializer_class
    )
    return json.loads(view(APIRequestFactory().get("/")).render().content)


@pytest.mark.parametrize("count", [10, 100])
@pytest.mark.parametrize("kind", HAND_TUNED)
def test_a_list_runs_the_hand_tuned_number_of_queries(kind, count, library, assert_reads):
    library(count)
    serializer_class, queries = HAND_TUNED[kind]
    with unplanned():
        plain = answered(serializer_class)

    with assert_reads(queries):
        planned = answered(serializer_class)

    assert planned == plain
    assert len(planned) >= count


def test_without_a_plan_most_of_them_run_a_query_a_row(library):
    """The control: what is counted above does grow where nobody plans."""
    library(10)
    naive = {}
    for kind, (serializer_class, _) in HAND_TUNED.items():
        with unplanned(), collect() as receipt:
            answered(serializer_class)
        naive[kind] = receipt.query_count
    assert [kind for kind, count in naive.items() if count == 1] == [
        "a primary key of a foreign key"
    ]
