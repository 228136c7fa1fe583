"""``manage.py check`` tells what migrations of range types would fail at."""

import pytest
from django.core.checks import run_checks
from django.test.utils import isolate_apps

from matinee.ranges import range_type
from matinee.ranges._made import problems
from tests.networks.models import Allowed, Opening, Visit

HEAD = "from django.db import migrations, models\n"
MIGRATION = """
from matinee.ranges import operations, types

class Migration(migrations.Migration):
    initial = True
    dependencies = {dependencies}
    operations = [{operations}]
"""
MADE = "operations.CreateInetRange()"
USED = (
    "migrations.CreateModel('Allowed', [('id', models.BigAutoField(primary_key=True)), "
    "('addresses', types.InetRangeField())])"
)
ADDED = "migrations.AddField('allowed', 'addresses', types.InetRangeField(null=True))"
EMPTY = "migrations.CreateModel('Allowed', [('id', models.BigAutoField(primary_key=True))])"
ADDRESSES = Allowed._meta.get_field("addresses")


@pytest.fixture
def migrated(tmp_path, monkeypatch, settings):
    """Have apps' migrations be of these operations, one migration each."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(label, *wanted, dependencies=()):
        package = tmp_path / f"{tmp_path.name}_{label}"
        package.mkdir()
        (package / "__init__.py").touch()
        for nth, operations in enumerate(wanted):
            before = [*dependencies, (label, f"m{nth - 1}")] if nth else [*dependencies]
            text = HEAD + MIGRATION.format(operations=operations, dependencies=before)
            (package / f"m{nth}.py").write_text(text)
        settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, label: package.name}

    return write


def ids(field=ADDRESSES, databases=None):
    return [each.id for each in problems(field, field.type.name, databases)]


def test_the_tests_own_migrations_are_in_order():
    """A control."""
    assert run_checks(tags=["models"]) == []


@pytest.mark.parametrize(
    ("operations", "found"),
    [
        ([USED], ["matinee.E231"]),
        ([EMPTY, ADDED], ["matinee.E231"]),
        ([f"{USED}, {MADE}"], ["matinee.E232"]),
        ([USED, MADE], ["matinee.E232"]),
        ([f"{EMPTY}, {ADDED}", MADE], ["matinee.E232"]),
        (["operations.CreateTimeRange()", USED], ["matinee.E231"]),
        ([f"{MADE}, {USED}"], []),
        ([MADE, USED], []),
        ([EMPTY, MADE, ADDED], []),
        ([f"migrations.SeparateDatabaseAndState([{MADE}])", USED], []),
        (["operations.CreateRangeType('inetrange', 'inet')", USED], []),
        # The model is not in a migration yet: makemigrations comes next.
        ([EMPTY], ["matinee.W234"]),
        ([f"{EMPTY}, {MADE}"], []),
    ],
)
def test_the_type_is_made_before_it_is_used(migrated, operations, found):
    migrated("networks", *operations)
    assert ids() == found


def test_another_app_may_make_it_if_it_comes_before(migrated):
    migrated("spans", MADE)
    migrated("networks", USED)
    assert ids() == ["matinee.E231"]


def test_a_dependency_makes_it(migrated):
    migrated("spans", MADE)
    migrated("networks", USED, dependencies=[("spans", "m0")])
    assert ids() == []


def test_the_hint_says_what_to_write(migrated):
    migrated("networks", USED)
    (found,) = [each for each in run_checks(tags=["models"]) if each.obj is ADDRESSES]
    assert found.id == "matinee.E231"
    assert "CreateInetRange()" in found.hint
    assert "networks" in found.hint


def test_fields_within_arrays_need_the_type_too(migrated):
    listed = USED.replace("types.InetRangeField()", "types.InetMultiRangeField()")
    migrated("networks", f"{listed}, {MADE}")
    assert ids(Allowed._meta.get_field("several")) == ["matinee.E232"]
    assert ids(Opening._meta.get_field("hours")) == ["matinee.W234"]


def test_nothing_is_said_of_an_app_without_migrations(settings):
    settings.MIGRATION_MODULES = {"networks": None}
    assert ids() == []


class Nowhere:
    def allow_migrate(self, db, app_label, **hints):
        return False


def test_nothing_is_said_of_databases_that_do_not_have_the_model(migrated, settings):
    migrated("networks", USED)
    assert ids(databases=["default"]) == ["matinee.E231"], "a control"
    assert ids(databases=[]) == []
    settings.DATABASE_ROUTERS = [Nowhere()]
    assert ids(databases=["default"]) == ids() == []


@isolate_apps("tests.networks")
def test_fields_that_have_no_name_are_told():
    from django.db import models

    unnamed = range_type("unnamedrange", subtype=models.UUIDField)

    class Unnamed(models.Model):
        keys = unnamed.field()

        class Meta:
            app_label = "networks"

    found = [each.id for each in Unnamed._meta.get_field("keys").check()]
    assert found == ["matinee.E233", "matinee.W234"]


def test_other_models_are_not_looked_at():
    """A control."""
    assert all(not each.check() for each in Visit._meta.local_fields)
