"""The site as visitors meet it: Uvicorn in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

ROOT = Path(__file__).resolve().parents[1]
START_S = 60
ADDRESS = re.compile(r"running on (http://127\.0\.0\.1:\d+)")


def manage(*arguments: str, **environ: str) -> None:
    """Run manage.py, which must succeed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=_environ(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def uvicorn(log: Path, **environ: str) -> Iterator[str]:
    """Serve the site on a free port of 127.0.0.1 and yield its address."""
    command = [sys.executable, "-m", "uvicorn", "cinema.asgi:application", "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--lifespan", "off", "--no-access-log"],
            cwd=ROOT,
            env=_environ(environ),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait(20)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    give_up = monotonic() + START_S
    while not (found := ADDRESS.search(log.read_text())):
        assert process.poll() is None, log.read_text()
        assert monotonic() < give_up, log.read_text()
        sleep(0.05)
    return found.group(1)


def _environ(environ: dict[str, str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CINEMA_")}
    return clean | {"DJANGO_SETTINGS_MODULE": "cinema.settings"} | environ
