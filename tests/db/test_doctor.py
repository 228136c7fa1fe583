"""``manage.py matinee doctor`` on real databases: sound, bare, wrong, and out of reach."""

import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command

from tests import _databases


def doctor(*arguments):
    """Run the command; return its output, and the message it failed with."""
    out = io.StringIO()
    try:
        call_command("matinee", "doctor", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def lines(output, item):
    return [line for line in output.splitlines() if line[4:].startswith(item)]


def manage(*arguments, **environment):
    """Run Django's command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def another_database(django_db_blocker, statement):
    """Point Django at a database that *statement* creates, for as long as it is looked at."""
    server = _databases.Server()
    name = f"{_databases.CLONES}doctor_{os.getpid()}"
    try:
        with server.lock(name), django_db_blocker.unblock():
            server.connection.execute(statement.format(name))
            with _databases.connected_to(name):
                yield name
            server.drop(name)
    finally:
        server.close()


@pytest.mark.django_db(transaction=True)
def test_a_sound_project_passes():
    output, error = doctor()
    assert error == ""
    assert "!!" not in output
    for item in ["Python", "Django", "psycopg", "settings", "extensions default"]:
        assert lines(output, item)[0].startswith("OK")
    assert "PostgreSQL" in lines(output, "database default")[0]
    assert " applied" in lines(output, "migrations default")[0]


@pytest.mark.django_db(transaction=True)
def test_the_same_is_there_as_json():
    output, _ = doctor("--json")
    findings = json.loads(output)
    assert {
        "item": "Python",
        "level": "OK",
        "found": sys.version.split()[0],
        "remedy": "",
    } in findings
    assert {finding["level"] for finding in findings} <= {"OK", "--", "!"}


@pytest.mark.django_db(transaction=True)
def test_a_wrong_setting_fails_with_the_nearest_right_one(settings):
    settings.MATINEE = {"recepts": {}}
    output, error = doctor()
    assert lines(output, "settings")[0].startswith("!!")
    assert "the nearest is 'receipts'" in output
    assert error.startswith("1 of ")


def test_a_bare_database_wants_to_be_migrated(django_db_blocker):
    with another_database(django_db_blocker, "CREATE DATABASE {}"):
        output, error = doctor()
    (line,) = lines(output, "migrations default")
    assert line.startswith("!!")
    assert line.endswith("Run manage.py migrate.")
    assert error


def test_a_database_that_is_not_utf8_fails(django_db_blocker):
    statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    with another_database(django_db_blocker, statement):
        output, _ = doctor()
    assert "!!  database default     its encoding is LATIN1, not UTF8" in output


def test_an_unreachable_database_is_one_clear_line_without_the_password():
    url = "postgresql://usher:open-sesame@127.0.0.1:1/cinema"
    done = manage("matinee", "doctor", DATABASE_URL=url)
    assert done.returncode == 1
    (line,) = lines(done.stdout, "database default")
    assert line.startswith("!!")
    assert "cinema on 127.0.0.1:1 cannot be reached" in line
    assert line.endswith("Start the server, or correct DATABASES (or DATABASE_URL).")
    assert "Traceback" not in done.stdout + done.stderr
    assert "open-sesame" not in done.stdout + done.stderr


def test_another_database_system_fails_as_default_and_is_left_alone_beside_it(tmp_path):
    (tmp_path / "lite.py").write_text(
        "INSTALLED_APPS = ['matinee']\n"
        "LITE = {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}\n"
        "DATABASES = {'default': LITE, 'archive': LITE}\n"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = manage("matinee", "doctor", DJANGO_SETTINGS_MODULE="lite", PYTHONPATH=path)
    assert done.returncode == 1
    assert "!!  database default" in done.stdout
    assert "--  database archive" in done.stdout
    assert "Traceback" not in done.stderr
