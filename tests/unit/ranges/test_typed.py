"""What type checkers know of the attributes that range fields make."""

import subprocess
import sys
from pathlib import Path

import pytest

from matinee.ranges import DateTimeRangeField, MultiRange, Range
from matinee.ranges import fields as range_fields

READ = """
from typing import reveal_type

from tests.spans.models import Booking, Closure, Everything


def read(booking: Booking, closure: Closure, row: Everything) -> None:
    reveal_type(booking.during)
    reveal_type(booking.during.lower)
    reveal_type(row.during)
    reveal_type(row.nums)
    reveal_type(closure.days)
    reveal_type(closure.days[0])
    reveal_type(row.many_ints)
    row.during.lower
    booking.during.lowest
"""
ASSIGNED = """
import datetime as dt
from decimal import Decimal

from django.db.models import F

from matinee.ranges import INFINITY, DateTimeRangeField, MultiRange, Range
from tests.spans.models import Booking, Closure, Everything


class Own(DateTimeRangeField):
    pass


def write(booking: Booking, closure: Closure, row: Everything, now: dt.datetime) -> None:
    booking.during = Range(now, None)
    booking.during = Range(empty=True)
    booking.during = now, now
    booking.during = now.date(), INFINITY, "[]"
    booking.during = "[2026-01-01,2026-02-01)"
    booking.during = F("other")
    row.ints = None
    made = Range(1, 5)
    row.ints = made
    row.nums = 1, Decimal(5)
    closure.days = MultiRange([(now.date(), now.date())])
    closure.days = [Range(now.date()), (None, now.date())]
    closure.days = now.date(), now.date()
    closure.days = []
    Booking(during=(now, now))
    Booking.objects.filter(during=Range(now, now))


def write_wrong(booking: Booking, row: Everything, now: dt.datetime) -> None:
    booking.during = 5
    booking.during = None
    booking.during = now, now, "[["
    row.ints = now, now
"""


def checked(tmp_path, text):
    """Return what mypy says of *text*, as strict as it can be, with django-stubs."""
    pytest.importorskip("mypy_django_plugin")
    page, config = tmp_path / "page.py", tmp_path / "mypy.ini"
    page.write_text(text)
    config.write_text(
        "[mypy]\nplugins = mypy_django_plugin.main\n"
        "[mypy.plugins.django-stubs]\ndjango_settings_module = tests.settings\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", f"--config-file={config}"]
    command += ["--follow-imports=silent", "--no-error-summary", f"--cache-dir={tmp_path}"]
    root = Path(__file__).resolve().parents[3]
    path = {"MYPYPATH": f"{root / 'src'}:{root}", "PATH": "", "DATABASE_URL": "postgresql:///none"}
    found = subprocess.run(
        [*command, str(page)], capture_output=True, text=True, env=path, check=False, cwd=root
    )
    assert not found.stderr
    return [line.split(": ", 1)[1] for line in found.stdout.splitlines()]


def test_a_type_checker_sees_what_an_attribute_holds(tmp_path):
    found = checked(tmp_path, READ)

    held = "matinee.ranges._range.Range"
    many = "matinee.ranges._multirange.MultiRange"
    seen = [line.split('"')[1] for line in found if line.startswith("note: Revealed")]
    assert seen == [
        f"{held}[datetime.datetime]",
        "datetime.datetime | None",
        f"{held}[datetime.datetime] | None",
        f"{held}[decimal.Decimal] | None",
        f"{many}[datetime.date]",
        f"{held}[datetime.date]",
        f"{many}[int] | None",
    ]
    errors = [line for line in found if line.startswith("error")]
    assert len(errors) == 2, found
    assert 'Item "None"' in errors[0]
    assert 'no attribute "lowest"' in errors[1]


def test_a_type_checker_takes_what_may_be_assigned_and_nothing_else(tmp_path):
    found = checked(tmp_path, ASSIGNED)

    assert [line.split(": ")[1][:36] for line in found] == [
        "Incompatible types in assignment (ex"
    ] * 4
    said = [line.split("expression has type ")[1].split('"')[1] for line in found]
    assert said == ["int", "None", "tuple[datetime, datetime, str]", "tuple[datetime, datetime]"]


def test_a_field_of_a_type_in_brackets_is_the_field():
    assert DateTimeRangeField[Range, Range] is DateTimeRangeField
    assert range_fields.DateMultiRangeField[MultiRange, MultiRange]().clone().null is False
