"""What the audit says of projects it has never seen, in a process of its own where it counts."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from matinee._audit._source import dropped_tasks, streams

MANAGE = """
    INSTALLED_APPS = ["venue"]
    ROOT_URLCONF = "site_.urls"
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": 1}}
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
MODELS = """
    from django.db import models


    class Booking(models.Model):
        note = models.TextField()
        valid_from = models.DateField()
        valid_until = models.DateField()
        starts_at = models.DateTimeField()
        stops_at = models.DateTimeField(null=True)
        min_age = models.IntegerField()
        max_age = models.IntegerField()
        start_note = models.TextField()
        end_note = models.TextField()
        start = models.DateField()
        end = models.DateTimeField()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "site_/__init__.py": "",
        "site_/settings.py": MANAGE,
        "site_/urls.py": "urlpatterns = []",
        "venue/__init__.py": "",
        "venue/models.py": MODELS,
        "venue/broken.py": "def (",
        "venue/views.py": """
            import asyncio

            async def view(request):
                asyncio.create_task(work())
        """,
        "venue/migrations/__init__.py": "",
        "venue/migrations/0001.py": "import asyncio\nasyncio.create_task(1)\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
    return tmp_path


def audit(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "matinee", "audit", *arguments],
        cwd=project,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_project_without_matinee_in_it_is_audited_as_it_is(project):
    done = audit(project, "--settings", "site_.settings", "--json")
    assert done.stderr == ""
    assert [
        (each["id"], each["file"], each["line"], each["message"].partition(":")[0])
        for each in json.loads(done.stdout)
    ] == [
        (
            "matinee.W201",
            "venue/models.py",
            7,
            "Booking.valid_from and .valid_until are the two ends of one range.",
        ),
        (
            "matinee.W201",
            "venue/models.py",
            9,
            "Booking.starts_at and .stops_at are the two ends of one range.",
        ),
        (
            "matinee.W201",
            "venue/models.py",
            11,
            "Booking.min_age and .max_age are the two ends of one range.",
        ),
        (
            "matinee.W501",
            "venue/views.py",
            5,
            "The task that create_task() returns is kept nowhere",
        ),
    ]


def test_it_prints_a_line_for_what_is_where_and_one_for_what_to_do(project):
    lines = audit(project, "--settings", "site_.settings").stdout.splitlines()
    assert lines[0] == (
        "venue/models.py:7: matinee.W201 Booking.valid_from and .valid_until "
        "are the two ends of one range."
    )
    assert lines[1].startswith("    DateRangeField() holds both")
    assert lines[-1] == "Findings: 4."


def test_it_asks_for_the_settings_where_nobody_named_them(project):
    done = audit(project)
    assert done.returncode == 2
    assert "name the project's settings: --settings mysite.settings" in done.stderr


def found(check, source: str) -> list[tuple[int, str]]:
    return [(each.line, each.message) for each in check(ast.parse(dedent(source)), "views.py")]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("StreamingHttpResponse(rows(), content_type='text/event-stream')", "sends server-sent"),
        ("StreamingHttpResponse(forever())", "never ends"),
        ("StreamingHttpResponse(ticks())", "never ends"),
        ("http.StreamingHttpResponse(films())", "reads the database"),
        ("StreamingHttpResponse(x.pk for x in Film.objects.all())", "reads the database"),
    ],
)
def test_a_stream_that_lasts_is_found(body, why):
    ((line, message),) = found(streams, f"{GENERATORS}\ndef view(request):\n    return {body}\n")
    assert line == GENERATORS.count("\n") + 3
    assert why in message


GENERATORS = """
def rows():
    yield b"1"
def forever():
    while True:
        yield b"x"
def ticks():
    for number in range(9):
        time.sleep(1)
        yield b"x"
def films():
    for film in Film.objects.all():
        yield film.title
"""


@pytest.mark.parametrize("content", ["rows()", "open(path, 'rb')", "[b'one', b'two']"])
def test_a_stream_that_ends_by_itself_is_none(content):
    assert found(streams, f"{GENERATORS}\nStreamingHttpResponse({content})\n") == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("asyncio.create_task(work())", [1]),
        ("asyncio.ensure_future(work())", [1]),
        ("loop.create_task(work())", [1]),
        ("task = asyncio.create_task(work())", []),
        ("tasks.add(asyncio.create_task(work()))", []),
        ("async def f():\n async with asyncio.TaskGroup() as group:\n  group.create_task(x())", []),
        ("async def f():\n async with open_() as group:\n  other.create_task(x())", [3]),
    ],
)
def test_a_task_nobody_keeps_is_found(source, lines):
    assert [line for line, _ in found(dropped_tasks, source)] == lines
