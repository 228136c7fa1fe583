"""``assert_reads`` counts what really goes to the database."""

import unittest

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.db import connection

from matinee import testing
from matinee.receipts import collect

pytestmark = pytest.mark.django_db


def test_the_exact_number_passes(assert_reads):
    with assert_reads(2) as receipt:
        Group.objects.count()
        Group.objects.first()
    assert receipt.query_count == 2


@pytest.mark.parametrize("expected", [0, 2])
def test_more_or_fewer_fail_and_list_what_was_sent(assert_reads, expected):
    with pytest.raises(AssertionError) as caught, assert_reads(expected):
        Group.objects.count()
    first, *rest = str(caught.value).splitlines()
    assert first == f"{expected} queries expected, 1 sent."
    assert rest == ['    1 x [default] SELECT COUNT(*) AS "__count" FROM "auth_group"']


def test_the_same_statement_is_listed_once_with_its_number(assert_reads):
    with pytest.raises(AssertionError) as caught, assert_reads(1):
        for name in "abc":
            Group.objects.filter(name=name).exists()
        Group.objects.count()
    assert [line.split(" x ")[0].strip() for line in str(caught.value).splitlines()[1:]] == [
        "3",
        "1",
    ]


def test_long_statements_and_long_lists_are_cut(assert_reads):
    with pytest.raises(AssertionError) as caught, assert_reads(0), connection.cursor() as cursor:
        for number in range(40):
            cursor.execute(f"SELECT {number}, '{'x' * 1000}'")
    lines = str(caught.value).splitlines()
    assert len(lines) == 32
    assert all(len(line) < 350 for line in lines)
    assert lines[-1].strip() == "and 10 other statements"


def test_another_database_is_not_counted_where_one_is_named(assert_reads):
    with assert_reads(1, using="default"):
        Group.objects.count()
    with assert_reads(0, using="archive"):
        Group.objects.count()
    with (
        pytest.raises(AssertionError, match="1 query expected on 'archive', 0 sent"),
        assert_reads(1, using="archive"),
    ):
        Group.objects.count()


def test_a_failure_inside_the_block_is_not_hidden_by_the_count(assert_reads):
    with pytest.raises(ZeroDivisionError), assert_reads(5):
        _ = 1 / 0


def test_the_receipt_around_it_still_sees_all(assert_reads):
    with collect() as receipt, assert_reads(1):
        Group.objects.count()
    assert receipt.query_count == 1


def test_more_queries_than_a_receipt_keeps_are_counted(assert_reads, settings):
    settings.MATINEE = {"receipts": {"max_queries": 1}}
    with assert_reads(3, using="default"):
        for _ in range(3):
            Group.objects.count()


async def test_async_code_is_counted(assert_reads):
    with assert_reads(2):
        await Group.objects.acount()
        await sync_to_async(Group.objects.count)()


class Unittest(unittest.TestCase):
    """Without pytest it is a function like any other."""

    def test_it_is_a_plain_context_manager(self):
        with testing.assert_reads(0):
            pass
