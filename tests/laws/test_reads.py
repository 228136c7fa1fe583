"""The law of reads: for any serializer and any rows, the planned answer is plain DRF's answer, in
a number of queries that the plan knew before it saw a row.
"""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from cinema.films.models import Direction, Director, Distributor, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review, Reviewer
from matinee.ranges import RangeField
from matinee.reads.drf import plan_for
from tests.shelf import models as shelf
from tests.shelf.rows import fill

CINEMA = [Film, Director, Genre, Distributor, Direction, Hall, Screening, Review, Reviewer]
SHELF = [model for model in apps.get_app_config("shelf").get_models() if not model._meta.proxy]
MODELS = [*CINEMA, *SHELF, shelf.Thriller]
# The column by which a slug or a dotted source goes where it is not called "name".
NAME = {User: "username", Film: "title", Direction: "generated", Screening: "price", Review: "text"}
NAME |= {ContentType: "model", shelf.Passport: "id", shelf.BookTag: "weight"}
NAME |= dict.fromkeys((shelf.Book, shelf.Chapter, shelf.Archived), "title")
NAME |= dict.fromkeys((shelf.Note, shelf.Mark, shelf.Stamp), "text")
NAME |= dict.fromkeys((shelf.Visit, shelf.Loan), "by") | {shelf.Cover: "art"}
# What its __str__ follows is read lazily: code is not looked into.
FOLLOWING = shelf.Author
NOON = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)


# Serializers: any model, any of its fields in any of the ways a field can be written.


@st.composite
def serializer_classes(draw, model, depth=3):
    """Draw a ModelSerializer class of *model*, nested up to *depth*."""
    declared = {}
    names = []
    for field in draw(
        st.lists(st.sampled_from(readable(model)), min_size=1, max_size=5, unique=True)
    ):
        name, value = draw(field_of(model, field, depth))
        names.append(name)
        if value is not None:
            declared[name] = value
    if model is not FOLLOWING and draw(st.booleans()):
        declared["label"] = serializers.SerializerMethodField()
        declared["get_label"] = lambda _self, row: f"{type(row).__name__} {row}"
        names.append("label")
    meta = {"model": model, "fields": names}
    if depth and draw(st.integers(0, 9)) == 0:
        meta["depth"] = 1
    return type(
        f"{model.__name__}S",
        (serializers.ModelSerializer,),
        {"Meta": type("Meta", (), meta), **declared},
    )


def readable(model):
    """Every field and reverse relation that a serializer may name."""
    return [field for field in model._meta.get_fields() if not is_private(field)]


def is_private(field):
    return (
        field.is_relation and field.related_model not in NAME and field.related_model not in MODELS
    )


def attribute(field):
    return field.get_accessor_name() if field.auto_created and not field.concrete else field.name


@st.composite
def field_of(draw, model, field, depth):  # noqa: PLR0911  one for each way to write it
    """Draw a name and a declared serializer field for *field*; None for DRF's own choice."""
    name = attribute(field)
    if not field.is_relation:
        if draw(st.booleans()) or isinstance(field, RangeField):  # JSON alone has no ranges
            return name, None
        return f"{name}_again", serializers.ReadOnlyField(source=name)
    other = field.related_model
    many = field.many_to_many or field.one_to_many
    slug = NAME.get(other, "name")
    ways = ["key", "slug"] + ["string"] * (other is not FOLLOWING)
    ways += ["nested"] * 3 * bool(depth and other in MODELS)
    ways += [] if many else ["dotted"]
    ways += ["count"] if many else []
    match draw(st.sampled_from(ways)):
        case "key":
            return name, serializers.PrimaryKeyRelatedField(many=many, read_only=True)
        case "slug":
            return name, serializers.SlugRelatedField(slug, many=many, read_only=True)
        case "string":
            return name, serializers.StringRelatedField(many=many)
        case "count":
            return f"{name}_count", serializers.IntegerField(source=f"{name}.count", read_only=True)
        case "dotted":
            kwargs = draw(st.sampled_from([{}, {"allow_null": True}]))
            field = serializers.CharField(source=f"{name}.{slug}", read_only=True, **kwargs)
            return f"{name}_name", field
    return name, draw(serializer_classes(other, depth - 1))(many=many, read_only=True)


# Rows: a few of each, linked at random.

index = st.none() | st.integers(0, 2)
films = st.lists(
    st.fixed_dictionaries(
        {
            "genre": index,
            "distributor": index,
            "directors": st.sets(st.integers(0, 2)),
            "reviewers": st.sets(st.integers(0, 2)),
            "halls": st.lists(st.integers(0, 2), max_size=3),
        }
    ),
    max_size=5,
)


def create(drawn):
    """Create the rows that were drawn."""
    genres = [Genre.objects.create(name=f"Genre {i}") for i in range(3)]
    distributors = [Distributor.objects.create(name=f"Distributor {i}") for i in range(3)]
    directors = [Director.objects.create(name=f"Director {i}") for i in range(3)]
    halls = [Hall.objects.create(name=f"Hall {i}", seats=100 + i) for i in range(3)]
    user = User.objects.create(username="visitor")
    reviewers = [
        Reviewer.objects.create(name=f"Reviewer {i}", user=user if i == 0 else None)
        for i in range(3)
    ]
    for i, row in enumerate(drawn):
        film = Film.objects.create(
            title=f"Film {i}",
            released=dt.date(1990, 1, 1) if i % 2 else None,
            imdb_rating=Decimal("7.5") if i % 2 else None,
            genre=None if row["genre"] is None else genres[row["genre"]],
            distributor=None if row["distributor"] is None else distributors[row["distributor"]],
        )
        for each in sorted(row["directors"]):
            Direction.objects.create(film=film, director=directors[each])
        for each in sorted(row["reviewers"]):
            Review.objects.create(
                film=film, author=reviewers[each], stars=each + 1, text="Well.", written_at=NOON
            )
        for n, each in enumerate(row["halls"]):
            start = NOON + dt.timedelta(days=i, hours=3 * n)
            Screening.objects.create(
                film=film,
                hall=halls[each],
                during=(start, start + dt.timedelta(hours=2)),
                price=n,
            )


def render(serializer):
    return json.loads(JSONRenderer().render(serializer.data))


def unordered(value, *, nested=False):
    """Sort every nested list: PostgreSQL owes no order to rows that an ordering does not tell apart."""
    if isinstance(value, dict):
        return {name: unordered(each, nested=True) for name, each in value.items()}
    if isinstance(value, list):
        rows = [unordered(each, nested=True) for each in value]
        return sorted(rows, key=json.dumps) if nested else rows
    return value


def holds(serializer_class):
    """The planned answer is the plain one, key order included, in the queries foreseen."""
    rows = serializer_class.Meta.model._default_manager.order_by("pk")
    plain = render(serializer_class(rows, many=True))

    reader = plan_for(serializer_class(many=True))
    with CaptureQueriesContext(connection) as queries:
        planned = render(serializer_class(reader.apply(rows), many=True))

    assert unordered(planned) == unordered(plain)
    assert list(map(list, planned)) == list(map(list, plain))
    ran = [query["sql"] for query in queries.captured_queries]
    assert len(ran) <= reader.plan.queries, f"{reader}\n{serializer_class()!r}\n{ran}"


@given(data=st.data(), drawn=films)
def test_a_planned_answer_is_the_plain_answer_in_the_queries_that_were_foreseen(db, data, drawn):
    serializer_class = data.draw(serializer_classes(data.draw(st.sampled_from(CINEMA))))
    with transaction.atomic():
        create(drawn)
        holds(serializer_class)
        transaction.set_rollback(True)


@given(data=st.data(), count=st.integers(0, 4))
def test_the_law_holds_for_odd_models_too(db, data, count):
    """Two tables, hidden rows, generic relations, proxies, keys that are no numbers."""
    model = data.draw(st.sampled_from([*SHELF, shelf.Thriller]))
    serializer_class = data.draw(serializer_classes(model))
    with transaction.atomic():
        fill(count)
        holds(serializer_class)
        transaction.set_rollback(True)


@given(data=st.data(), drawn=films)
def test_rendering_planned_rows_runs_no_query(db, data, drawn):
    """Its queries are all that run: rendering the rows it read runs none."""
    model = data.draw(st.sampled_from(CINEMA))
    serializer_class = data.draw(serializer_classes(model))
    with transaction.atomic():
        create(drawn)
        reader = plan_for(serializer_class(many=True))
        with CaptureQueriesContext(connection) as reading:
            rows = list(reader.apply(model._default_manager.order_by("pk")))
        with CaptureQueriesContext(connection) as rendering:
            render(serializer_class(rows, many=True))

        assert len(rendering) == 0, rendering.captured_queries
        assert len(reading) <= reader.plan.queries
        transaction.set_rollback(True)


def test_the_law_can_be_broken(db):
    """The control: without the plan, rendering reads lazily and the law's figures do not hold."""
    create([{"genre": 0, "distributor": 0, "directors": {0}, "reviewers": {0}, "halls": []}] * 2)

    class FilmS(serializers.ModelSerializer):
        genre = serializers.StringRelatedField()

        class Meta:
            model = Film
            fields = ("genre",)

    with CaptureQueriesContext(connection) as queries:
        render(FilmS(Film.objects.all(), many=True))
    assert len(queries) > plan_for(FilmS()).plan.queries
    with pytest.raises(AssertionError):
        assert len(queries) <= plan_for(FilmS()).plan.queries
