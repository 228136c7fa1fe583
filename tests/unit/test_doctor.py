"""What the doctor says of versions, settings and connections, before any database is asked."""

import sys

import pytest
from django.core.management import get_commands

from matinee._doctor import Finding, Level, _database, _project, _software
from matinee._doctor._finding import guarded

PLAIN = {"OPTIONS": {}, "CONN_MAX_AGE": 0}


@pytest.fixture
def fresh_commands():
    get_commands.cache_clear()
    yield
    get_commands.cache_clear()


@pytest.mark.parametrize(
    ("number", "level", "remedy"),
    [
        (140_020, Level.FAILED, "Upgrade to PostgreSQL 15 or newer."),
        (150_000, Level.OK, ""),
        (180_003, Level.WARNING, "18.3 has known holes. Upgrade to 18.4 or newer."),
        (180_004, Level.OK, ""),
        (190_000, Level.OK, ""),
    ],
)
def test_a_server_must_be_new_enough(number, level, remedy):
    finding = _database.version_finding("database default", number, "x")
    assert (finding.level, finding.remedy) == (level, remedy)


def test_an_extra_that_is_not_installed_is_named_with_its_command():
    finding = _software._extra("no-such-package", "gather", "1.0")
    assert finding.level is Level.ABSENT
    assert finding.found == 'no-such-package not installed (pip install "django-matinee[gather]")'


def test_an_extra_that_is_too_old_fails():
    finding = _software._extra("psycopg", "drf", "99.1")
    assert finding.level is Level.FAILED
    assert finding.remedy.startswith("Matinee needs 99.1 or newer")


def test_versions_are_compared_as_numbers():
    assert _software._numbers("3.9.1") < _software._numbers("3.18")


def test_every_extra_of_the_package_is_looked_at():
    items = {finding.item for finding in _software.findings()}
    assert {"Python", "Django", "psycopg", "[json]", "[drf]", "[embedded]"} <= items


@pytest.mark.parametrize(
    ("version", "level"), [((4, 2), Level.FAILED), ((5, 2), Level.OK), ((7, 0), Level.WARNING)]
)
def test_a_django_that_is_not_tested_is_mentioned(monkeypatch, version, level):
    monkeypatch.setattr(_software.django, "VERSION", (*version, 0, "final", 0))
    assert _software._django().level is level


def test_wrong_settings_are_reported_with_their_check_and_hint(settings):
    settings.MATINEE = {"reads": {"narow": True}}
    (finding,) = _project._settings()
    assert finding.level is Level.FAILED
    assert "the nearest is 'narrow'. (matinee.E002)" in finding.found
    assert finding.remedy.startswith("Its settings are")


def test_a_command_that_another_app_takes_is_reported(
    settings, tmp_path, monkeypatch, fresh_commands
):
    commands = tmp_path / "usher" / "management" / "commands"
    commands.mkdir(parents=True)
    (tmp_path / "usher" / "__init__.py").touch()
    (commands / "reads.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.INSTALLED_APPS = ["usher", "matinee"]
    (finding,) = _project._installed_apps()
    assert finding.level is Level.FAILED
    assert finding.remedy == 'List "matinee" before "usher".'
    del sys.modules["usher"]


def test_requests_without_receipts_are_mentioned(settings):
    settings.MIDDLEWARE = []
    assert [finding.level for finding in _project._middleware()] == [Level.ABSENT]


@pytest.mark.parametrize(
    ("asgi", "config", "level"),
    [
        ("site.asgi", {"OPTIONS": {"pool": True}}, Level.OK),
        ("site.asgi", {}, Level.WARNING),
        ("site.asgi", {"CONN_MAX_AGE": 60}, Level.WARNING),
        (None, {"CONN_MAX_AGE": 60}, Level.OK),
        (None, {"OPTIONS": {"pool": True}, "CONN_MAX_AGE": 60}, Level.FAILED),
    ],
)
def test_connections_must_be_kept_as_the_server_wants_it(settings, asgi, config, level):
    settings.ASGI_APPLICATION = asgi
    assert _database._keeping("connections default", {**PLAIN, **config}).level is level


def test_a_pool_needs_its_package(monkeypatch):
    monkeypatch.setattr(_database, "find_spec", lambda _name: None)
    finding = _database._keeping("connections default", {**PLAIN, "OPTIONS": {"pool": True}})
    assert (finding.level, finding.remedy) == (Level.FAILED, 'pip install "psycopg[pool]"')


def test_an_error_while_looking_is_a_finding_of_one_line():
    def examine():
        yield Finding("x", Level.OK, "fine")
        raise RuntimeError("broken\nTraceback: at length")

    assert list(guarded("x", examine)) == [
        Finding("x", Level.OK, "fine"),
        Finding("x", Level.FAILED, "RuntimeError: broken"),
    ]
