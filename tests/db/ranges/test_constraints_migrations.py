"""Constraints in a project of its own: its migrations, forwards and backwards."""

import psycopg
import pytest
from django.db import connection

from tests import _databases
from tests.db.ranges.converting import Project

HALLS = """
    from datetime import date, timedelta
    from decimal import Decimal

    from django.db import models
    from django.db.models import Deferrable, Q

    from matinee.ranges import (
        Bounded, DateRangeField, DateTimeRangeField, NoOverlap, Range,
    )


    class Hall(models.Model):
        name = models.TextField()


    class Booking(models.Model):
        hall = models.ForeignKey(Hall, models.CASCADE)
        during = DateTimeRangeField()
        days = DateRangeField(null=True)
        is_cancelled = models.BooleanField(default=False)

        class Meta:
            constraints = [
                NoOverlap("hall", "during", condition=Q(is_cancelled=False)),
                NoOverlap("hall", "days", deferrable=Deferrable.DEFERRED, names="nothing"),
                Bounded("during", min_width=timedelta(minutes=5), bounds="[)", finite=True),
                Bounded("days", within=Range(date(2026, 1, 1), date(2030, 1, 1)), not_empty=True),
            ]
"""
# The models are named so that the one that refers is made first.
PRICES = """
    from django.db import models

    from matinee.ranges import (
        DateRangeField, PeriodForeignKey, WithoutOverlaps,
    )


    class Stay(models.Model):
        room = models.IntegerField()
        days = DateRangeField()

        class Meta:
            constraints = [
                PeriodForeignKey("room", "days", to="APrice", to_fields=["room", "valid"]),
            ]


    class APrice(models.Model):
        room = models.IntegerField()
        valid = DateRangeField()

        class Meta:
            constraints = [WithoutOverlaps("room", "valid")]


    class Tariff(models.Model):
        pk = models.CompositePrimaryKey("name", "valid")
        name = models.TextField()
        valid = DateRangeField()

        class Meta:
            constraints = [WithoutOverlaps("name", "valid", primary_key=True)]
"""
CONSTRAINTS = (
    "SELECT conname, contype::text FROM pg_constraint WHERE conrelid = to_regclass(%s)"
    " AND contype IN ('x', 'c', 'u', 'p', 'f') ORDER BY conname"
)


@pytest.fixture
def project(db, tmp_path):
    tmp_path.chmod(0o711)
    with _databases.clone("constraints", template="template1") as name:
        yield Project(tmp_path, _databases.server_url(name))


def test_makemigrations_is_quiet_after_a_migration(project):
    project.make(halls=HALLS)
    assert "No changes" in project.manage("makemigrations", "--check", "--dry-run")
    found = project.sql(CONSTRAINTS, "halls_booking")
    assert [each for each in found if each[1] != "f"] == [
        ("halls_booking_days_check", "c"),
        ("halls_booking_during_check", "c"),
        ("halls_booking_hall_days_excl", "x"),
        ("halls_booking_hall_during_excl", "x"),
        ("halls_booking_pkey", "p"),
    ]
    assert project.value("SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'") == 1
    text = (project.folder / "halls/migrations/0001_initial.py").read_text()
    assert "matinee.ranges.constraints.NoOverlap" in text
    assert "matinee.ranges._" not in text


def test_constraints_are_added_changed_and_taken_away(project):
    project.make(halls=HALLS)
    text = (project.folder / "halls/models.py").read_text()

    changed = text.replace('names="nothing"', 'names="object"').replace("minutes=5", "minutes=6")
    project.write(halls__models=changed)
    project.manage("makemigrations", "halls")
    (_first, second) = project.migrations("halls")
    said = project.manage("sqlmigrate", "halls", second)
    assert said.count('CONSTRAINT "halls_booking_during_check"') == 2
    assert 'CONSTRAINT "halls_booking_hall_days_excl"' not in said, (
        "what a message says is no change of the database"
    )
    project.manage("migrate")

    project.write(halls__models=text[: text.index("class Meta")] + "pass\n")
    project.manage("makemigrations", "halls")
    project.manage("migrate")
    assert ("halls_booking_hall_during_excl", "x") not in project.sql(CONSTRAINTS, "halls_booking")
    assert "No changes" in project.manage("makemigrations", "--check", "--dry-run")

    project.manage("migrate", "halls", "0001")
    assert ("halls_booking_hall_during_excl", "x") in project.sql(CONSTRAINTS, "halls_booking")
    project.manage("migrate", "halls", "zero")
    assert project.sql(CONSTRAINTS, "halls_booking") == []


def test_the_sql_that_a_migration_shows_brings_the_extension(project):
    project.make(halls=HALLS)
    said = project.manage("sqlmigrate", "halls", "0001")
    assert said.index("CREATE EXTENSION IF NOT EXISTS btree_gist") < said.index("EXCLUDE USING")


def test_who_may_not_bring_the_extension_is_told_who_may(project):
    role = f"humble_{id(project)}"
    name = project.value("SELECT current_database()")
    project.sql(f'CREATE ROLE "{role}" LOGIN')
    try:
        project.sql(f'GRANT ALL ON SCHEMA public TO "{role}"')
        project.sql(f'REVOKE CREATE ON DATABASE "{name}" FROM PUBLIC')
        project.make(halls="from django.db import models\n")
        project.write(halls__models=HALLS)
        project.manage("makemigrations", "halls")
        settings = project.folder / "project/settings.py"
        humble = f'\nDATABASES["default"]["OPTIONS"] = {{"options": "-c role={role}"}}\n'
        settings.write_text(settings.read_text() + humble)
        project.sql(f'GRANT "{role}" TO current_user')
        project.sql(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"')
        project.sql(f'GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO "{role}"')

        done = project.run("-m", "django", "migrate", "halls")
        assert "RangesError: The extension btree_gist must be in the database" in done.stderr
        assert "CREATE EXTENSION btree_gist" in done.stderr

        project.sql("CREATE EXTENSION btree_gist")
        project.manage("migrate", "halls")
        assert ("halls_booking_hall_during_excl", "x") in project.sql(CONSTRAINTS, "halls_booking")
    finally:
        project.sql(f'REASSIGN OWNED BY "{role}" TO current_user')
        project.sql(f'DROP OWNED BY "{role}"')
        project.sql(f'DROP ROLE "{role}"')


def test_keys_over_periods_from_the_first_migration_to_the_last_row(project):
    if connection.pg_version < 180000:
        pytest.skip("WITHOUT OVERLAPS is PostgreSQL 18's.")
    project.make(prices=PRICES)
    assert "No changes" in project.manage("makemigrations", "--check", "--dry-run")
    assert project.sql(CONSTRAINTS, "prices_stay") == [
        ("prices_stay_pkey", "p"),
        ("prices_stay_room_days_fkey", "f"),
    ]
    assert project.sql(CONSTRAINTS, "prices_tariff") == [("prices_tariff_name_valid_pkey", "p")]

    project.sql("INSERT INTO prices_aprice (room, valid) VALUES (1, '[2026-01-01, 2026-02-01)')")
    project.sql("INSERT INTO prices_aprice (room, valid) VALUES (1, '[2026-02-01, 2026-03-01)')")
    project.sql("INSERT INTO prices_stay (room, days) VALUES (1, '[2026-01-20, 2026-02-10)')")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        project.sql("INSERT INTO prices_stay (room, days) VALUES (1, '[2026-02-20, 2026-03-10)')")
    with pytest.raises(psycopg.errors.ExclusionViolation):
        project.sql("INSERT INTO prices_aprice (room, valid) VALUES (1, '[2026-01-31, infinity)')")

    project.manage("migrate", "prices", "zero")
    project.manage("migrate")


def test_an_older_server_is_refused_before_anything_is_migrated(project):
    if connection.pg_version >= 180000:
        pytest.skip("This one is new enough.")
    project.make(prices="from django.db import models\n")
    project.write(prices__models=PRICES)
    project.manage("makemigrations", "prices")
    done = project.run("-m", "django", "check", "--database", "default")
    assert done.stderr.count("matinee.E222") == 3
    done = project.run("-m", "django", "migrate", "prices")
    assert "must have PostgreSQL 18, got 15" in done.stderr
    assert "matinee.E222" in done.stderr
    done = project.run("-m", "django", "migrate", "prices", "--skip-checks")
    assert "must have PostgreSQL 18, got 15" in done.stderr
    assert "syntax error" not in done.stderr
    assert project.sql(CONSTRAINTS, "prices_stay") == []
