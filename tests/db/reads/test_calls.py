"""What is asked of a related manager is asked once for all the rows, and answered as Django does."""

import pytest
from django.db.models import F, Q

from matinee.reads._calls import cache_name, plant
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
    "all": lambda rows, name: list(rows.all()),
    "filter": lambda rows, name: list(rows.filter(pk__gt=2)),
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
