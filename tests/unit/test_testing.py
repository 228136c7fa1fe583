"""The pytest plugin is loaded in every project that has Matinee installed: it keeps out of the way."""

import os
import subprocess
import sys

import pytest


def run_pytest(folder, test, *options):
    """Run *test* in a project without Django, every warning an error."""
    (folder / "test_it.py").write_text(test)
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:django",
            "-p",
            "no:asyncio",
            "-p",
            "no:cacheprovider",
            *options,
            ".",
        ],
        cwd=folder,
        env={
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("DJANGO", "PYTEST"))
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_project_without_django_does_not_import_it(tmp_path):
    done = run_pytest(
        tmp_path,
        "import sys\n"
        "def test_it():\n"
        "    assert 'matinee.testing.plugin' in sys.modules\n"
        "    assert 'django' not in sys.modules\n",
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_fixture_is_the_function(assert_reads):
    from matinee import testing

    assert assert_reads is testing.assert_reads


def test_a_block_without_queries_has_none():
    from matinee.testing import assert_reads

    with assert_reads(0):
        pass
    with pytest.raises(AssertionError, match=r"^3 queries expected, 0 sent\.$"), assert_reads(3):
        pass


MISS = """
import pytest
from django.conf import settings

@pytest.fixture(autouse=True)
def configured():
    if not settings.configured:
        settings.configure(MATINEE={"reads": {"narrow": False}})

def on_miss():
    from matinee import conf
    return conf.reads.on_miss, conf.reads.narrow

def test_as_it_is():
    assert on_miss() == ("%s", False)

@pytest.mark.reads_raise
def test_raising():
    assert on_miss() == ("raise", False)

@pytest.mark.reads_raise(False)
def test_left_out():
    assert on_miss() == ("warn", False)
"""


@pytest.mark.parametrize(("options", "on_miss"), [((), "warn"), (("--reads-raise",), "raise")])
def test_raising_is_switched_on_by_flag_or_marker(tmp_path, options, on_miss):
    done = run_pytest(tmp_path, MISS % on_miss, *options)
    assert "3 passed" in done.stdout, done.stdout + done.stderr
