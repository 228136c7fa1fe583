"""Examples in Markdown: Python that runs, files that are written, commands whose output is compared.

What a fence is called says what becomes of it. ``python`` runs, in one namespace a page, and
tests in it are run; with a caption it is written to the file the caption names. ``console`` holds commands after ``$ `` and what
they print. ``output`` is what the Python before it printed. In both, ``...`` stands for anything.
"""

import contextlib
import inspect
import linecache
import os
import re
import shlex
import subprocess
import sys
from importlib.util import cache_from_source
from io import StringIO
from pathlib import Path

from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from sybil import Document
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.myst import CodeBlockParser

EXECUTED = ("python", "console", "output")
# They fetch and start things; tests of their own do so.
NOT_RUN = {"make", "pip", "uv"}
SHOWN = {"html", "ini", "json", "sh", "sql", "text"}
FENCE = re.compile(r"^ *(?:```|~~~)(?:\{code-block\} *)?([\w{}+-]+)", re.MULTILINE)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", re.MULTILINE)


def fences(text):
    """Return what each fence of *text* is called, found without the help of the parser."""
    return FENCE.findall(text)


class Page:
    """A page whose examples are executed in *folder*, in the order of the page."""

    def __init__(self, path, folder, fixture):
        self.folder = Path(folder)
        self.fixture = fixture
        self.printed = ""
        self.executed = 0
        self.python = PythonEvaluator()
        parsers = [CodeBlockParser(kind, getattr(self, kind)) for kind in ("console", "output")]
        self.document = Document.parse(str(path), CodeBlockParser("python", self.code), *parsers)
        self.document.namespace.update(__name__="example", __file__=str(self.folder / "example.py"))

        self.make_findable(str(path))

    def make_findable(self, path):
        """Let what reads source find that of the examples, at their lines of the page."""
        lines = []
        for example in self.document.examples():
            is_file = (example.region.lexemes or {}).get("options", {}).get("caption")
            if example.region.evaluator == self.code and not is_file:
                first = example.line + example.parsed.line_offset
                lines += [""] * (first - len(lines)) + str(example.parsed).splitlines()
        linecache.cache[path] = (0, None, [f"{line}\n" for line in lines], path)

    def run(self):
        for example in self.document.examples():
            example.evaluate()
            self.executed += 1

    def code(self, example):
        caption = example.region.lexemes.get("options", {}).get("caption")
        if caption:
            self.write(caption, str(example.parsed))
            return
        known = {**self.document.namespace}
        out = StringIO()
        with contextlib.redirect_stdout(out):
            self.python(example)
            for name, found in [*self.document.namespace.items()]:
                if name.startswith("test_") and found is not known.get(name):
                    self.test(found)
        self.printed = out.getvalue()

    def test(self, function):
        """Run a test as pytest would, with its fixtures."""
        wanted = {name: self.fixture(name) for name in inspect.signature(function).parameters}
        called = async_to_sync(function) if inspect.iscoroutinefunction(function) else function
        called(**wanted)

    def write(self, caption, text):
        """Write a file, or add to it: ``shop/settings.py, at the end``."""
        name, _, where = caption.partition(", ")
        assert where in {"", "at the end"}, caption
        path = self.folder / name.strip("`")
        old = path.read_text() if where else ""
        path.write_text(f"{old}\n{text}" if old else text)
        # Python would take what it compiled of a file as long, written in the same second.
        Path(cache_from_source(path)).unlink(missing_ok=True)

    def output(self, example):
        compare(self.printed, example.parsed)

    def console(self, example):
        commands = COMMAND.findall(example.parsed)
        assert commands, "A console block begins with a command after $."
        for command, expected in commands:
            words = shlex.split(command, comments=True)
            if words[0] in NOT_RUN:
                assert not expected.strip(), "What is not run may not show what it prints."
                continue
            self.printed = self.command(words)
            compare(self.printed, expected)

    def command(self, words):
        """Run a command in the page's own project where it has made one, else in this process."""
        own_project = (self.folder / "manage.py").exists()
        if words[:2] == ["python", "manage.py"] and not own_project:
            return managed(*words[2:])
        assert own_project or words[0] == "django-admin", words
        # As in a shell with the environment activated.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        done = subprocess.run(
            words,
            cwd=self.folder,
            env={**kept, "PATH": path, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout


def managed(name, *words):
    out = StringIO()
    try:
        call_command(name, *words, stdout=out, stderr=out, no_color=True)
    except CommandError as error:
        out.write(f"CommandError: {error}\n")
    return out.getvalue()


def compare(actual, expected):
    """Fail unless *actual* is *expected*, ends of lines and what ``...`` stands for apart."""
    actual, expected = (
        "\n".join(line.rstrip() for line in text.strip().splitlines())
        for text in (actual, str(expected))
    )
    lines = [r"(?:.*\n)?" if line == "..." else f"{loose(line)}\n" for line in expected.split("\n")]
    if not re.fullmatch("".join(lines), f"{actual}\n", re.DOTALL):
        raise AssertionError(f"The page says:\n{expected}\n\nPrinted was:\n{actual}")


def loose(line):
    return re.escape(line).replace(r"\.\.\.", "[^\n]*")
