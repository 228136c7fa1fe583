from pathlib import Path

import pytest

from matinee import embedded
from matinee.exceptions import EmbeddedError


def from_url(url: str, monkeypatch: pytest.MonkeyPatch, **arguments: object) -> dict:
    monkeypatch.setenv("DATABASE_URL", url)
    return embedded.databases("/nowhere/at/all", **arguments)["default"]


def test_the_url_wins_and_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:secret@db.example:5433/films")
    found = embedded.databases(tmp_path / "var")
    assert found == {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "films",
            "USER": "ada",
            "PASSWORD": "secret",
            "HOST": "db.example",
            "PORT": "5433",
            "OPTIONS": {},
        }
    }
    assert not (tmp_path / "var").exists()


def test_the_query_becomes_options_and_wins_over_those_in_code(monkeypatch) -> None:
    database = from_url(
        "postgres://db/films?sslmode=require&connect_timeout=5",
        monkeypatch,
        options={"sslmode": "disable", "pool": True},
    )
    assert database["OPTIONS"] == {"sslmode": "require", "connect_timeout": "5", "pool": True}


def test_escapes_in_the_url_are_read(monkeypatch) -> None:
    database = from_url("postgresql://a%40b:p%2Fw@%2Frun%2Fpg/na%20me", monkeypatch)
    assert [database[key] for key in ("USER", "PASSWORD", "HOST", "NAME")] == [
        "a@b",
        "p/w",
        "/run/pg",
        "na me",
    ]


def test_several_hosts_stay_together(monkeypatch) -> None:
    database = from_url("postgresql://h1:1,h2:2/x?target_session_attrs=read-write", monkeypatch)
    assert (database["HOST"], database["PORT"]) == ("h1,h2", "1,2")
    assert database["OPTIONS"] == {"target_session_attrs": "read-write"}


def test_a_service_needs_no_name(monkeypatch) -> None:
    database = from_url("postgresql://?service=films", monkeypatch)
    assert (database["NAME"], database["OPTIONS"]) == ("", {"service": "films"})


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://u:hush@h/x", "it begins with mysql://"),
        ("films", "it has no postgresql:// in front"),
        ("dbname=films password=hush", "it has no postgresql:// in front"),
        ("postgresql://u:hush%zz@h/x", "it is malformed"),
        ("postgresql://u:hush@[::1/x", "it is malformed"),
        ("postgresql://u:hush@h/x?sslmoed=require", "it has an unknown parameter sslmoed"),
        ("postgresql://u:hush@h", "it names no database"),
        ("postgresql://u:hush@h:54x/x", "it has a port that is no number between 1 and 65535"),
        ("postgresql://u:hush@h:70000/x", "it has a port that is no number between 1 and 65535"),
    ],
)
def test_a_malformed_url_is_refused_without_quoting_its_password(url, reason, monkeypatch) -> None:
    with pytest.raises(EmbeddedError, match=reason) as caught:
        from_url(url, monkeypatch)
    assert caught.value.code == "embedded.bad_url"
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
