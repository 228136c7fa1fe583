"""The types themselves: what a migration makes and drops, and what connections know of them."""

import datetime as dt
import re
import subprocess
import sys
from contextlib import contextmanager
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter
from django.db.utils import load_backend
from django.test.utils import CaptureQueriesContext

from matinee.exceptions import RangesError
from matinee.ranges import MultiRange, Range, _live
from matinee.ranges.operations import CreateInetRange, CreateRangeType, CreateTimeRange
from matinee.ranges.types import INETRANGE, TIMERANGE
from tests._databases import server_url
from tests.networks.models import Allowed, Opening

pytestmark = pytest.mark.django_db(transaction=True)

OFFICE = Range("10.0.0.9", "10.0.0.10", "[]", range_type=INETRANGE)
SELECT = "SELECT '[10.0.0.9,10.0.0.10]'::inetrange, '{[10.0.0.9,10.0.0.10]}'::inetmultirange"
ANSWER = (OFFICE, MultiRange([OFFICE]))


@contextmanager
def another(**options):
    """A connection of its own to the same database, as a replica's alias would have."""
    known = connection.settings_dict
    database = known | {"OPTIONS": known["OPTIONS"] | options}
    made = load_backend(database["ENGINE"]).DatabaseWrapper(database, alias="default")
    try:
        yield made
    finally:
        made.close()
        if options.get("pool"):
            made.close_pool()


@pytest.fixture
def asked(monkeypatch):
    """How often a connection asked for the types."""
    found = []
    rows = _live._rows

    def counted(*arguments):
        found.append(arguments)
        return rows(*arguments)

    monkeypatch.setattr(_live, "_rows", counted)
    return found


def run(*operations, backwards=False, on=connection, label="networks"):
    """Run operations as a migration does."""
    made = type("Migration", (migrations.Migration,), {"operations": list(operations)})("x", label)
    with on.schema_editor(atomic=True) as editor:
        state = ProjectState()
        if backwards:
            made.unapply(state, editor)
        else:
            made.apply(state, editor)


def answer(found, query=SELECT):
    with found.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def sql(query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall() if cursor.description else None


# Connections.


def test_a_new_connection_knows_the_types():
    connection.close()

    assert answer(connection) == ANSWER
    assert [type(each) for each in answer(connection)] == [Range, MultiRange]
    assert answer(connection)[0].range_type is INETRANGE


def test_another_alias_knows_them():
    with another() as found:
        assert answer(found) == ANSWER


def test_arrays_of_them_are_read():
    ((found,),) = sql("SELECT ARRAY[%s::inetrange, 'empty']", OFFICE)
    assert found == [OFFICE, Range(empty=True)]


@pytest.mark.parametrize("server_side", [True, False])
def test_they_are_sent_whoever_puts_parameters_in(server_side):
    with another(server_side_binding=server_side) as found, found.cursor() as cursor:
        cursor.execute("SELECT %s::inetrange, %s::inetmultirange", ANSWER)
        assert cursor.fetchone() == ANSWER
        cursor.execute("SELECT lower(%s::inetrange)", [Range(*SIX)])
        assert cursor.fetchone() == ("2001:db8::9",)


SIX = ("2001:db8::9", "2001:db8::10")


def test_a_new_connection_asks_once(asked):
    connection.close()
    answer(connection)
    answer(connection)

    assert len(asked) == 1


def test_a_pool_asks_once_for_each_connection_to_the_server(asked):
    with another(pool={"min_size": 1, "max_size": 1}) as found:
        for _ in range(3):
            assert answer(found) == ANSWER
            found.close()

    assert len(asked) == 1


def test_nothing_is_asked_where_no_type_is_declared(asked, monkeypatch):
    monkeypatch.setattr(_live, "custom_types", list)
    connection.close()
    answer(connection)

    assert asked == []


def test_asking_counts_as_no_query_of_the_project_and_leaves_no_transaction_open():
    with another() as found:
        found.settings_dict["AUTOCOMMIT"] = False
        with CaptureQueriesContext(found) as queries:
            found.ensure_connection()
        assert len(queries) == 0
        status = found.connection.info.transaction_status
        assert status == psycopg.pq.TransactionStatus.IDLE


def test_ranges_of_psycopg_s_own_stay_of_the_built_in_types():
    """A control: seats are ranges of integers too, and are not what integers are sent as."""
    connection.ensure_connection()
    found = connection.connection.adapters.types.get_by_subtype(
        psycopg.types.range.RangeInfo, "int4"
    )
    assert found.name == "int4range"


def test_types_that_were_made_anew_are_read_by_the_next_connection():
    """By another process: this one cannot know, and its next connection asks."""
    program = (
        "import psycopg, sys\n"
        "with psycopg.connect(sys.argv[1], autocommit=True) as connection:\n"
        "    connection.execute('DROP TYPE timerange CASCADE')\n"
        "    connection.execute('CREATE TYPE timerange AS RANGE (SUBTYPE = time)')\n"
        "    connection.execute('ALTER TABLE networks_opening ADD hours timerange')\n"
    )
    hours = Range(dt.time(8), dt.time(12), range_type=TIMERANGE)
    oid, select = "SELECT 'timerange'::regtype::oid", "SELECT '[08:00,12:00)'::timerange"
    with another() as before:
        old = answer(before, oid)
        url = server_url(connection.settings_dict["NAME"])
        subprocess.run([sys.executable, "-c", program, url], check=True, timeout=60)
        try:
            assert answer(before, oid) != old, "a control"
            with another() as after:
                assert answer(after, select) == (hours,)
            assert answer(before, select) == ("[08:00:00,12:00:00)",), "a control: unknown to it"
            # Fields read and write what a connection does not know.
            with before.cursor() as cursor:
                cursor.execute("INSERT INTO networks_opening (day, hours) VALUES (1, %s)", [hours])
            (text,) = answer(before, "SELECT hours FROM networks_opening")
            assert Opening._meta.get_field("hours").from_db_value(text, None, before) == hours
        finally:
            restore()


def restore():
    """Have the tables again as the migrations make them."""
    connection.close()
    call_command("migrate", "networks", "zero", verbosity=0)
    call_command("migrate", "networks", verbosity=0)


# Migrations.


def test_the_migrations_go_back_and_forth():
    call_command("migrate", "networks", "zero", verbosity=0)
    names = "SELECT count(*) FROM pg_type WHERE typname ~ '^time.*range|seats'"
    functions = "SELECT count(*) FROM pg_proc WHERE proname = 'timerange_diff'"
    assert (sql(names), sql(functions)) == ([(0,)], [(0,)])

    call_command("migrate", "networks", verbosity=0)
    assert sql(functions) == [(1,)]
    # The connection that migrated knows them, and their new oids.
    assert Allowed.objects.create(addresses=OFFICE).addresses == OFFICE
    assert answer(connection) == ANSWER


def test_before_the_type_is_there_nothing_breaks():
    call_command("migrate", "networks", "zero", verbosity=0)
    connection.close()
    assert answer(connection, "SELECT 1") == (1,)
    call_command("migrate", "networks", verbosity=0)
    assert answer(connection) == ANSWER


def test_what_was_rolled_back_is_not_remembered():
    with pytest.raises(ZeroDivisionError), connection.schema_editor(atomic=True) as editor:
        CreateRangeType("gone", "inet").database_forwards("networks", editor, None, None)
        raise ZeroDivisionError
    assert answer(connection) == ANSWER
    run(CreateRangeType("gone", "inet"))
    run(CreateRangeType("gone", "inet"), backwards=True)


def test_two_apps_may_make_one_type():
    run(CreateTimeRange(), label="spans")
    assert sql("SELECT count(*) FROM pg_type WHERE typname = 'timerange'") == [(1,)]
    # The one that goes leaves it to the other, whose columns have it.
    run(CreateTimeRange(), backwards=True, label="spans")
    assert Opening.objects.create(hours=("08:00", "24:00"))


@pytest.mark.parametrize("several", ["{0}", "{0}[]", "shortmultirange", "shortmultirange[]"])
def test_a_type_that_is_used_is_not_dropped(several):
    run(CreateRangeType("shortrange", "smallint"))
    sql(f"CREATE TABLE uses (one {several.format('shortrange')})")
    run(CreateRangeType("shortrange", "smallint"), backwards=True)
    assert sql("SELECT to_regtype('shortrange') IS NULL") == [(False,)]
    sql("DROP TABLE uses")
    run(CreateRangeType("shortrange", "smallint"), backwards=True)
    assert sql("SELECT to_regtype('shortrange') IS NULL") == [(True,)]


def test_a_type_of_other_elements_is_not_taken_for_it():
    with pytest.raises(RangesError, match="must be of text, got one of time") as refused:
        run(CreateRangeType("timerange", "text"))
    assert refused.value.code == "ranges.declaration"


def test_a_schema_of_one_s_own():
    sql("CREATE SCHEMA apart")
    try:
        operation = CreateRangeType(
            "apartrange", "text", collation="C", difference="1.0", schema="apart"
        )
        run(operation)
        assert sql(
            "SELECT typname FROM pg_type WHERE typnamespace = 'apart'::regnamespace "
            "AND typname ~ '^apart' ORDER BY 1"
        ) == [("apartmultirange",), ("apartrange",)]
        assert sql("SELECT upper('[a,b]'::apart.apartrange)") == [("b",)]
        run(operation, backwards=True)
        assert sql("SELECT typname FROM pg_type WHERE typnamespace = 'apart'::regnamespace") == []
    finally:
        sql("DROP SCHEMA apart CASCADE")


def test_nobody_s_schema_comes_in_between():
    """Somebody who may create things has put them first in the search path."""
    sql("CREATE SCHEMA hostile")
    sql("CREATE FUNCTION hostile.family(inet) RETURNS int LANGUAGE sql AS 'SELECT 1/0'")
    sql("CREATE FUNCTION hostile.minus(inet, inet) RETURNS bigint LANGUAGE sql AS 'SELECT 1/0'")
    sql("CREATE OPERATOR hostile.- (LEFTARG = inet, RIGHTARG = inet, FUNCTION = hostile.minus)")
    sql("CREATE DOMAIN hostile.inet AS text")
    sql("CREATE FUNCTION hostile.same(oid, regtype) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 = 1'")
    sql("CREATE OPERATOR hostile.= (LEFTARG = oid, RIGHTARG = regtype, FUNCTION = hostile.same)")
    sql("CREATE SCHEMA apart")
    try:
        sql("SET search_path TO public, hostile")
        run(CreateInetRange(schema="apart"))
        run(CreateInetRange(schema="apart"), backwards=True)
        sql("SET search_path TO hostile, pg_catalog, public")
        run(CreateInetRange(schema="apart"))
        assert sql("SELECT apart.inetrange_diff('10.0.0.9', '10.0.0.1')") == [(8.0,)]
        ((subtype,),) = sql(
            "SELECT rngsubtype::oid::regtype::text FROM pg_range "
            "WHERE rngtypid = 'apart.inetrange'::regtype::oid"
        )
        assert subtype == "pg_catalog.inet"
        assert (
            sql(
                "SELECT 1 FROM pg_type WHERE typnamespace = 'hostile'::regnamespace "
                "AND typname LIKE '%%multirange'"
            )
            == []
        )
    finally:
        sql("SET search_path TO public")
        sql("DROP SCHEMA apart, hostile CASCADE")
        connection.close()


@pytest.mark.parametrize("operation", [CreateInetRange(), CreateTimeRange()])
def test_each_name_in_the_sql_has_its_schema(operation):
    for statement in [*operation.statements("made"), *operation.undoing("made")]:
        # All that is called or made: a name and a parenthesis, an operator, a type.
        assert not re.findall(
            r"(?<![.\w\"])(?!CASE|WHEN|RETURN|THEN|OPERATOR|RANGE|ELSE)"
            r"[a-z_]+\(",
            statement,
        )
        bare = re.sub(r"OPERATOR\(pg_catalog\.[^)]+\)|'[^']*'", "", statement)
        assert not re.findall(r"[-+*<>|]", bare), statement
        assert '"made"' in statement


def test_names_are_names():
    for name in ('x"; DROP TABLE y', "a b", "", "é", "a.b.c", "1a"):
        with pytest.raises(RangesError, match="identifier"):
            CreateRangeType(name, "inet")
        with pytest.raises(RangesError, match="identifier"):
            CreateRangeType("good", name)
    with pytest.raises(RangesError, match="identifier"):
        CreateRangeType("a.b", "inet")


def test_a_percent_sign_in_a_difference_is_no_parameter():
    run(CreateRangeType("modulo", "integer", difference="(($1 - $2) % 7)::float8"))
    assert sql("SELECT modulo_diff(9, 1)") == [(1.0,)]
    run(CreateRangeType("modulo", "integer", difference="(($1 - $2) % 7)::float8"), backwards=True)
    assert sql("SELECT 1 FROM pg_proc WHERE proname = 'modulo_diff'") == []


@pytest.mark.parametrize(
    ("later", "earlier", "apart"),
    [
        ("10.0.0.9", "10.0.0.1", 8),
        ("10.0.0.1", "10.0.0.9", -8),
        ("255.255.255.255", "0.0.0.0", 2**32 - 1),
        ("2001:db8::10", "2001:db8::9", 7),
        ("2001:db9::", "2001:db8::", 2**96),
        ("::ffff:ffff:ffff:ffff", "::", 2**64 - 1),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", 2**128 - 1),
        ("::", "255.255.255.255", 2e39),
    ],
)
def test_addresses_are_measured_for_indexes_without_overflow(later, earlier, apart):
    ((found,),) = sql("SELECT inetrange_diff(%s, %s)", later, earlier)
    assert found == pytest.approx(apart)


def test_an_operation_is_written_as_it_was_made():
    operation = CreateRangeType(
        "x", "text", difference="1.0", collation="C", multirange="xs", schema="apart"
    )
    for each in (operation, CreateInetRange(schema="apart"), CreateTimeRange("apart")):
        written, imports = OperationWriter(each, indentation=0).serialize()
        names = {}
        exec("\n".join(imports), names)
        again = eval(written.rstrip(","), names)
        assert again.statements("s") == each.statements("s")
        assert again.undoing("s") == each.undoing("s")
        assert (type(again), again.schema, again.name) == (type(each), "apart", each.name)


def test_sqlmigrate_shows_what_is_run_and_runs_nothing():
    out = StringIO()
    call_command("sqlmigrate", "networks", "0001", stdout=out)
    assert 'CREATE TYPE "public"."inetrange" AS RANGE (SUBTYPE = "pg_catalog"."inet"' in (
        out.getvalue()
    )
    assert 'MULTIRANGE_TYPE_NAME = "hall"."many_seats"' in out.getvalue()


def test_a_router_that_forbids_it_is_obeyed(settings):
    settings.DATABASE_ROUTERS = [Forbids()]
    run(CreateRangeType("never", "inet"))
    assert sql("SELECT to_regtype('never')") == [(None,)]


class Forbids:
    def allow_migrate(self, db, app_label, **hints):
        return False


# Introspection.


def test_inspectdb_names_the_fields():
    out = StringIO()
    call_command("inspectdb", "networks_allowed", "networks_opening", "networks_lot", stdout=out)
    for line in (
        "addresses = matinee.ranges.types.InetRangeField(",
        "several = matinee.ranges.types.InetMultiRangeField(",
        "hours = matinee.ranges.types.TimeRangeField(",
        "words = tests.networks.ranges.WordsField(",
        "many_seats = tests.networks.ranges.ManySeatsField(",
    ):
        assert line in out.getvalue()


def test_what_one_database_is_told_another_is_not():
    """A control: oids are a database's own."""
    with another() as found:
        found.ensure_connection()
        shared = type(found.introspection).data_types_reverse
    assert not [each for each in shared.values() if "InetRange" in str(each)]


def test_times_of_the_type_are_bound():
    ((found,),) = sql("SELECT '[08:00,24:00)'::timerange")
    assert found.range_type is TIMERANGE
