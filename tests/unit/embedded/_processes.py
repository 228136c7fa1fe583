"""Real processes for the tests of the embedded server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

REPOSITORY = Path(__file__).resolve().parents[3]
FAST = {"fsync": "off"}

MEMBER = """
import sys
from matinee import embedded
server = embedded.start(sys.argv[1], settings={"fsync": "off"})
print(server.host, flush=True)
sys.stdin.read()
"""


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "PYTHONPATH": str(REPOSITORY / "src"), **variables}


def python(script: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run *script* to its end; every warning in it is an error."""
    command = [sys.executable, "-W", "error", "-c", script, *map(str, arguments)]
    return subprocess.run(
        command,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Member:
    """Another process that starts or joins the server of a folder and stays."""

    def __init__(self, folder: Path, script: str = MEMBER, **popen) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, str(folder)],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **popen,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    @property
    def pid(self) -> int:
        return self.process.pid

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def close_input(self) -> None:
        self.process.stdin.close()
        self.process.stdin = None

    def end(self) -> int:
        """Let it end in good order."""
        self.process.communicate(timeout=60)
        return self.process.returncode

    def kill(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=60)


def home_of(folder: Path) -> Path:
    home = folder / "postgresql"
    note = home / "elsewhere"
    return Path(note.read_text().strip()) if note.exists() else home


def postmaster(folder: Path) -> int:
    return int((home_of(folder) / "server/data/postmaster.pid").read_text().split("\n")[0])


def working_below(folder: Path) -> list[int]:
    """Return the processes whose working folder is in *folder*: servers and their children."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink().is_relative_to(folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def keepers(folder: Path) -> list[int]:
    """Return the keepers of the homes in *folder*, however deep, and of one it has elsewhere."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if len(words) > 4 and words[3].endswith("_leaving.py"):
            home = Path(words[4])
            if home == home_of(folder) or home.is_relative_to(folder):
                found.append(int(entry.name))
    return found


def eventually(condition: Callable[[], object], *, within_s: float = 30) -> bool:
    """Tell whether *condition* came true; the limit only ends a test that has failed anyway."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def may_mount() -> bool:
    script = "mount -t tmpfs none /mnt"
    tried = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, check=False)
    return tried.returncode == 0


def start_in_own_mounts(mount: str, folder: Path) -> str:
    """Start a server in *folder* after *mount*, which nobody else sees; return what came of it."""
    script = (
        "import os, pathlib, sys\n"
        "from matinee import embedded\n"
        "from matinee.exceptions import EmbeddedError\n"
        "try:\n"
        "    with embedded.start(sys.argv[1], settings={'fsync': 'off'}) as server:\n"
        "        print('started', pathlib.Path(server.host).owner())\n"
        "except EmbeddedError as error:\n"
        "    print(error.code, error)\n"
    )
    command = f'{mount} && exec "$1" -W error -c "$2" "$3"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command, "sh", sys.executable, script, str(folder)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
