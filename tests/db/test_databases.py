"""The databases of the tests themselves: cloned, kept apart, and cleared away."""

import os

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType

from tests import _databases


@pytest.fixture
def server():
    server = _databases.Server()
    yield server
    server.close()


@pytest.mark.django_db
def test_this_worker_has_a_clone_of_its_own(server):
    from django.db import connection

    assert connection.settings_dict["NAME"].endswith(f"_{os.getpid()}")
    assert connection.settings_dict["NAME"] in server.names(_databases.CLONES)
    assert ContentType.objects.exists()


def test_a_clone_is_dropped_when_it_is_left(server, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        template = _databases.migrated_template()
    with _databases.clone("left", template=template) as name:
        assert name in server.names(_databases.CLONES)
    assert name not in server.names(_databases.CLONES)


def test_what_a_killed_run_left_is_dropped_and_what_is_in_use_is_not(server, django_db_setup):
    abandoned, held = (f"{_databases.CLONES}{kind}_{os.getpid()}" for kind in ("lost", "held"))
    for name in (abandoned, held):
        server.drop(name)
        server.create(name, template="template0")
    other = _databases.Server()
    with other.lock(held):
        server.drop_stale(_databases.CLONES)
        assert abandoned not in server.names(_databases.CLONES)
        assert held in server.names(_databases.CLONES)
    other.close()
    server.drop(held)


def test_a_template_is_made_once(django_db_setup, django_db_blocker, monkeypatch):
    with django_db_blocker.unblock():
        name = _databases.migrated_template()
        monkeypatch.setattr(_databases, "_migrate", None)
        assert _databases.migrated_template() == name


def test_a_url_leads_to_the_database_it_names(django_db_setup):
    with psycopg.connect(_databases.server_url("postgres")) as connection:
        assert connection.info.dbname == "postgres"
