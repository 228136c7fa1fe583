"""``manage.py ranges convert``: what it writes of each kind of pair, and what it refuses."""

import json
import subprocess
import sys

import psycopg
import pytest

from tests import _databases
from tests.db.ranges.converting import Project

BEFORE = {
    # Days, the last one included; the key is of two columns.
    "stays": """
        from django.db import models


        class Stay(models.Model):
            pk = models.CompositePrimaryKey("hotel", "number")
            hotel = models.IntegerField()
            number = models.IntegerField()
            arrive = models.DateField()
            leave = models.DateField()
    """,
    # Points in time; the key is text, the columns have names of their own.
    "talks": """
        from django.db import models


        class Talk(models.Model):
            title = models.TextField(primary_key=True)
            start = models.DateTimeField(db_column="from")
            stop = models.DateTimeField(null=True, db_column="To this")

            class Meta:
                db_table = "The Talks"
                ordering = ["-start", "-stop", "title"]
                get_latest_by = "start"
                verbose_name = "talk"
                constraints = [
                    models.UniqueConstraint(fields=["title", "start"], name="once"),
                    models.CheckConstraint(condition=~models.Q(title=""), name="titled"),
                ]
    """,
    # Small numbers, none of which may be negative.
    "seats": """
        from django.db import models


        class Block(models.Model):
            row = models.TextField()
            first = models.PositiveSmallIntegerField()
            last = models.PositiveSmallIntegerField()
    """,
    # Large numbers; the key is a UUID.
    "shards": """
        import uuid

        from django.db import models


        class Shard(models.Model):
            id = models.UUIDField(primary_key=True, default=uuid.uuid4)
            begin = models.BigIntegerField()
            end = models.BigIntegerField(null=True)
    """,
    # Numbers that may both be missing.
    "prices": """
        from django.db import models


        class Band(models.Model):
            low = models.DecimalField(max_digits=10, decimal_places=2, null=True)
            high = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    """,
}
AFTER = {
    "stays": """
        from django.db import models

        from matinee.ranges.fields import DateRangeField


        class Stay(models.Model):
            pk = models.CompositePrimaryKey("hotel", "number")
            hotel = models.IntegerField()
            number = models.IntegerField()
            nights = DateRangeField()
    """,
    "talks": """
        from django.contrib.postgres.indexes import GistIndex
        from django.db import models

        from matinee.ranges.constraints import NoOverlap
        from matinee.ranges.fields import DateTimeRangeField


        class Talk(models.Model):
            title = models.TextField(primary_key=True)
            during = DateTimeRangeField()

            class Meta:
                db_table = "The Talks"
                ordering = ["-during", "title"]
                get_latest_by = "during"
                verbose_name = "talk"
                indexes = [GistIndex(fields=["during"], name="talk_during_gist")]
                constraints = [
                    models.CheckConstraint(condition=~models.Q(title=""), name="titled"),
                    NoOverlap("title", "during"),
                ]
    """,
    "seats": """
        from django.db import models

        from matinee.ranges.constraints import NoOverlap
        from matinee.ranges.fields import IntegerRangeField


        class Block(models.Model):
            row = models.TextField()
            numbers = IntegerRangeField()

            class Meta:
                constraints = [NoOverlap("numbers")]
    """,
    "shards": """
        import uuid

        from django.contrib.postgres.indexes import GistIndex
        from django.db import models

        from matinee.ranges.fields import BigIntegerRangeField


        class Shard(models.Model):
            id = models.UUIDField(primary_key=True, default=uuid.uuid4)
            ids = BigIntegerRangeField()

            class Meta:
                indexes = [GistIndex(fields=["ids"], name="shard_ids_gist")]
    """,
    "prices": """
        from django.contrib.postgres.indexes import GistIndex
        from django.db import models

        from matinee.ranges.fields import DecimalRangeField


        class Band(models.Model):
            prices = DecimalRangeField(null=True, blank=True, default_bounds="[]")

            class Meta:
                indexes = [GistIndex(fields=["prices"], name="band_prices_gist")]
    """,
}
CONVERT = {
    "stays": "stays.Stay arrive leave nights --bounds [] --no-index --batch-size 2",
    "talks": "talks.Talk start stop during --no-overlap title --drop-constraint once",
    "seats": "seats.Block first last numbers --bounds [] --no-index --no-overlap=",
    "shards": "shards.Shard begin end ids --allow-empty",
    "prices": "prices.Band low high prices --bounds [] --nulls null --schema public",
}
TABLES = {
    "stays": ("stays_stay", "hotel, number", "arrive, leave", "nights"),
    "talks": ('"The Talks"', "title", '"from", "To this"', "during"),
    "seats": ("seats_block", '"row"', "first, last", "numbers"),
    "shards": ("shards_shard", "id", 'begin, "end"', "ids"),
    "prices": ("prices_band", "id", "low, high", "prices"),
}
UUIDS = [f"00000000-0000-0000-0000-{number:012}" for number in range(10)]
# What old code wrote, with the range it becomes.
WRITTEN_AS_PAIR = {
    "stays": [
        ((1, 1, "2026-01-01", "2026-01-01"), "[2026-01-01,2026-01-02)"),
        ((1, 2, "2026-01-01", "2026-01-31"), "[2026-01-01,2026-02-01)"),
        ((2, 1, "2026-01-01", "infinity"), "[2026-01-01,infinity]"),
    ],
    "talks": [
        (("a", "2026-01-01 10:00Z", "2026-01-01 11:00Z"), "[10,11)"),
        (("b", "2026-01-01 10:00Z", None), "[10,)"),
    ],
    "seats": [(("a", 1, 1), "[1,2)"), (("b", 2, 9), "[2,10)")],
    "shards": [
        ((UUIDS[0], 1, 2**40), f"[1,{2**40})"),
        ((UUIDS[1], 5, 5), "empty"),
        ((UUIDS[2], 2**40, None), f"[{2**40},)"),
    ],
    "prices": [
        ((1, "1.50", "2.50"), "[1.50,2.50]"),
        ((2, "1.50", "1.50"), "[1.50,1.50]"),
        ((3, None, "1.50"), "(,1.50]"),
        ((4, None, None), None),
    ],
}
# What new code wrote, with the pair it becomes.
WRITTEN_AS_RANGE = {
    "stays": [((3, 1, "[2026-01-01,2026-01-03)"), ("2026-01-01", "2026-01-02"))],
    "talks": [
        (("c", "[2026-01-01 10:00Z,2026-01-01 11:00Z]"), ("10", "11")),
        (("d", "[2026-01-01 10:00Z,)"), ("10", None)),
    ],
    "seats": [(("c", "[10,12)"), ("10", "11"))],
    "shards": [((UUIDS[3], "[7,9]"), ("7", "10")), ((UUIDS[4], "[7,)"), ("7", None))],
    "prices": [
        ((5, "(1.25,2.75)"), ("1.25", "2.75")),
        ((6, "(,)"), (None, None)),
        ((7, None), (None, None)),
    ],
}
each_kind = pytest.mark.parametrize("app", BEFORE)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of each kind of pair, with rows, converted, its models edited."""
    with _databases.clone("kinds", template="template1") as name:
        project = Project(tmp_path_factory.mktemp("kinds"), _databases.server_url(name))
        project.make(**BEFORE)
        project.said = {}
        for app, words in CONVERT.items():
            write_pairs(project, app, [row for row, _ in WRITTEN_AS_PAIR[app]])
            project.said[app] = project.manage("ranges", "convert", *words.split(" "))
        project.write(**{f"{app}__models": text for app, text in AFTER.items()})
        yield project


def write_pairs(project, app, rows):
    table, key, pair, _ = TABLES[app]
    insert(project, table, f"{key}, {pair}", rows)


def write_ranges(project, app, rows):
    table, key, _, during = TABLES[app]
    insert(project, table, f"{key}, {during}", rows)


def insert(project, table, columns, rows):
    with psycopg.connect(project.url) as connection:
        for row in rows:
            places = ", ".join(["%s"] * len(row))
            connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", row)


def ranges(project, app):
    """Return the range of each row by its key, as text."""
    table, key, _, during = TABLES[app]
    return texts(project, table, key, [during])


def pairs(project, app):
    table, key, pair, _ = TABLES[app]
    return texts(project, table, key, pair.split(", "))


def texts(project, table, key, names):
    keys = key.split(", ")
    shown = ", ".join(f"{each}::text" for each in [*keys, *names])
    rows = project.sql(f"SELECT {shown} FROM {table}")
    found = {row[: len(keys)]: row[len(keys) :] for row in rows}
    return {key: tuple(map(short, row)) for key, row in found.items()}


def short(text):
    """Return points in time as their hour."""
    if text is None:
        return None
    return text.replace('"', "").replace("2026-01-01 ", "").replace(":00:00+00", "")


def expected(rows, length):
    """Return what the rows become by their keys, which are their first *length* values."""
    return {
        tuple(map(str, row[:length])): become if isinstance(become, tuple) else (become,)
        for row, become in rows
    }


@each_kind
def test_a_pair_of_each_kind_becomes_a_range_and_a_pair_again(project, app):
    length = len(TABLES[app][1].split(", "))
    before = pairs(project, app)
    last, require = project.migrations(app)[-1], project.migrations(app)[-2]
    project.migrate(app, require)
    assert ranges(project, app) == expected(WRITTEN_AS_PAIR[app], length)

    write_ranges(project, app, [row for row, _ in WRITTEN_AS_RANGE[app]])
    became = expected(WRITTEN_AS_RANGE[app], length)
    assert pairs(project, app) == before | became

    kept = ranges(project, app)
    project.migrate(app, last)
    assert ranges(project, app) == kept
    if app == "shards":  # What is empty says neither, as the command warned.
        project.sql("DELETE FROM shards_shard WHERE isempty(ids)")
        del before[UUIDS[1],], kept[UUIDS[1],]
    project.migrate(app, require)
    assert pairs(project, app) == before | became
    assert ranges(project, app) == kept
    project.migrate(app, "0001")
    assert pairs(project, app) == before | became


def test_the_models_agree_with_the_migrations(project):
    assert "No changes" in project.manage("makemigrations", "--check")


def test_the_migrations_are_as_a_formatter_and_a_linter_want_them(project):
    pytest.importorskip("ruff")
    files = [
        str(path)
        for path in project.folder.glob("*/migrations/*.py")
        if not path.name.startswith(("0001", "__"))
    ]
    assert len(files) == 22
    quiet = ["--isolated", "--line-length=100", *files]
    rules = "--select=A,B,C4,E,F,I,N,PERF,PIE,PT,RET,RUF,SIM,TRY,UP,W"
    ignored = "--ignore=RUF012,TRY003,E501"
    for words in (["format", "--check"], ["check", rules, ignored]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, *quiet],
            cwd=project.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_says_what_to_write_into_the_models_and_what_to_deploy(project):
    assert project.said["talks"].splitlines()[5:] == [
        "Edit talks/models.py: start, stop, once of Talk go, and in comes",
        "  from django.contrib.postgres.indexes import GistIndex",
        "  from matinee.ranges.constraints import NoOverlap",
        "  from matinee.ranges.fields import DateTimeRangeField",
        "",
        "      during = DateTimeRangeField()",
        "",
        "      class Meta:",
        "          ordering = ['-during', 'title']",
        "          get_latest_by = 'during'",
        '          indexes = [GistIndex(fields=["during"], name="talk_during_gist")]',
        '          constraints = [NoOverlap("title", "during")]',
        "",
        "Deploy",
        "1. the edited models with 0002 to 0005, without 0006.",
        "   Before the first new process starts:",
        "     python manage.py migrate talks 0005_talk_during_no_overlap",
        "   Old ones may run on. Until step 2, write only ranges that start and stop can say.",
        "2. 0006, in a release of its own, once no process runs the old code:",
        "     python manage.py migrate talks 0006_talk_drop_start_stop",
    ]


def test_a_loss_is_told(project):
    assert "It forgets begin and end of the rows whose range is empty." in project.said["shards"]
    assert "forgets" not in project.said["talks"]


def test_an_index_that_was_left_unfinished_is_made_anew(project):
    project.migrate("talks", "0003")
    project.sql('CREATE INDEX talk_during_gist ON "The Talks" (title)')
    project.migrate("talks", "0004")
    (made,) = project.sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'talk_during_gist'")
    assert "USING gist (during)" in made[0]


def test_rows_that_overlap_are_refused_once_the_constraint_is_there(project):
    project.migrate("seats", "0005")
    write_ranges(project, "seats", [("x", "[100,110)")])
    with pytest.raises(psycopg.errors.ExclusionViolation):
        write_pairs(project, "seats", [("y", 109, 120)])
    write_pairs(project, "seats", [("y", 110, 120)])
    project.sql("DELETE FROM seats_block WHERE row IN ('x', 'y')")


def test_the_last_element_cannot_be_included(project):
    """The days to 5874897-12-31 would end with a day that PostgreSQL has not."""
    project.migrate("stays", "0001")
    write_pairs(project, "stays", [(9, 9, "2026-01-01", "5874897-12-31")])
    refusal = project.refusal("migrate", "stays", "0003")
    assert "since leave is before arrive, or the last daterange can have: " in refusal
    assert "hotel/number 9/9. " in refusal
    project.sql("DELETE FROM stays_stay WHERE hotel = 9")
    project.migrate("stays", "0003")


THING = """
    from django.db import models


    class Thing(models.Model):
        start = models.DateField()
        stop = models.DateField()
"""
ODD = {
    "odd": """
        from django.db import models
        from django.contrib.postgres.fields import DateTimeRangeField


        class Pair(models.Model):
            start = models.DateTimeField()
            stop = models.DateTimeField()

            class Meta:
                abstract = True


        class Plain(Pair):
            day = models.DateField()
            count = models.IntegerField()
            large = models.BigIntegerField()
            name = models.TextField()
            code = models.DateTimeField(unique=True)

            def taken(self):
                return True


        class Seen(Plain):
            class Meta:
                proxy = True


        class Foreign(Pair):
            class Meta:
                managed = False


        class Below(Plain):
            more = models.DateTimeField()


        class Done(Pair):
            during = DateTimeRangeField()


        class Bound(Pair):
            class Meta:
                constraints = [models.UniqueConstraint(fields=["start"], name="one_at_a_time")]


        class Together(Pair):
            class Meta:
                unique_together = [("start", "stop")]


        class Percent(Pair):
            class Meta:
                db_table = "100%"


        class Ordered(Pair):
            class Meta:
                ordering = [models.F("start").desc()]


        class Counted(models.Model):
            first = models.IntegerField()
            last = models.IntegerField()
            size = models.GeneratedField(
                expression=models.F("last") - models.F("first"),
                output_field=models.IntegerField(),
                db_persist=True,
            )
    """,
    "edited": THING,
    "forked": THING,
    "twice": THING,
}
FORK = """
    from django.db import migrations


    class Migration(migrations.Migration):
        dependencies = [("forked", "{}")]
"""
ASKING = """
    import io
    import json
    import sys

    import django

    django.setup()

    from django.core.management import CommandError, call_command


    def said(words):
        try:
            call_command("ranges", "convert", *words.split(), stdout=io.StringIO())
        except CommandError as error:
            return str(error)


    print(json.dumps({words: said(words) for words in json.loads(sys.argv[1])}))
"""
REFUSED = {
    "odd": "The model must be named as app.Model, got 'odd'.",
    "odd.Plane": "There is no model odd.Plane. The nearest is odd.Plain.",
    "od.Plain": "There is no model od.Plain. The nearest is odd.Plain.",
    "odd.Plain start stpo": "odd.Plain has no field stpo. The nearest is stop.",
    "odd.Plain start day": "start and day must be of one kind, got DateTimeField and DateField.",
    "odd.Plain count large": "got IntegerField and BigIntegerField. Alter one of them first.",
    "odd.Plain name name2": "name must be a field of dates, datetimes, integers or decimals, got",
    "odd.Plain start code": "code must be neither unique nor generated.",
    "odd.Plain start start": "Start, stop and range must be three fields, got start, start.",
    "odd.Plain start stop taken": "odd.Plain has something called taken already. Choose another",
    "odd.Plain start stop day": "odd.Plain has something called day already.",
    "odd.Plain start stop class": "The range's name must be one of a field, got 'class'.",
    "odd.Plain start stop a__b": "The range's name must be one of a field, got 'a__b'.",
    "odd.Plain start stop during --no-overlap hall": "odd.Plain has no field hall.",
    "odd.Seen": "odd.Seen must have a table that its migrations manage",
    "odd.Foreign": "odd.Foreign must have a table that its migrations manage",
    "odd.Below": "start must be a column of odd.Below's own table, and is not.",
    "odd.Done": "odd.Done has a range during already: it is converted, or about to be.",
    "odd.Bound": "odd.Bound's constraint one_at_a_time names start and would go with the columns.",
    "odd.Together": "odd.Together has unique_together ('start', 'stop'). Make it a Unique",
    "odd.Ordered": "The order of Ordered has OrderBy(F(start), descending=True), which",
    "odd.Counted first last": "size is generated from first and last, and would go with them.",
    "odd.Percent": "100% must have no % in its name to be converted.",
    "bare.Thing": "bare has no migrations. Write them first: makemigrations bare.",
    "edited.Thing": "edited has changes that are in no migration. Write them first: makemigr",
    "forked.Thing": "forked has several last migrations: 0002_",
    "twice.Thing": "The migrations of twice.Thing have during already: they are written. Edit",
    "odd.Plain start stop during --bounds (]": "argument --bounds: invalid choice: '(]'",
    "odd.Plain start stop during --batch-size 0": "must be a positive number, got '0'",
    "odd.Plain start stop during --database gone": "There must be a database gone, got",
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A project with all that cannot be converted."""
    with _databases.clone("odd", template="template1") as name:
        project = Project(tmp_path_factory.mktemp("odd"), _databases.server_url(name))
        project.write(bare__models=THING, asking=ASKING)
        project.make(**ODD)
        fork = FORK.format("0001_initial")
        project.write(forked__migrations__0002_left=fork, forked__migrations__0002_right=fork)
        project.write(edited__models=THING.replace("stop", "end"))
        project.manage("ranges", "convert", "twice.Thing", "start", "stop", "during")
        settings = project.folder / "project/settings.py"
        settings.write_text(settings.read_text().replace("'edited'", "'edited', 'bare'"))
        yield project


@pytest.fixture(scope="module")
def refused(odd):
    """What the command says to each of the words, asked in one process."""
    asked = {full(words): words for words in REFUSED}
    done = odd.run("asking.py", json.dumps([*asked]))
    assert done.returncode == 0, done.stderr
    return {asked[words]: said for words, said in json.loads(done.stdout).items()}


def full(words):
    """Return the words with those that are always the same."""
    given = words.split()
    return " ".join([*given, *["app.Model", "start", "stop", "during"][len(given) :]])


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_converted_is_refused_with_a_reason(refused, words):
    assert REFUSED[words] in (refused[words] or "It was converted.")


def test_a_dry_run_prints_the_files_and_writes_none(project):
    project.write(stays__models=BEFORE["stays"])
    written = project.migrations("stays")[1:]
    texts = [(project.folder / "stays/migrations" / f"{name}.py").read_text() for name in written]
    for name in written:
        (project.folder / "stays/migrations" / f"{name}.py").unlink()
    try:
        printed = project.manage("ranges", "convert", *CONVERT["stays"].split(), "--dry-run")
        assert project.migrations("stays") == ["0001_initial"]
    finally:
        for name, text in zip(written, texts, strict=True):
            (project.folder / "stays/migrations" / f"{name}.py").write_text(text)
        project.write(stays__models=AFTER["stays"])
    for name, text in zip(written, texts, strict=True):
        assert f"{name}.py\n{text}" in printed


def test_no_database_is_asked_where_the_schema_is_said(odd):
    words = ("-m", "django", "ranges", "convert", "odd.Plain", "start", "stop", "during")
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = odd.run(*words, "--dry-run", "--schema", "lent", **nowhere)
    assert done.returncode == 0, done.stderr
    assert 'ALTER TABLE "lent"."odd_plain"' in done.stdout
    assert odd.run(*words, "--dry-run", **nowhere).returncode == 1
