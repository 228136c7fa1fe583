"""A project with a database of its own, in processes of its own: to be converted while it runs."""

import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import psycopg

SETTINGS = """
    from matinee import embedded

    SECRET_KEY = "only-for-tests"
    INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.postgres", "matinee", *APPS]
    ROOT_URLCONF = "project.urls"
    DATABASES = embedded.databases("never-made")
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    USE_TZ = True
"""
PATIENCE_S = 60


class Project:
    """A folder with Django's command line in it.

    Attributes:
        folder: Where its files are.
        url: Its database's.
        environment: What its processes find there besides.
    """

    def __init__(self, folder: Path, url: str, **environment: str) -> None:
        self.folder = folder
        self.url = url
        self.environment = environment

    def write(self, **files: str) -> None:
        """Write files: ``bookings__models=...`` is ``bookings/models.py``."""
        for name, text in files.items():
            path = self.folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.parent != self.folder:
                (path.parent / "__init__.py").touch()
            path.write_text(dedent(text))

    def make(self, **models: str) -> None:
        """Write a project whose apps have these models, and migrate its database."""
        self.write(project__settings=f"APPS = {[*models]}\n{dedent(SETTINGS)}")
        self.write(project__urls="urlpatterns = []\n")
        self.write(**{f"{app}__models": text for app, text in models.items()})
        self.manage("makemigrations", *models)
        self.manage("migrate")

    def start(self, *words: str, **environment: str) -> subprocess.Popen:
        """Start Python with *words*."""
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": self.url,
                "DJANGO_SETTINGS_MODULE": "project.settings",
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONWARNINGS": "error",
                "NO_COLOR": "1",
                **self.environment,
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        process = self.start(*words, **environment)
        out, err = process.communicate(timeout=PATIENCE_S)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def manage(self, *words: str) -> str:
        """Run a command that is to succeed; return what it printed."""
        done = self.run("-m", "django", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, *words: str) -> str:
        """Run a command that is to refuse; return what it says, which is no traceback."""
        done = self.run("-m", "django", *words)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        assert done.stderr.startswith("CommandError: ")
        return done.stderr.removeprefix("CommandError: ").strip()

    def migrate(self, *target: str) -> None:
        """Migrate as a deployment does: again where a lock was not to be had in time."""
        for _ in range(10):
            done = self.run("-m", "django", "migrate", *target)
            if "lock timeout" not in done.stderr:
                break
        assert done.returncode == 0, done.stderr

    def sql(self, statement: str, *params: object) -> list[tuple]:
        with psycopg.connect(self.url, autocommit=True, options="-c timezone=UTC") as connection:
            cursor = connection.execute(statement, params or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, *params: object) -> object:
        return self.sql(statement, *params)[0][0]

    def migrations(self, app: str) -> list[str]:
        return sorted(path.stem for path in (self.folder / app / "migrations").glob("0*.py"))


def wait_until(true, *processes: subprocess.Popen) -> None:
    """Wait for what is going to happen, while *processes* go on."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        for process in processes:
            assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "It has not happened."
        time.sleep(0.02)
