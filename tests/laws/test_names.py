"""The law of names: whatever keys, columns, tables, relations and annotations are called, and
whatever is stored, one statement answers as plain DRF does.
"""

import json

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext, isolate_apps
from hypothesis import event, given
from hypothesis import strategies as st
from rest_framework import serializers

from matinee.reads.drf import plan_for
from matinee.reads.drf._json import answering
from matinee.reads.projection import Unfit
from matinee.reads.sqljson import _expressions
from tests.laws.test_reads import render

ODD = "\"'%\\{}$;:-- \n\x01\x1f.()sé\u2028\U0001f600"
# Long ones are of few characters: what counts is where PostgreSQL cuts them.
odd = st.text(st.sampled_from(ODD), min_size=1, max_size=12)
long = st.builds(lambda name, size: (name * size)[:size], odd, st.integers(60, 200))
names = odd | long
columns = (odd | st.just("of%d")).map(lambda name: name[:20])
values = st.recursive(
    names | st.none() | st.sampled_from(["NaN", '{"\x01matinee":"omit"}', "\x01needs"]),
    lambda inner: st.dictionaries(names | st.just("\x01matinee"), inner, max_size=3),
    max_leaves=4,
)


# What Django and psycopg raise over names that they do not quote.
NO_WAY = (DatabaseError, TypeError, ValueError, AttributeError, IndexError, FieldError)


def of(model, **declared):
    meta = type("Meta", (), {"model": model, "fields": list(declared)})
    return type("Odd", (serializers.ModelSerializer,), {"Meta": meta, **declared})


def plainly(serializer_class, rows):
    """Answer as plain DRF; None where Django has no way with the names."""
    try:
        with transaction.atomic():
            return render(serializer_class(rows.all(), many=True))
    except NO_WAY as error:
        event(f"plain Django: {type(error).__name__}")
        return None


def same(serializer_class, rows):
    """Answer both ways, by one statement; both must be the same."""
    plain = plainly(serializer_class, rows)
    if plain is None:
        return
    planned = plan_for(serializer_class(), model=rows.model).apply(rows.all())
    assert render(serializer_class(planned, many=True)) == plain
    with CaptureQueriesContext(connection) as queries:
        try:
            answer = answering(serializer_class(), rows).json(rows)
        except Unfit as why:
            event(f"unfit: {why}"[:40])
            return
    assert json.dumps(json.loads(answer)) == json.dumps(plain)
    assert len(queries) == 1


@isolate_apps("tests.shelf")
def family(table, column, related):
    """Make two models, and their tables, by these names; None where Django has no way with them."""
    try:
        parent, child = models_of(table, column, related)
        with transaction.atomic(), connection.schema_editor() as editor:
            editor.create_model(parent)
            editor.create_model(child)
            first = parent.objects.create(text=column, data=[table])
            child.objects.create(text=column, parent=first)
    except NO_WAY as error:
        event(f"no table: {type(error).__name__}")
        return None
    return parent, child


def models_of(table, column, related):
    class Parent(models.Model):
        text = models.TextField(db_column=f"c{column}")
        data = models.JSONField(null=True)

        class Meta:
            app_label = "shelf"
            db_table = f"p{table}"

    class Child(models.Model):
        text = models.TextField(db_column=f"d{column}")
        parent = models.ForeignKey(
            Parent, models.CASCADE, related_name=related, db_column=f"e{column}"
        )

        class Meta:
            app_label = "shelf"
            db_table = f"q{table}"

    return Parent, Child


@given(key=names, other=names, value=values, text=names)
def test_keys_and_values_may_be_anything(tables, key, other, value, text):
    parent, child = tables
    with transaction.atomic():
        for data in (value, {text: value}, None):
            row = parent.objects.create(text=text, data=data)
            child.objects.create(text=text, parent=row)
        inner = of(child, **{key: serializers.CharField(source="text")})
        method = type(
            "Method", (serializers.Field,), {"to_representation": lambda _, row: row.text}
        )
        for more in ({}, {"a method": method(source="*", read_only=True)}):
            declared = {
                key: serializers.CharField(source="text"),
                f"{key}2": serializers.JSONField(source="data"),
                other: inner(source="children", many=True),
                **more,
            }
            same(of(parent, **declared), parent.objects.order_by("pk"))
        same(
            of(child, **{key: serializers.ReadOnlyField(source="parent.data")}),
            child.objects.order_by("pk"),
        )
        transaction.set_rollback(True)


@given(table=columns, column=columns, related=columns, key=odd)
def test_tables_columns_and_relations_may_be_called_anything(db, table, column, related, key):
    with transaction.atomic():
        if found := family(table, column, related):
            parent, child = found
            rows = of(child, text=serializers.CharField())
            same(of(parent, text=serializers.CharField()), parent.objects.order_by("pk"))
            same(
                of(parent, **{f"{key}!": rows(source=related, many=True)}),
                parent.objects.order_by("pk"),
            )
            same(of(child, text=serializers.CharField(source="parent.text")), child.objects.all())
        transaction.set_rollback(True)


@pytest.mark.filterwarnings("ignore:Using percent signs in a column alias")
@given(name=columns)
def test_annotations_may_be_called_anything_that_django_allows(tables, name):
    parent, _ = tables
    with transaction.atomic():
        parent.objects.create(text=name)
        try:
            rows = parent.objects.annotate(**{name: F("text")})
        except ValueError:
            event("Django refuses the name")
        else:
            same(of(parent, **{f"{name} ": serializers.CharField(source=name)}), rows)
        transaction.set_rollback(True)


@pytest.fixture
def tables(db):
    return family("", "", "children")


def test_a_name_that_is_not_quoted_would_be_found_out(tables, monkeypatch):
    parent, _ = tables
    monkeypatch.setattr(_expressions, "_quoted", lambda name: f'"{name}"')

    for name in ('a"b', "a%sb"):
        with pytest.raises((DatabaseError, TypeError, IndexError)), transaction.atomic():
            same(of(parent, **{name: serializers.CharField(source="text")}), parent.objects.all())
