"""Named statements come from files of their name."""

import pytest

from matinee import _sql


def test_a_statement_is_found_by_the_name_of_its_file():
    assert "pg_extension" in _sql.load("extensions").as_string()


def test_a_statement_is_read_once():
    assert _sql.load("extensions") is _sql.load("extensions")


def test_a_statement_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        _sql.load("nothing_of_this_name")
