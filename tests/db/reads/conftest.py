"""A small library of odd books, and a way to read it twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.renderers import JSONRenderer

from matinee.reads.drf import plan_for
from tests.shelf import models


@dataclass
class Answer:
    """What plain DRF and a planned queryset answered, and how many queries each took."""

    plain: Any
    planned: Any
    plain_queries: int
    planned_queries: int
    sql: list[str]


def render(serializer: Any) -> Any:
    return json.loads(JSONRenderer().render(serializer.data))


@pytest.fixture
def read() -> Callable[..., Answer]:
    """Read a queryset plainly and by its plan; both answers must be the same."""

    def both(serializer_class: Any, queryset: Any, **kwargs: Any) -> Answer:
        with CaptureQueriesContext(connection) as plain_queries:
            plain = render(serializer_class(queryset.all(), many=True, **kwargs))
        serializer = serializer_class(many=True, **kwargs)
        with CaptureQueriesContext(connection) as planned_queries:
            rows = plan_for(serializer, model=queryset.model).apply(queryset.all())
            planned = render(serializer_class(rows, many=True, **kwargs))
        assert planned == plain
        sql = [query["sql"] for query in planned_queries.captured_queries]
        return Answer(plain, planned, len(plain_queries), len(planned_queries), sql)

    return both


@pytest.fixture
def library(db) -> Callable[[int], None]:
    """Make n books with all that can hang on a book, every third with much of it missing."""

    def make(count: int) -> None:
        countries = [
            models.Country.objects.create(code=f"{i:02}", name=f"Country {i}") for i in range(3)
        ]
        authors = [
            models.Author.objects.create(
                name=f"Author {i}", bio="Long.", country=countries[i % 3] if i % 4 else None
            )
            for i in range(max(count, 3))
        ]
        tags = [models.Tag.objects.create(name=f"Tag {i}") for i in range(4)]
        before = None
        for i in range(count):
            missing = i % 3 == 2
            book = models.Book.objects.create(
                title=f"Book {i}",
                blurb="Blurb.",
                state="used" if i % 2 else "new",
                extra={"pages": {"text": i}},
                author=None if missing else authors[i],
                editor=authors[(i + 1) % len(authors)],
                sequel_to=before,
            )
            before = book if i % 2 else None
            for tag in tags[: i % 4]:
                models.BookTag.objects.create(book=book, tag=tag, weight=i)
            for number in range(0 if missing else 3):
                chapter = models.Chapter.objects.create(
                    book=book, number=number, title=f"Chapter {number}", removed=number == 1
                )
                models.Note.objects.create(chapter=chapter, text=f"Note on {number}")
            if not missing:
                models.Cover.objects.create(book=book, art=f"Art {i}")
            models.Mark.objects.create(text=f"Mark {i}", target=book)
            models.Mark.objects.create(text=f"Mark on an author {i}", target=authors[i])
            shop = models.Shop.objects.create(
                name=f"Shop {i}", street="Main", stars=i, owner=authors[i], country=countries[i % 3]
            )
            shop.stock.add(book)
            models.Visit.objects.create(place=shop, by=f"Visitor {i}")
            models.Passport.objects.create(holder=authors[i], country=countries[i % 3])
            models.Watched.objects.create(name=f"Watched {i}", author=authors[i])

    return make
