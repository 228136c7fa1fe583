"""Plans are kept by what tells serializers apart."""

import pytest
from rest_framework import serializers

from matinee.reads.drf import _reader, plan_for
from matinee.reads.drf._json import answering
from matinee.reads.drf._kept import Kept
from tests.db.reads.urls import AuthorSerializer, BookSerializer, TagSerializer
from tests.shelf.models import Book


class Sparse(BookSerializer):
    def get_fields(self):
        fields = super().get_fields()
        wanted = self.context.get("fields", fields)
        return {name: field for name, field in fields.items() if name in wanted}


class Within(serializers.ModelSerializer):
    sequels = Sparse(many=True)

    class Meta:
        model = Book
        fields = ("sequels",)


def plan(serializer):
    return plan_for(serializer).plan


def test_instances_of_a_class_share_a_plan_and_their_fields_are_never_made():
    plan(BookSerializer())
    another = BookSerializer()

    assert plan(another) is plan(BookSerializer(many=True))
    assert "fields" not in vars(another)


def test_fields_by_request_have_a_plan_for_each_set_of_them():
    title = {"fields": ("title",)}
    assert plan(Sparse(context=title)) is plan(Sparse(context=title))
    assert plan(Sparse(context=title)).queries == 1
    assert plan(Sparse()).queries == 3


def test_fields_by_request_within_a_serializer_tell_its_plans_apart():
    assert plan(Within()).queries == 4
    assert plan(Within(context={"fields": ("title",)})).queries == 2


def test_fields_that_an_instance_was_given_are_planned():
    serializer = BookSerializer()
    del serializer.fields["chapters"]

    assert plan(serializer).queries == 2
    assert plan(BookSerializer()).queries == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (serializers.CharField(), serializers.CharField(source="blurb")),
        (serializers.CharField(source="author"), serializers.StringRelatedField(source="author")),
        (
            serializers.SlugRelatedField("name", source="author", read_only=True),
            serializers.SlugRelatedField("bio", source="author", read_only=True),
        ),
        (
            serializers.SlugRelatedField("name", source="tags", read_only=True, many=True),
            serializers.SlugRelatedField("id", source="tags", read_only=True, many=True),
        ),
        (AuthorSerializer(source="author"), AuthorSerializer(source="editor")),
    ],
)
def test_what_a_field_reads_tells_plans_apart(one, other):
    class Serializer(serializers.ModelSerializer):
        class Meta:
            model = Book
            fields = ("id",)

        def get_fields(self):
            return {**super().get_fields(), "title": self.context["field"]}

    first, second = Serializer(context={"field": one}), Serializer(context={"field": other})

    assert plan(first) is not plan(second)
    assert str(plan(first)) != str(plan(second))


def test_the_plan_asked_for_longest_ago_goes_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(_reader, "_kept", Kept(2))
    books, tags = plan(BookSerializer()), plan(TagSerializer())
    assert plan(BookSerializer()) is books

    plan(AuthorSerializer())

    assert plan(BookSerializer()) is books
    assert plan(TagSerializer()) is not tags


# Statements too, and what a field writes tells those apart.


class OfContext(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ("id",)

    def get_fields(self):
        return {**super().get_fields(), **self.context}


def statement(**fields):
    return answering(OfContext(context=fields), Book.objects.all()).statement


@pytest.mark.parametrize("names", [("title",), ("title", "published"), ("published", "title")])
def test_fields_by_request_have_a_statement_for_each_set_of_them(names):
    made = [statement(**{name: serializers.ReadOnlyField() for name in names}) for _ in range(2)]

    assert made[0] is made[1]
    assert made[0] is not statement(blurb=serializers.ReadOnlyField())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"source": "author.born", "default": None, "format": "%Y"},
            {"source": "author.born", "default": None, "format": "iso-8601"},
        ),
        ({"source": "author.name"}, {"source": "author.name", "allow_null": True}),
        ({"source": "author.name"}, {"source": "author.name", "default": None}),
        (
            {"source": "author.name", "default": 1.0},
            {"source": "author.name", "default": True},
        ),
        (
            {"source": "author.name", "default": []},
            {"source": "author.name", "default": ["none"]},
        ),
    ],
)
def test_what_a_field_writes_tells_statements_apart(one, other):
    def made(options):
        field = serializers.CharField if "format" not in options else serializers.DateField
        return answering(
            OfContext(context={"published": field(**options)}), Book.objects.all()
        ).statement

    assert made(one) is not made(other)


def test_a_field_whose_instance_writes_in_a_way_of_its_own_has_its_own_statement():
    plain, own = serializers.CharField(), serializers.CharField()
    own.to_representation = str.upper

    assert statement(title=plain) is not statement(title=own)
