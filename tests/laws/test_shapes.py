"""The law of typed shapes: for any shape and any rows, what comes out is what plain navigation
finds, in the number of queries that the plan knew, and the JSON says the same.
"""

import datetime as dt
import json
import uuid
from itertools import count
from typing import Any

import msgspec
import pytest
from django.db import connection, models
from django.db.models import Count, Max, Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from matinee.reads._facts import attribute, columns, relations
from matinee.reads.shape import Hop, Link
from matinee.reads.struct import Shape, computed, related, source
from tests.shelf import models as shelf
from tests.shelf.rows import fill

NUMBERS = count()
MODELS = [shelf.Book, shelf.Author, shelf.Chapter, shelf.Tag, shelf.Shop, shelf.Passport]
TYPES = {
    models.DateField: dt.date,
    models.UUIDField: uuid.UUID,
    models.BooleanField: bool,
    models.IntegerField: int,
    models.CharField: str,
    models.TextField: str,
}


@st.composite
def shapes(draw, model, depth=2):
    """Draw a shape of *model* and what makes the same of an instance by navigation."""
    fields = {}
    for _ in range(draw(st.integers(1, 4))):
        kinds = [a_column, a_number] + [one, many, best, values] * bool(depth)
        found = draw(st.sampled_from(kinds))(draw, model, depth)
        if found is not None:
            fields[f"f{len(fields)}"] = found
    hints = {name: hint for name, (hint, _, _) in fields.items()}
    parts = {name: part for name, (_, part, _) in fields.items()}
    # Two of one name would have one place for two things.
    name = f"Drawn{next(NUMBERS)}"
    made = type(Shape)(name, (Shape,), {"__annotations__": hints, **parts}, model=model)

    def navigate(row):
        return {name: get(row) for name, (_, _, get) in fields.items()}

    return made, navigate


def a_column(draw, model, depth):
    name = draw(st.sampled_from(columns(model)))
    field = model._meta.get_field(name)
    return hint_of(field), source(field.attname), lambda row: getattr(row, field.attname)


def hint_of(field):
    end = field.target_field if isinstance(field, models.ForeignKey) else field
    while isinstance(end, models.ForeignKey):
        end = end.target_field
    hint = next((TYPES[cls] for cls in type(end).__mro__ if cls in TYPES), Any)
    return hint | None if field.null and hint is not Any else hint


def a_number(draw, model, depth):
    hop = draw(hops(model, many=True))
    if hop is None:
        return None
    aggregate = draw(st.sampled_from([Count, Max]))
    queried = f"{hop.lookup}__pk"

    def get(row):
        keys = list(type(row)._base_manager.filter(pk=row.pk).values_list(queried, flat=True))
        found = [key for key in keys if key is not None]
        return len(found) if aggregate is Count else max(found, default=None)

    return Any, computed(aggregate(queried)), get


@st.composite
def hops(draw, model, *, many):
    found = [attribute(model, name) for name in relations(model)]
    fit = [
        hop for hop in found if isinstance(hop, Hop) and hop.model in MODELS and is_(hop, many=many)
    ]
    return draw(st.sampled_from(fit)) if fit else None


def is_(hop, *, many):
    return (hop.link is Link.MANY) is many


def one(draw, model, depth):
    hop = draw(hops(model, many=False))
    if hop is None:
        return None
    shape, navigate = draw(shapes(hop.model, depth - 1))

    def get(row):
        other = getattr(row, hop.attribute, None)
        return None if other is None else navigate(other)

    return shape | None, source(hop.attribute), get


def many(draw, model, depth):
    hop = draw(hops(model, many=True))
    if hop is None:
        return None
    shape, navigate = draw(shapes(hop.model, depth - 1))
    ordered = related(hop.attribute, order_by="pk")
    return (
        list[shape],
        ordered,
        lambda row: [navigate(each) for each in getattr(row, hop.attribute).order_by("pk")],
    )


def best(draw, model, depth):
    hop = draw(hops(model, many=True))
    if hop is None:
        return None
    shape, navigate = draw(shapes(hop.model, depth - 1))
    limit, where = draw(st.integers(1, 2)), draw(st.sampled_from([None, ~Q(pk=None)]))
    chosen = related(hop.attribute, where=where, order_by="-pk", limit=limit)

    def get(row):
        return [navigate(each) for each in getattr(row, hop.attribute).order_by("-pk")[:limit]]

    return list[shape], chosen, get


def values(draw, model, depth):
    hop = draw(hops(model, many=True))
    if hop is None:
        return None
    name = draw(st.sampled_from([n for n in columns(hop.model) if n != "extra"]))
    field = hop.model._meta.get_field(name)

    def get(row):
        found = getattr(row, hop.attribute).all()
        return Several(getattr(each, field.attname) for each in found)

    return list[hint_of(field)], source(f"{hop.attribute}__{field.attname}"), get


class Several(list):
    """Values whose order nobody has asked for."""

    def __eq__(self, other):
        return sorted(map(str, self)) == sorted(map(str, other))

    __hash__ = None


@pytest.fixture
def rows(db):
    fill(5)


@given(data=st.data())
def test_a_shape_is_what_navigation_finds(rows, data):
    model = data.draw(st.sampled_from(MODELS))
    shape, navigate = data.draw(shapes(model))
    queryset = model._default_manager.order_by("pk")
    expected = [plain(navigate(row)) for row in queryset]

    with CaptureQueriesContext(connection) as queries:
        found = shape.fetch(queryset)

    assert expected == [json.loads(msgspec.json.encode(each)) for each in found]
    assert len(queries) <= shape.reader().plan.queries
    assert expected == json.loads(shape.json(queryset))


def plain(value):
    """Return *value* as JSON has it; where the order is open, so is it here."""
    match value:
        case Several():
            return Several(plain(each) for each in value)
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
    return json.loads(msgspec.json.encode(value))
