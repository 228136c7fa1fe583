"""A demo in a process of its own, and what it leaves behind."""

import os
import re
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil

from tests.demo.machine import environment

OPEN = "Ctrl-C stops it"
TAKES_AT_MOST_S = 240


class Demo:
    """A command that opens the cinema, at the head of a process group as in a terminal."""

    def __init__(
        self, command: list[str], *, cwd: Path, env: dict[str, str], file_limit: int | None = None
    ) -> None:
        self.lines: list[str] = []
        self.opened = threading.Event()
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_limit(file_limit) if file_limit else None,  # noqa: PLW1509 - no threads use it
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_until_open(self) -> Self:
        self.opened.wait(TAKES_AT_MOST_S)
        assert self.url, self.output
        return self

    def said(self, words: str) -> bool:
        """Wait until *words* are among the output; False if it ends without them."""
        while words not in self.output and self.process.poll() is None:
            time.sleep(0.01)
        return words in self.output

    def ended(self) -> int:
        """Wait for the end and return the exit code."""
        code = self.process.wait(TAKES_AT_MOST_S)
        self._reader.join(10)
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.ended()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    @property
    def url(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.output)
        return found.group() if found else ""

    @property
    def password(self) -> str:
        found = re.search(r"as admin, password (\S+)", self.output)
        return found.group(1) if found else ""

    def _read(self) -> None:
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line)
                if OPEN in line:
                    self.opened.set()
        self.opened.set()


@contextmanager
def demo(
    command: list[str], *, cwd: Path, file_limit: int | None = None, **changes: str
) -> Iterator[Demo]:
    """Run *command*; whatever the test did not stop is stopped at the end."""
    running = Demo(command, cwd=cwd, env=environment(**changes), file_limit=file_limit)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            os.killpg(running.process.pid, signal.SIGTERM)
        running.ended()


def left_behind(folder: Path) -> list[str]:
    """Return the command lines of the processes that still have to do with *folder*.

    The watcher of the database ends a moment after it.
    """
    deadline = time.monotonic() + 20
    while (found := list(_at_work(folder))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _at_work(folder: Path) -> Iterator[str]:
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            if str(folder) in command or process.cwd().startswith(str(folder)):
                yield command
        except psutil.Error:
            continue


def _limit(size: int):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
