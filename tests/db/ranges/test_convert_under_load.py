"""A start and a stop become a range while old code and new code write, and nothing is lost.

Writers are processes with the ORM, of the release before and of the one after. Each write says in
the same transaction what it wrote, with the row's next version. The law: every row is what its
last writer wrote. Writers wait five seconds for a lock and no longer, and none may fail.
"""

import shutil
import signal
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
import sqlparse

from tests import _databases
from tests.db.ranges.converting import Project, wait_until

BEFORE = """
    from django.db import models


    class Booking(models.Model):
        hall = models.IntegerField(default=1)
        note = models.TextField(default="")
        version = models.IntegerField(default=0)
        start = models.DateTimeField(db_index=True)
        stop = models.DateTimeField()

        class Meta:
            ordering = ["start"]
            indexes = [models.Index(fields=["hall", "start"], name="hall_start")]
            constraints = [
                models.CheckConstraint(
                    condition=models.Q(stop__gt=models.F("start")), name="in_order"
                )
            ]


    class Written(models.Model):
        booking = models.BigIntegerField()
        version = models.IntegerField()
        by = models.TextField()
        start = models.DateTimeField(null=True)
        stop = models.DateTimeField(null=True)
"""
AFTER = """
    from django.contrib.postgres.indexes import GistIndex
    from django.db import models

    from matinee.ranges.fields import DateTimeRangeField


    class Booking(models.Model):
        hall = models.IntegerField(default=1)
        note = models.TextField(default="")
        version = models.IntegerField(default=0)
        during = DateTimeRangeField()

        class Meta:
            ordering = ["during"]
            indexes = [GistIndex(fields=["during"], name="booking_during_gist")]


    class Written(models.Model):
        booking = models.BigIntegerField()
        version = models.IntegerField()
        by = models.TextField()
        start = models.DateTimeField(null=True)
        stop = models.DateTimeField(null=True)
"""
# The same file in both releases; which one it is, its models tell.
WRITER = """
    import random
    import sys
    from datetime import UTC, datetime, timedelta
    from pathlib import Path

    import django

    django.setup()

    from bookings.models import Booking, Written
    from django.db import transaction
    from django.db.models import F

    if hasattr(Booking, "during"):
        from matinee.ranges import Range

        BY = "new"

        def fields(start, stop):
            return {"during": Range(start, stop)}

    else:
        BY = "old"

        def fields(start, stop):
            return {"start": start, "stop": stop}


    def span():
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(10**6))
        return start, start + timedelta(minutes=random.randrange(1, 600))


    def note(booking, start=None, stop=None):
        Written.objects.create(
            booking=booking.pk, version=booking.version + 1, by=BY, start=start, stop=stop
        )


    def create():
        start, stop = span()
        booking = Booking(**fields(start, stop))
        booking.save()
        Written.objects.create(booking=booking.pk, version=0, by=BY, start=start, stop=stop)


    def save(booking):
        start, stop = span()
        note(booking, start, stop)
        booking.version += 1
        for name, value in fields(start, stop).items():
            setattr(booking, name, value)
        booking.save()


    def update(booking):
        start, stop = span()
        note(booking, start, stop)
        Booking.objects.filter(pk=booking.pk).update(version=F("version") + 1, **fields(start, stop))


    def put_off(booking):
        \"\"\"Move the stop alone.\"\"\"
        if BY == "new":
            if booking.during is None:
                return
            start, stop = booking.during.lower, booking.during.upper + timedelta(minutes=1)
            changed = fields(start, stop)
        else:
            start, stop = booking.start, booking.stop + timedelta(minutes=1)
            changed = {"stop": stop}
        note(booking, start, stop)
        Booking.objects.filter(pk=booking.pk).update(version=F("version") + 1, **changed)


    def remark(booking):
        \"\"\"Save all of a row of which the times are as they were.\"\"\"
        booking.note += "."
        booking.save()


    def cancel(booking):
        note(booking)
        booking.delete()


    random.seed(sys.argv[1])
    stop_file = Path(sys.argv[2])
    while not stop_file.exists():
        with transaction.atomic():
            # Half of the writes meet on a few rows.
            pk = random.choice([random.randrange(1, 60), random.randrange(1, 4000)])
            booking = (
                Booking.objects.select_for_update().filter(pk__gte=pk).order_by("pk").first()
            )
            how = random.choices([save, update, put_off, remark, cancel, None], [4, 4, 4, 4, 1, 2])[0]
            if how is None or booking is None:
                create()
            else:
                how(booking)
"""
SEED = """
    INSERT INTO bookings_booking (hall, note, version, start, stop)
    SELECT 1, '', 0, moment, moment + interval '1 hour'
    FROM generate_series(1, %s) AS n, LATERAL (
        SELECT timestamptz '2026-01-01Z' + n * interval '7 minutes' AS moment
    ) AS moments;
"""
SEED_WRITTEN = """
    INSERT INTO bookings_written (booking, version, by, start, stop)
    SELECT id, 0, 'seed', start, stop FROM bookings_booking;
"""
BROKEN = """
    WITH last AS (
        SELECT DISTINCT ON (booking) * FROM bookings_written ORDER BY booking, version DESC
    )
    SELECT count(*)
    FROM last FULL JOIN bookings_booking AS found ON found.id = last.booking
    WHERE (found.id IS NULL) <> (last.start IS NULL)
       OR found.version <> last.version
       OR found.id IS NOT NULL AND ({}) IS NOT TRUE
"""
RANGE_IS_RIGHT = "found.during = tstzrange(last.start, last.stop)"
PAIR_IS_RIGHT = "(found.start, found.stop) = (last.start, last.stop)"
CONVERT = ("ranges", "convert", "bookings.Booking", "start", "stop", "during")
# What a writer waits for a lock at most: more than a migration does, which gives up before.
PATIENT = "-c lock_timeout=5000"

ADD, FILL, REQUIRE, DROP = (
    "0002_booking_add_during",
    "0003_booking_fill_during",
    "0004_booking_require_during",
    "0005_booking_drop_start_stop",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Both releases, made once: the one before has 2,000 bookings, the one after is converted."""
    folder = tmp_path_factory.mktemp("releases")
    with _databases.clone("releases", template="template1") as name:
        before = Project(folder / "old", _databases.server_url(name))
        before.make(bookings=BEFORE)
        before.write(writer=WRITER)
        before.sql(SEED % 2000)
        before.sql(SEED_WRITTEN)
        before.manage(*CONVERT, "--batch-size", "50")
        # The release before runs on as it is: it has none of the migrations.
        after = Project(folder / "new", before.url)
        shutil.copytree(before.folder, after.folder)
        after.write(bookings__models=AFTER)
        for each in after.migrations("bookings")[1:]:
            (before.folder / f"bookings/migrations/{each}.py").unlink()
        yield name, before.folder, after.folder


@pytest.fixture
def url(made):
    """The address of a database as it was before."""
    with _databases.clone("convert", template=made[0]) as name:
        yield _databases.server_url(name)


@pytest.fixture
def old(made, url):
    """The release before."""
    return Project(made[1], url)


@pytest.fixture
def new(made, url):
    """The release after."""
    return Project(made[2], url)


@contextmanager
def writers(project: Project, *, seeds: tuple[int, ...]):
    """Have two processes of a release write; fail if one of them does."""
    stop = project.folder / f"stop-{uuid4()}"
    processes = [
        project.start("writer.py", str(seed), str(stop), PGOPTIONS=PATIENT) for seed in seeds
    ]
    try:
        yield processes
        stop.touch()
        for process in processes:
            _, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def written(project: Project, by: str) -> int:
    return project.value("SELECT count(*) FROM bookings_written WHERE by = %s", by)


def wait_for_writes(project: Project, by: str, processes, number: int = 40) -> None:
    """Wait until *number* more have been written by a release."""
    before = written(project, by)
    wait_until(lambda: written(project, by) >= before + number, *processes)


def test_each_row_is_what_its_last_writer_wrote_there_and_back(old, new):
    with writers(old, seeds=(1, 2)) as of_old:
        wait_for_writes(old, "old", of_old)
        new.migrate("bookings", ADD)
        wait_for_writes(old, "old", of_old)
        with writers(new, seeds=(3, 4)) as of_new:
            both = [*of_old, *of_new]
            wait_for_writes(new, "new", both)
            new.migrate("bookings", FILL)
            wait_for_writes(new, "new", both)
            new.migrate("bookings", REQUIRE)
            wait_for_writes(new, "new", both)
            wait_for_writes(old, "old", both)
    assert old.value(BROKEN.format(RANGE_IS_RIGHT)) == 0
    assert old.value(BROKEN.format(PAIR_IS_RIGHT)) == 0

    with writers(new, seeds=(5, 6)) as of_new:
        new.migrate("bookings", DROP)
        wait_for_writes(new, "new", of_new)
        assert "No changes" in new.manage("makemigrations", "--check")
        new.migrate("bookings", REQUIRE)
        with writers(old, seeds=(7, 8)) as of_old:
            wait_for_writes(old, "old", [*of_old, *of_new])
            wait_for_writes(new, "new", [*of_old, *of_new])
            new.migrate("bookings", FILL)
            wait_for_writes(old, "old", [*of_old, *of_new])
    assert old.value(BROKEN.format(RANGE_IS_RIGHT)) == 0
    assert old.value(BROKEN.format(PAIR_IS_RIGHT)) == 0

    with writers(old, seeds=(9, 10)) as of_old:
        new.migrate("bookings", "0001")
        wait_for_writes(old, "old", of_old)
    assert old.value(BROKEN.format(PAIR_IS_RIGHT)) == 0
    assert "during" not in columns(old)


def test_without_the_trigger_the_law_does_not_hold(old, new):
    new.migrate("bookings", ADD)
    new.sql("DROP TRIGGER bookings_booking_sync_during ON bookings_booking")
    with writers(old, seeds=(1, 2)) as of_old:
        new.migrate("bookings", FILL)
        wait_for_writes(old, "old", of_old)
    assert old.value(BROKEN.format(PAIR_IS_RIGHT)) == 0
    assert old.value(BROKEN.format(RANGE_IS_RIGHT)) > 0


def test_a_killed_backfill_goes_on_where_it_was(old, new):
    new.migrate("bookings", ADD)
    with psycopg.connect(new.url) as connection:
        connection.execute("SELECT FROM bookings_booking WHERE id = 1000 FOR UPDATE")
        process = new.start("-m", "django", "migrate", "bookings", FILL)
        wait_until(lambda: filled(new) > 0, process)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.communicate()
    assert 0 < filled(new) < 2000
    assert not applied(new, FILL)
    new.migrate("bookings", FILL)
    assert filled(new) == 2000
    assert applied(new, FILL)
    assert old.value(BROKEN.format(RANGE_IS_RIGHT)) == 0


def test_the_backfill_passes_a_locked_row_over_and_comes_back_to_it(new):
    new.migrate("bookings", ADD)
    with psycopg.connect(new.url) as connection:
        connection.execute("SELECT FROM bookings_booking WHERE id = 1000 FOR UPDATE")
        process = new.start("-m", "django", "migrate", "bookings", FILL)
        wait_until(lambda: filled(new) == 1999, process)
        assert new.value("SELECT during FROM bookings_booking WHERE id = 1000") is None
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert filled(new) == 2000


def test_a_migration_gives_up_when_it_would_have_others_wait(old, new):
    with psycopg.connect(new.url) as reader, writers(old, seeds=(1, 2)) as of_old:
        reader.execute("SELECT count(*) FROM bookings_booking")
        done = new.run("-m", "django", "migrate", "bookings", ADD)
        assert "canceling statement due to lock timeout" in done.stderr
        assert "during" not in columns(new)
        wait_for_writes(old, "old", of_old)
    new.migrate("bookings", ADD)
    assert "during" in columns(new)


def test_rows_that_cannot_be_a_range_are_named_before_one_is_filled(new):
    new.sql("ALTER TABLE bookings_booking DROP CONSTRAINT in_order")
    new.sql("UPDATE bookings_booking SET stop = start WHERE id IN (7, 1900)")
    new.sql("UPDATE bookings_booking SET stop = start - interval '1 hour' WHERE id = 8")
    new.migrate("bookings", ADD)
    assert new.refusal("migrate", "bookings", FILL) == (
        "3 of the rows of bookings_booking cannot be ranges, since stop is not after start: "
        "id 7, 8, 1900. Mend or delete them, then run migrate again. None has been filled."
    )
    assert filled(new) == 0
    new.sql("DELETE FROM bookings_booking WHERE id IN (7, 8, 1900)")
    new.migrate("bookings", FILL)
    assert filled(new) == 1997


def test_rows_that_old_code_spoils_after_the_backfill_are_named_too(new):
    new.sql("ALTER TABLE bookings_booking DROP CONSTRAINT in_order")
    new.migrate("bookings", FILL)
    new.sql("UPDATE bookings_booking SET stop = start WHERE id = 7")
    refusal = new.refusal("migrate", "bookings", REQUIRE)
    assert refusal.startswith("1 of the rows of bookings_booking have no during, since stop is")
    assert "id 7. " in refusal


def test_not_null_is_proved_by_the_check_and_looks_at_no_row(new):
    new.migrate("bookings", FILL)
    statements = sqlparse.split(new.manage("sqlmigrate", "bookings", REQUIRE))
    told: list[str] = []
    with psycopg.connect(new.url, autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: told.append(notice.message_primary))
        connection.execute("SET client_min_messages = debug1")
        for each in statements:
            connection.execute(each)
    assert (
        'existing constraints on column "bookings_booking.during" are sufficient to prove '
        "that it does not contain nulls"
    ) in told


def test_a_start_that_the_range_has_not_cannot_come_back(new):
    new.migrate("bookings", DROP)
    new.sql("UPDATE bookings_booking SET during = tstzrange(NULL, upper(during)) WHERE id = 5")
    assert new.refusal("migrate", "bookings", REQUIRE) == (
        "1 of the rows of bookings_booking cannot have start and stop again, since during is "
        "empty or has no bound there: id 5. Give them one, then run migrate again. "
        "Nothing has been changed."
    )
    assert "start" not in columns(new)


def test_going_back_brings_back_what_went_with_the_columns(old, new):
    before = shape(old)
    new.migrate("bookings", DROP)
    assert shape(old) != before
    new.migrate("bookings", "0001")
    assert shape(old) == before


def test_the_trigger_runs_as_who_writes_and_looks_names_up_nowhere_else(new):
    new.migrate("bookings", ADD)
    facts = (
        "SELECT prosecdef, proconfig FROM pg_proc WHERE proname = 'bookings_booking_sync_during'"
    )
    assert new.sql(facts) == [(False, ["search_path=pg_catalog, pg_temp"])]


@pytest.mark.parametrize(
    ("change", "during", "start", "stop"),
    [
        ("stop = '2027-01-01 12:00Z'", "[10,12)", "10", "12"),
        ("start = '2027-01-01 09:00Z', stop = '2027-01-01 12:00Z'", "[09,12)", "09", "12"),
        ("during = '[2027-01-01 08:00Z,2027-01-01 09:00Z)'", "[08,09)", "08", "09"),
        ("during = '[2027-01-01 08:00Z,2027-01-01 09:00Z]'", "[08,09]", "08", "09"),
        (
            "during = '[2027-01-01 08:00Z,2027-01-01 09:00Z)', stop = '2027-01-01 20:00Z'",
            "[08,09)",
            "08",
            "09",
        ),
        ("during = 'empty'", "empty", "10", "11"),
        ("note = 'x'", "[10,11)", "10", "11"),
    ],
)
def test_the_side_that_is_changed_wins_and_the_range_where_both_are(
    new, change, during, start, stop
):
    new.migrate("bookings", FILL)
    pair = "'2027-01-01 10:00Z', '2027-01-01 11:00Z'"
    columns = "id, hall, note, version, start, stop"
    new.sql(f"INSERT INTO bookings_booking ({columns}) VALUES (-1, 1, '', 0, {pair})")
    new.sql(f"UPDATE bookings_booking SET {change} WHERE id = -1")
    new.sql("UPDATE bookings_booking SET note = 'y' WHERE id = -1")
    (found,) = new.sql(
        "SELECT replace(replace(replace(during::text, '\"', ''), '2027-01-01 ', ''), ':00:00+00', ''),"
        " to_char(start, 'HH24'), to_char(stop, 'HH24') FROM bookings_booking WHERE id = -1"
    )
    assert found == (during, start, stop)


def test_a_row_that_comes_with_both_has_what_its_range_says(new):
    new.migrate("bookings", ADD)
    new.sql(
        "INSERT INTO bookings_booking (id, hall, note, version, start, stop, during) VALUES "
        "(-1, 1, '', 0, '2027-01-01', '2027-01-02', '[2027-02-01,2027-02-02)')"
    )
    assert new.sql("SELECT start::date::text FROM bookings_booking WHERE id = -1") == [
        ("2027-02-01",)
    ]


def test_a_table_in_a_schema_of_its_own_is_converted_there(tmp_path):
    with _databases.clone("schema", template="template1") as name:
        url = _databases.server_url(name)
        project = Project(tmp_path, url, PGOPTIONS="-c search_path=lent,public")
        project.sql("CREATE SCHEMA lent")
        project.sql("CREATE TABLE public.bookings_booking (start int, stop int)")
        project.make(bookings=BEFORE)
        project.manage(*CONVERT)
        project.write(bookings__models=AFTER)
        project.migrate("bookings", ADD)
        functions = "SELECT pronamespace::regnamespace::text FROM pg_proc WHERE proname = %s"
        assert project.sql(functions, "bookings_booking_sync_during") == [("lent",)]
        project.migrate("bookings", DROP)
        project.migrate("bookings", "0001")
        assert project.sql(functions, "bookings_booking_sync_during") == []
        found = "SELECT count(*) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        assert project.value(found, "public.bookings_booking") == 2


def filled(project: Project) -> int:
    return project.value("SELECT count(during) FROM bookings_booking")


def applied(project: Project, name: str) -> bool:
    return project.value("SELECT count(*) FROM django_migrations WHERE name = %s", name) == 1


def columns(project: Project) -> set[str]:
    return {
        name
        for (name,) in project.sql(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'bookings_booking'::regclass "
            "AND attnum > 0 AND NOT attisdropped"
        )
    }


def shape(project: Project) -> tuple[set, ...]:
    """Return columns with their types, indexes and constraints."""
    return (
        {
            *project.sql(
                "SELECT attname, atttypid::regtype::text, attnotnull FROM pg_attribute "
                "WHERE attrelid = 'bookings_booking'::regclass AND attnum > 0 AND NOT attisdropped"
            )
        },
        {*project.sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'bookings_booking'")},
        {
            *project.sql(
                "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
                "WHERE conrelid = 'bookings_booking'::regclass"
            )
        },
    )
