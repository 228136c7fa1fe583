"""Where a plan says that one statement may be the slower way."""

import pytest
from django.core.management import call_command
from django.db import models
from django.urls import path
from rest_framework import generics

from matinee.reads._slower import _is_indexed, slower
from matinee.reads.drf import PlannedReads, plan_for
from tests.db.reads.test_serializers import of
from tests.shelf.models import Author, Book, Chapter, Mark, Tag


class Marked(PlannedReads, generics.ListAPIView):
    queryset = Book.objects.all()
    serializer_class = of(Book, marks=of(Mark, "text")(many=True))
    json_reads = True
    filter_backends = ()


class Plain(Marked):
    json_reads = False


urlpatterns = [path("marked/", Marked.as_view()), path("plain/", Plain.as_view())]


def said(serializer_class):
    return list(slower(plan_for(serializer_class()).plan))


def test_nothing_is_said_of_relations_that_an_index_finds():
    assert (
        said(of(Book, tags=of(Tag, "name")(many=True), chapters=of(Chapter, "title")(many=True)))
        == []
    )


def test_rows_that_no_index_finds_are_named_with_the_index_to_add():
    (line,) = said(of(Book, marks=of(Mark, "text")(many=True)))
    assert line == (
        "no index finds the rows of Book.marks, so each Book looks through all of Mark: "
        "add one on object_id, kind"
    )


def test_an_object_that_many_share_is_named_with_its_lists():
    author = of(Author, "name", books=of(Book, "title")(many=True))
    (line,) = said(of(Chapter, book=of(Book, author=author())()))
    assert line.startswith("Book.author is made for each row, with its books: where many rows")


def test_an_object_that_many_share_is_cheap_without_lists():
    assert said(of(Book, author=of(Author, "name")())) == []


@pytest.mark.parametrize(
    ("meta", "found"),
    [
        ({}, False),
        ({"indexes": [models.Index(fields=["key"], name="a")]}, True),
        ({"indexes": [models.Index(fields=["-key", "kind"], name="a")]}, True),
        ({"indexes": [models.Index(fields=["kind", "key"], name="a")]}, True),
        ({"indexes": [models.Index(fields=["kind"], name="a")]}, False),
        ({"indexes": [models.Index(fields=["kind", "other", "key"], name="a")]}, False),
        ({"unique_together": [("kind", "key")]}, True),
        ({"constraints": [models.UniqueConstraint(fields=["key"], name="a")]}, True),
    ],
)
def test_an_index_counts_if_it_begins_with_what_is_looked_for(meta, found):
    class Meta:
        app_label = "shelf"
        abstract = False

    for name, value in meta.items():
        setattr(Meta, name, value)
    fields = {name: models.IntegerField() for name in ("kind", "key", "other")}
    from django.apps import apps

    try:
        model = type("Odd", (models.Model,), {"Meta": Meta, "__module__": __name__, **fields})
        assert _is_indexed(model, ("key", "kind")) is found
    finally:
        del apps.all_models["shelf"]["odd"]
        apps.clear_cache()


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_the_command_says_it_where_one_statement_answers(capsys):
    call_command("reads", "Marked")
    assert "json: no index finds the rows of Book.marks" in capsys.readouterr().out
    call_command("reads", "Plain")
    assert "no index" not in capsys.readouterr().out
