"""Keys whose last column is a range, and foreign keys over them: PostgreSQL 18."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Deferrable
from django.test.utils import isolate_apps

from matinee import conflicts
from matinee.exceptions import RangesError
from matinee.ranges import Range
from matinee.ranges.constraints import NoOverlap, PeriodForeignKey, WithoutOverlaps
from matinee.ranges.fields import DateRangeField
from tests.spans.constraints import Hall, Price, Stay, Tariff

TEMPORAL = [Price, Stay, Tariff]


def days(first, last):
    return Range(dt.date(2026, 1, first), dt.date(2026, 1, last))


@pytest.fixture
def is_new(db):
    return connection.pg_version >= 180000


@pytest.fixture
def hall(is_new):
    """A hall with prices for the first days of the year, in two rows."""
    if not is_new:
        pytest.skip("WITHOUT OVERLAPS is PostgreSQL 18's.")
    with connection.schema_editor() as editor:
        for each in TEMPORAL:
            editor.create_model(each)
    found = Hall.objects.create(name="Red")
    Price.objects.create(hall=found, valid=days(1, 10), amount=5)
    Price.objects.create(hall=found, valid=days(10, 20), amount=6)
    return found


def code(instance, field, check=None):
    """Of the error that full_clean has for *field*; "" if none."""
    try:
        (check or instance.full_clean)()
    except ValidationError as error:
        return error.error_dict[field][0].code if field in error.error_dict else str(error)
    return ""


def refused(instance):
    try:
        with transaction.atomic():
            instance.save(force_insert=True)
            connection.check_constraints()
    except IntegrityError as error:
        return error.__cause__.sqlstate
    return ""


def test_postgresql_has_what_was_declared(hall):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conperiod AND connamespace = 'public'::regnamespace ORDER BY conname"
        )
        found = dict(cursor.fetchall())
    assert found == {
        "paid": "FOREIGN KEY (hall_id, PERIOD days) REFERENCES spans_price(hall_id, PERIOD valid)",
        "spans_price_hall_valid_key": "UNIQUE (hall_id, valid WITHOUT OVERLAPS) INCLUDE (amount)",
        "spans_tariff_name_valid_pkey": "PRIMARY KEY (name, valid WITHOUT OVERLAPS)",
    }


PRICES = [
    pytest.param(days(5, 6), "overlap", "23P01", id="overlaps"),
    pytest.param(days(20, 25), "", "", id="follows"),
    pytest.param(Range(empty=True), "empty", "23514", id="empty"),
    pytest.param("empty", "empty", "23514", id="empty, as text"),
    pytest.param("[2026-01-05,2026-01-06)", "overlap", "23P01", id="overlaps, as text"),
]


@pytest.mark.parametrize(("valid", "said", "sqlstate"), PRICES)
def test_a_key_without_overlaps(hall, valid, said, sqlstate):
    price = Price(hall=hall, valid=valid)
    assert code(price, "valid") == said
    assert refused(price) == sqlstate


TARIFFS = [
    pytest.param("child", days(5, 6), "overlap", "23P01", id="overlaps"),
    pytest.param("child", days(10, 12), "", "", id="follows"),
    pytest.param("adult", days(5, 6), "", "", id="another name"),
]


@pytest.mark.parametrize(("name", "valid", "said", "sqlstate"), TARIFFS)
def test_a_primary_key_without_overlaps(hall, name, valid, said, sqlstate):
    Tariff.objects.create(name="child", valid=days(1, 10))
    tariff = Tariff(name=name, valid=valid)
    assert code(tariff, "valid") == said
    assert refused(tariff) == sqlstate
    found = Tariff.objects.get(pk=("child", days(1, 10)))
    found.full_clean()
    assert found.name == "child"


STAYS = [
    pytest.param(days(2, 5), "", "", id="in one row"),
    pytest.param(days(5, 15), "", "", id="in two rows that follow each other"),
    pytest.param(days(15, 25), "period", "23503", id="not in all"),
    pytest.param(Range(None, dt.date(2026, 1, 5)), "period", "23503", id="unbounded"),
    pytest.param(Range(empty=True), "period", "23503", id="empty"),
    pytest.param("[2026-01-15,2026-01-25)", "period", "23503", id="not in all, as text"),
    pytest.param("[2026-01-05,2026-01-15)", "", "", id="in two rows, as text"),
    pytest.param(None, "", "", id="null"),
]


@pytest.mark.parametrize(("stay", "said", "sqlstate"), STAYS)
def test_a_period_must_be_covered(hall, stay, said, sqlstate):
    found = Stay(hall=hall, days=stay)
    # Not by full_clean, to which a field that may not be blank must be filled.
    assert code(found, "days", found.validate_constraints) == said
    assert refused(found) == sqlstate


def test_a_period_of_another_hall_covers_nothing(hall):
    other = Hall.objects.create(name="Blue")
    assert code(Stay(hall=other, days=days(2, 5)), "days") == "period"


def test_validating_a_period_costs_one_query(hall, django_assert_num_queries):
    (constraint,) = Stay._meta.constraints
    with django_assert_num_queries(1):
        constraint.validate(Stay, Stay(hall=hall, days=days(5, 15)))
    with django_assert_num_queries(0):
        constraint.validate(Stay, Stay(hall=hall, days=days(5, 15)), exclude=["hall"])


def test_what_is_needed_cannot_be_deleted_or_cut_short(hall):
    Stay.objects.create(hall=hall, days=days(5, 15))
    price = Price.objects.get(amount=6)
    with pytest.raises(conflicts.ConflictError) as info, conflicts.raising_conflicts():
        price.delete()
    assert (info.value.code, info.value.constraint) == ("conflict.reference", "paid")
    price.valid = days(12, 20)
    with pytest.raises(ValidationError):
        conflicts.save(price)
    price.valid = days(10, 15)
    conflicts.save(price)


def test_ranges_that_are_wrong_are_validation_errors(hall):
    (constraint,) = Stay._meta.constraints
    with pytest.raises(ValidationError) as info:
        constraint.validate(Stay, Stay(hall=hall, days=(dt.date(2026, 1, 5), dt.date(2026, 1, 1))))
    assert list(info.value.error_dict) == ["days"]


def test_taking_a_key_away_leaves_what_django_would_have_made(hall):
    connection.check_constraints()
    with connection.schema_editor() as editor:
        editor.remove_constraint(Stay, *Stay._meta.constraints)
        editor.remove_constraint(Price, *Price._meta.constraints)
        editor.remove_constraint(Tariff, *Tariff._meta.constraints)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'spans_tariff_pkey'"
        )
        assert cursor.fetchall() == [("PRIMARY KEY (name, valid)",)]
    assert refused(Price(hall=hall, valid=days(5, 6))) == ""
    with connection.schema_editor() as editor:
        editor.add_constraint(Tariff, *Tariff._meta.constraints)
    Tariff.objects.create(name="child", valid=days(1, 10))
    assert refused(Tariff(name="child", valid=days(5, 6))) == "23P01", "a control: it is back"


@contextmanager
def managed(model):
    model._meta.managed = True
    try:
        yield
    finally:
        model._meta.managed = False


@pytest.mark.parametrize("model", TEMPORAL)
def test_an_older_server_is_told_of_by_a_check_and_in_migrations(is_new, model):
    (constraint,) = model._meta.constraints
    with managed(model):
        found = constraint.check(model, connection)
        assert [each.id for each in found] == ([] if is_new else ["matinee.E222"])
        assert all("got 15" in each.msg for each in found)
    if not is_new:
        with pytest.raises(RangesError) as info, connection.schema_editor() as editor:
            editor.create_model(model)
        assert info.value.code == "ranges.server"


def test_a_model_that_is_not_in_the_database_may_be_too_new_for_it(is_new):
    (constraint,) = Price._meta.constraints
    assert constraint.check(Price, connection) == []


@isolate_apps("tests.spans")
def test_declarations_that_do_not_go_together_are_told_by_a_check(is_new):
    class Rate(models.Model):
        hall = models.IntegerField()
        valid = DateRangeField()

        class Meta:
            app_label = "spans"
            managed = True
            constraints = [WithoutOverlaps("hall", "valid", deferrable=Deferrable.DEFERRED)]
            required_db_features = {"never"}

    def ids(constraint):
        return [each.id for each in constraint.check(Rate, connection)]

    key = PeriodForeignKey("hall", "valid", to="Rate", name="key")
    assert ids(key) == ["matinee.E225"]
    Rate._meta.constraints = [WithoutOverlaps("hall", "valid")]
    assert ids(key) == []
    assert ids(PeriodForeignKey("hall", "valid", to="Nobody", name="key")) == ["matinee.E224"]
    assert ids(PeriodForeignKey("hall", "id", to="Rate", name="key")) == [
        "matinee.E221",
        "matinee.E225",
    ]
    assert ids(WithoutOverlaps("hall", "valid", primary_key=True)) == ["matinee.E223"]
    assert ids(WithoutOverlaps("valid", "hall")) == ["matinee.E221"]


DECLARED = [
    WithoutOverlaps("hall", "valid"),
    WithoutOverlaps("hall", "valid", primary_key=True),
    WithoutOverlaps("hall", "valid", deferrable=Deferrable.DEFERRED, names="nothing", name="own"),
    NoOverlap("hall", "valid", name="%(app_label)s_%(class)s_hall_valid_key"),
    PeriodForeignKey("hall", "valid", to="Price"),
    PeriodForeignKey("hall", "valid", to="spans.Price"),
    PeriodForeignKey("hall", "valid", to="Price", to_fields=["hall", "days"]),
    PeriodForeignKey("hall", "valid", to="Price", deferrable=Deferrable.DEFERRED),
]


@pytest.mark.parametrize("constraint", DECLARED, ids=range(len(DECLARED)))
def test_a_constraint_is_what_its_migration_says(constraint):
    path, args, kwargs = constraint.deconstruct()
    assert path == f"matinee.ranges.constraints.{type(constraint).__name__}"
    assert type(constraint)(*args, **kwargs) == constraint
    assert [each for each in DECLARED if each == constraint] == [constraint]


@pytest.mark.parametrize(
    "declare",
    [
        lambda: WithoutOverlaps("valid"),
        lambda: WithoutOverlaps(models.F("hall"), "valid"),
        lambda: PeriodForeignKey("valid", to="Price"),
        lambda: PeriodForeignKey("hall", "valid", to="Price", to_fields=["valid"]),
    ],
    ids=["one field", "an expression", "one field of a foreign key", "fewer fields there"],
)
def test_a_bad_declaration_fails_at_once(declare):
    with pytest.raises(RangesError) as info:
        declare()
    assert info.value.code == "ranges.constraint"
