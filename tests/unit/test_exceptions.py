"""One family of errors: message, hint, code."""

import pickle

import pytest

from matinee import exceptions
from matinee.exceptions import EmbeddedError, MatineeError

FAMILY = [getattr(exceptions, name) for name in exceptions.__all__]


@pytest.mark.parametrize("error", FAMILY)
def test_each_member_has_a_code_of_its_own_and_says_what_it_means(error):
    assert issubclass(error, MatineeError)
    assert [each.code for each in FAMILY].count(error.code) == 1
    assert error.__doc__


def test_an_error_prints_its_message_and_below_it_what_to_do():
    error = MatineeError("X must be Y, got Z.", hint="Do W.")
    assert str(error) == "X must be Y, got Z.\nDo W."
    assert str(MatineeError("X must be Y, got Z.")) == "X must be Y, got Z."


def test_an_error_may_have_a_code_of_its_own():
    assert EmbeddedError("No wheel.", code="embedded.no_wheel").code == "embedded.no_wheel"
    assert EmbeddedError("No wheel.").code == EmbeddedError.code == "embedded.error"


def test_an_error_survives_the_way_to_another_process():
    error = EmbeddedError("No wheel.", hint="Install it.", code="embedded.no_wheel")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.message, copy.hint, copy.code) == (error.message, error.hint, error.code)
