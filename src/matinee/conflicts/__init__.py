"""What only the database can know becomes an error that can be shown, never a server error.

Two people book one slot at once; two transactions wait for each other; a number is too large for
its column. Validation cannot see these: the database says them, as an ``IntegrityError``, an
``OperationalError`` or a ``DataError``. Here they become a ``ConflictError`` with a code, a
``ValidationError`` on the right field, or an answer with status 409 or 400.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from asgiref.sync import sync_to_async
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, router, transaction
from django.db.models import Model

from matinee._dberrors import conflict, is_named
from matinee.exceptions import ConflictError, RangesError

__all__ = [
    "Problem",
    "aattempt",
    "asave",
    "attempt",
    "problem",
    "raising_conflicts",
    "save",
    "save_form",
    "validation_error",
]

# Between the first time and the second.
PAUSE_S = (0.01, 0.05)
_MISSING = {"blank", "null"}


class Problem(NamedTuple):
    """What a web API answers.

    Attributes:
        status: 409, or 400 where the values are wrong by themselves.
        code: As in the reference: "conflict.overlap".
        detail: What is wrong, in the active language.
    """

    status: int
    code: str
    detail: str

    @property
    def body(self) -> dict[str, str]:
        """The answer, for JSON."""
        return {"detail": self.detail, "code": self.code}


def problem(error: BaseException) -> Problem | None:
    """Return what to answer for *error*; None where it is no refusal of the database's.

    Args:
        error: Of the database, a ``ConflictError``, or a ``RangesError``.
    """
    if isinstance(error, RangesError):
        return Problem(400, error.code, error.message)
    found = conflict(error)
    return None if found is None else Problem(found.status, found.code, found.message)


@contextmanager
def raising_conflicts(using: str | None = None) -> Iterator[None]:
    """Run a block in a transaction, or a savepoint, and raise what the database refuses.

    Raises:
        ConflictError: The database refused; nothing that the block wrote is left.
    """
    try:
        with transaction.atomic(using=using):
            yield
    except DatabaseError as error:
        found = conflict(error)
        if found is None:
            raise
        raise found from error


def attempt[R](
    function: Callable[..., R], /, *args: Any, using: str | None = None, **kwargs: Any
) -> R:
    """Call *function* in a transaction, and once more if it was the victim of a deadlock.

    Also where transactions could not be put in one order (SQLSTATE 40001). The second time comes
    10 to 50 ms later. Within a transaction there is none, which would have to be one of all of it.
    *function* may run twice: what it does besides the database should bear that.

    Args:
        function: An ordinary one, not a coroutine function.
        args: What to call it with.
        using: The database; by default the default one.
        kwargs: What to call it with.

    Raises:
        ConflictError: The database refused, the second time too.
    """
    if not transaction.get_connection(using).in_atomic_block:
        try:
            with raising_conflicts(using):
                return function(*args, **kwargs)
        except ConflictError as error:
            if not error.again:
                raise
        # Else it might take the lock again before the one who waits for it has woken up.
        time.sleep(random.uniform(*PAUSE_S))  # noqa: S311  no secret
    with raising_conflicts(using):
        return function(*args, **kwargs)


async def aattempt[R](
    function: Callable[..., R], /, *args: Any, using: str | None = None, **kwargs: Any
) -> R:
    """Do what :func:`attempt` does, from asynchronous code; *function* is an ordinary one."""
    call: Callable[..., R] = attempt
    return await sync_to_async(call)(function, *args, using=using, **kwargs)


def save(instance: Model, *, using: str | None = None, **options: Any) -> None:
    """Save *instance* in a transaction; say what the database refuses as ``full_clean`` would.

    After a deadlock it is saved once more. Where it is refused, the instance is as it was.

    Args:
        instance: Of any model.
        using: The database; by default the router's.
        options: Of ``instance.save``.

    Raises:
        django.core.exceptions.ValidationError: The database refused.
    """
    alias = using or router.db_for_write(type(instance), instance=instance)
    _kept(lambda: instance.save(using=alias, **options), instance, alias)


async def asave(instance: Model, *, using: str | None = None, **options: Any) -> None:
    """Do what :func:`save` does, from asynchronous code."""
    await sync_to_async(save)(instance, using=using, **options)


def save_form(form: Any, *, using: str | None = None) -> bool:
    """Save a valid ``ModelForm`` in a transaction, and return whether it is saved.

    If not, what the database refused is among the form's errors, to be shown with it::

        if form.is_valid() and save_form(form):
            return redirect(form.instance)
    """
    alias = using or router.db_for_write(type(form.instance), instance=form.instance)
    try:
        _kept(form.save, form.instance, alias)
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def validation_error(
    error: ConflictError | RangesError, instance: Model | None = None, *, using: str | None = None
) -> ValidationError:
    """Return *error* for people, on the field it is about where that is known.

    Args:
        error: What the database refused, or a range that there is not.
        instance: What was to be saved. Its constraint is asked again, which may tell more now;
            after a deadlock, all of them.
        using: The database; by default the router's.
    """
    if instance is not None:
        alias = using or router.db_for_write(type(instance), instance=instance)
        # In a transaction that is broken nothing can be asked.
        broken = transaction.get_connection(alias).needs_rollback
        for check in () if broken else _checks(error, instance, alias):
            try:
                check()
            except ValidationError as said:
                return said
    return ValidationError(error.message, code=error.code.rpartition(".")[2])


def add_errors(form: Any, error: ValidationError) -> None:
    """Add *error* to those of *form*: to all of it, what is about fields that it does not have."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


def _kept(function: Callable[[], Any], instance: Model, using: str) -> None:
    """Call what saves *instance*; where that is refused, leave the instance as it was."""
    values, adding, alias = {**vars(instance)}, instance._state.adding, instance._state.db

    def restored() -> None:
        vars(instance).update(values)
        instance._state.adding, instance._state.db = adding, alias

    def saved() -> None:
        restored()
        function()

    try:
        attempt(saved, using=using)
    except (ConflictError, RangesError) as error:
        restored()
        raise validation_error(error, instance, using=using) from error


def _checks(
    error: ConflictError | RangesError, instance: Model, using: str
) -> Iterator[Callable[[], Any]]:
    """Yield what may tell more of *error*: the constraint itself, or the fields."""
    if isinstance(error, RangesError):
        yield partial(_clean_fields, instance, is_missing=False)
        return
    for model, constraints in instance.get_constraints():
        for each in constraints:
            # A deadlock names none; who it was with is there by now, as a rule.
            named = is_named(each, error.constraint) and model._meta.db_table == error.table
            if named or error.again:
                yield partial(each.validate, model, instance, using=using)
    if error.code == "conflict.unique":
        yield instance.validate_unique
    if error.code in {"conflict.data", "conflict.overflow", "conflict.null"}:
        yield partial(_clean_fields, instance, is_missing=error.code == "conflict.null")


def _clean_fields(instance: Model, *, is_missing: bool) -> None:
    """Raise what is wrong with the fields: that values are missing, or all else."""
    try:
        instance.clean_fields()
    except ValidationError as error:
        told = {
            name: errors
            for name, errors in error.error_dict.items()
            if any((each.code in _MISSING) == is_missing for each in errors)
        }
        if told:
            raise ValidationError(told) from error
