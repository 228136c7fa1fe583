"""Django's own tests of ranges and of constraints, with our fields in the place of Django's.

They come with the source distribution of the Django that is installed, from the package index.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import django
import pytest

from tests.settings import TEST_DATABASES

FIELDS = (
    "BigIntegerRangeField",
    "DateRangeField",
    "DateTimeRangeField",
    "DecimalRangeField",
    "IntegerRangeField",
)
UV = Path(sys.prefix) / "bin" / "uv"
LABELS = ("postgres_tests.test_ranges", "postgres_tests.test_constraints")

# What is otherwise with ours, and why.
OTHERWISE = {
    "test_get_field_display": "A pair that is assigned is a range, and shows as one: [1, 2).",
}

SETTINGS = """
import json, os
DATABASES = json.loads(os.environ["DRILL_DATABASES"])
SECRET_KEY = "only-for-tests"
USE_TZ = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """Fetch Django's tests, and put our fields into them; return their folder."""
    folder = tmp_path_factory.mktemp("django")
    version = f"django=={django.__version__}"
    pip = [UV, "run", "-q", "--no-project", "--with", "pip", "python", "-m", "pip", "download"]
    subprocess.run([*pip, "--no-deps", "--no-binary", "django", "-d", folder, version], check=True)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    [tests] = folder.glob("*/tests")
    (tests / "drill_settings.py").write_text(SETTINGS)
    swap(tests / "postgres_tests")
    return tests


def swap(tests: Path) -> None:
    ours = f"from matinee.ranges.fields import {', '.join(FIELDS)}  # noqa\n"
    edit(tests / "fields.py", r"\Z", f"\n{ours}")
    edit(
        tests / "test_ranges.py",
        r"\n\n@isolate_apps",
        "\nfrom matinee.ranges import fields as ours\n\n\\g<0>",
        1,
    )
    edit(tests / "test_ranges.py", rf"pg_fields\.({'|'.join(FIELDS)})", r"ours.\1")
    edit(tests / "test_constraints.py", r"\n\nclass SchemaTests", f"\n{ours}\\g<0>", 1)
    # An extension that PostgreSQL's wheel does not have, and none of these tests needs.
    extensions = tests / "migrations" / "0001_setup_extensions.py"
    edit(extensions, r' *CreateExtension\("uuid-ossp"\),\n', "")


def edit(file: Path, pattern: str, text: str, count: int = 0) -> None:
    found, times = re.subn(pattern, text, file.read_text(), count=count)
    assert times, f"{file.name} has changed: there is no {pattern}"
    file.write_text(found)


def databases() -> str:
    """Return two databases of the tests' server, as JSON."""
    known = TEST_DATABASES["default"]
    one = {name: known[name] for name in ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")}
    return json.dumps({alias: one | {"NAME": f"drill_{alias}"} for alias in ("default", "other")})


def run(tests: Path) -> tuple[str, set[str]]:
    """Run the tests in *tests*; return what was printed, and the names of those that failed."""
    options = ["--settings=drill_settings", "--noinput", "--parallel=1"]
    environment = os.environ | {"DRILL_DATABASES": databases(), "PYTHONPATH": str(tests)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "runtests.py", *options, *LABELS],
        cwd=tests,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr, set(re.findall(r"^(?:FAIL|ERROR): (\w+)", done.stderr, re.MULTILINE))


def test_django_s_tests_pass_with_our_fields(suite):
    printed, failed = run(suite)

    assert failed == set(OTHERWISE), printed[-4000:]
    assert int(re.search(r"Ran (\d+) tests", printed)[1]) > 150, "a control: they were run"


def test_a_field_that_binds_to_another_type_is_found_out(suite):
    """A control: Django's tests do look at our fields."""
    fields = suite / "postgres_tests" / "fields.py"
    before = fields.read_text()
    fields.write_text(f"{before}\nDateRangeField = DateTimeRangeField\n")
    try:
        _, failed = run(suite)
    finally:
        fields.write_text(before)

    assert failed - set(OTHERWISE)
