"""Methods in the style of real projects: what is read of them, and what they then do."""

import pytest

from matinee.reads import Kind
from tests.shelf import methods, rows


@pytest.fixture
def books(db):
    rows.fill(7)


@pytest.mark.parametrize("name", methods.CASES)
def test_what_a_method_reads_is_found_as_by_hand(name, books):
    case = methods.CASES[name]

    result = methods.result_of(case)

    assert result.notes == case.notes
    assert sorted(result.reads) == sorted(case.reads)


@pytest.mark.parametrize("name", methods.CASES)
def test_a_method_sends_no_query_that_nobody_spoke_of(name, books):
    assert methods.result_of(methods.CASES[name]).silent == ()


def test_most_methods_are_understood_and_none_misses_in_silence(books):
    figures = methods.figures()

    assert figures["methods"] >= 60
    assert figures["methods_resolved"] >= 0.6
    assert figures["methods_silent_miss"] == 0
    hard = [case for case in methods.CASES.values() if case.notes & {Kind.UNSEEN, Kind.APART}]
    assert len(hard) / figures["methods"] >= 0.15
