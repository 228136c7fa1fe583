"""The law of JSON from one statement: parsed, it is plain DRF's answer, the order of keys included,
in every time zone and whatever way PostgreSQL chooses to join.
"""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone
from hypothesis import event, given
from hypothesis import strategies as st
from rest_framework import serializers

from matinee.reads.drf._json import answering
from matinee.reads.projection import Unfit
from tests.laws.test_reads import (
    CINEMA,
    SHELF,
    create,
    films,
    render,
    serializer_classes,
    shelf,
    unordered,
)
from tests.shelf.rows import KIND, fill

ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Europe/Paris", "Africa/Monrovia"]
PLANNERS = [None, "enable_nestloop", "enable_hashjoin"]
zones = st.sampled_from(ZONES).map(ZoneInfo)


def same(serializer_class, rows, planner=None, **kwargs):
    """Answer both ways; both must be the same. Return whether one statement did it."""
    plain = render(serializer_class(rows.all(), many=True, **kwargs))
    try:
        found = answering(serializer_class(**kwargs), rows)
        found.statement.check(rows)
    except Unfit as why:
        event(f"unfit: {why}"[:60])
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        if planner:
            cursor.execute(f"SET LOCAL {planner} = off")
        try:
            answer = json.loads(found.json(rows))
        except Unfit as why:
            event(f"unfit: {why}"[:60])
            return False
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL enable_hashjoin = on")
    assert [dumped(unordered(row, nested=True)) for row in answer] == [
        dumped(unordered(row, nested=True)) for row in plain
    ]
    return True


def dumped(value):
    """Tell the order of keys, true from 1 and "1" from 1, but not 1.0 from 1."""
    if isinstance(value, dict):
        return [(key, dumped(each)) for key, each in value.items()]
    if isinstance(value, list):
        return ["list", *map(dumped, value)]
    return value if isinstance(value, str) or value is None else (isinstance(value, bool), value)


@st.composite
def querysets(draw, model):
    """Draw rows of *model*: filtered, cut, made distinct, put together, in either order."""
    rows = model._default_manager.order_by(draw(st.sampled_from(["pk", "-pk"])))
    some = model._default_manager.order_by("pk")[:2].values("pk")
    every = rows.order_by()
    ways = [
        lambda: rows,
        lambda: rows.filter(pk__in=some),
        lambda: rows[draw(st.integers(0, 2)) : draw(st.integers(2, 4))],
        rows.none,
        lambda: every.union(every.all(), all=True).order_by("pk"),
        lambda: rows.annotate(pk_too=F("pk"), how_many=Count("pk")),
    ]
    ways += [rows.distinct] if model is not shelf.Kind else []
    # Django itself loads one that looks at its columns at once for ever, if one is left out.
    ways += [lambda: rows.defer(last(model))] if model is not shelf.Watched else []
    return draw(st.sampled_from(ways))()


def last(model):
    return model._meta.concrete_fields[-1].name


@given(data=st.data(), drawn=films, zone=zones, planner=st.sampled_from(PLANNERS))
def test_one_statement_answers_as_plain_drf_does(db, data, drawn, zone, planner):
    model = data.draw(st.sampled_from(CINEMA))
    serializer_class = data.draw(serializer_classes(model))
    with transaction.atomic(), timezone.override(zone):
        create(drawn)
        same(serializer_class, data.draw(querysets(model)), planner)
        transaction.set_rollback(True)


@given(data=st.data(), count=st.integers(0, 4), zone=zones, planner=st.sampled_from(PLANNERS))
def test_one_statement_answers_for_odd_models_too(db, data, count, zone, planner):
    model = data.draw(st.sampled_from([*SHELF, shelf.Thriller]))
    serializer_class = data.draw(serializer_classes(model))
    with transaction.atomic(), timezone.override(zone):
        fill(count)
        same(serializer_class, data.draw(querysets(model)), planner)
        transaction.set_rollback(True)


# Every kind of column, with every field that may be on it.

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
moments = st.datetimes(timezones=st.just(dt.UTC)).filter(
    lambda when: 1 < when.toordinal() < 3_652_058
)
plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
prices = st.decimals(-(10**11), 10**11, places=8)
kinds = st.fixed_dictionaries(
    {},
    optional={
        "moment": moments,
        "day": st.dates(),
        "time": st.times(),
        "span": st.timedeltas(dt.timedelta(days=-40_000), dt.timedelta(days=40_000)),
        "price": prices,
        "ratio": st.floats(allow_nan=False, allow_infinity=False),
        "code": st.uuids(),
        "data": plain_json,
        "raw": st.binary(max_size=100),
        "address": st.ip_addresses().map(str),
        "moments": st.lists(moments | st.none(), max_size=3),
        "numbers": st.lists(st.integers(-(2**31), 2**31 - 1) | st.none(), max_size=3),
        "choice": st.sampled_from(["a", "b", "", "zz"]),
        "flag": st.booleans(),
        "big": st.integers(-(2**63), 2**63 - 1),
        "text": text,
        "upload": st.just("some file.txt"),
    },
)
s = serializers
COLUMNS = ["moment", "day", "time", "span", "price", "ratio", "code", "data", "raw", "address"]
COLUMNS += ["moments", "numbers", "choice", "flag", "big", "text", "upload"]


class KindSerializer(s.ModelSerializer):
    """What a ModelSerializer chooses, and what else there is."""

    rounded = s.DecimalField(20, 1, source="price")
    bare = s.DecimalField(20, 8, source="price", coerce_to_string=False)
    trimmed = s.DecimalField(20, 8, source="price", normalize_output=True)
    local = s.DecimalField(20, 8, source="price", localize=True)
    floating = s.FloatField(source="price")
    read_only_price = s.ReadOnlyField(source="price")
    read_only_moment = s.ReadOnlyField(source="moment")
    read_only_day = s.ReadOnlyField(source="day")
    read_only_span = s.ReadOnlyField(source="span")
    as_text = s.BigIntegerField(source="big", coerce_to_string=True)
    number = s.IntegerField(source="big")
    number_as_text = s.CharField(source="big")
    moment_as_text = s.CharField(source="moment")
    ratio_as_text = s.CharField(source="ratio")
    code_as_hex = s.UUIDField(source="code", format="hex")
    formatted = s.DateTimeField(source="moment", format="%d.%m.%Y")
    elsewhere = s.DateTimeField(source="moment", default_timezone=ZoneInfo("Asia/Tokyo"))
    dumped = s.JSONField(source="data", binary=True)
    chosen = s.CharField(source="get_choice_display")
    binary = s.ModelField(model_field=shelf.Kind._meta.get_field("raw"))

    class Meta:
        model = shelf.Kind
        fields = ("id", *COLUMNS, "rounded", "bare", "trimmed", "local", "floating")
        fields += ("read_only_price", "read_only_moment", "read_only_day", "read_only_span")
        fields += ("as_text", "number", "number_as_text", "moment_as_text", "ratio_as_text")
        fields += ("code_as_hex", "formatted", "elsewhere", "dumped", "chosen", "binary")


def only(*names):
    meta = type("Meta", (KindSerializer.Meta,), {"fields": ("id", *names)})
    kept = {name: None for name in KindSerializer._declared_fields if name not in names}
    return type("KindS", (KindSerializer,), {"Meta": meta, **kept})


@given(
    rows=st.lists(kinds, min_size=1, max_size=4),
    names=st.sets(st.sampled_from(KindSerializer.Meta.fields[1:]), min_size=1),
    zone=zones,
)
def test_every_kind_of_field_is_written_as_plain_drf_writes_it(db, rows, names, zone):
    with transaction.atomic(), timezone.override(zone):
        shelf.Kind.objects.bulk_create(shelf.Kind(**row) for row in rows)
        same(only(*names), shelf.Kind.objects.order_by("pk"))
        transaction.set_rollback(True)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", KindSerializer.Meta.fields[1:])
def test_no_kind_of_field_is_left_to_instances(name, zone, db):
    shelf.Kind.objects.create(**KIND)
    shelf.Kind.objects.create()
    # A model's bytes are text for Python alone; raw is what a ModelSerializer makes of them.
    with timezone.override(ZoneInfo(zone)):
        assert same(only(name), shelf.Kind.objects.order_by("pk"))
