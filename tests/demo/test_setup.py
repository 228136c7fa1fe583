"""The set-up on machines that lack something, and the Makefile that calls it."""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.machine import REPOSITORY, environment, path_without_uv, small_disk

# What the scripts themselves call.
TOOLS = ["awk", "cat", "cksum", "df", "dirname", "head", "make", "mkdir", "mktemp", "rm", "sed", "sh", "sort", "tr"]  # fmt: skip
# pyenv puts a script like this one on PATH for each version it has, chosen or not.
SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"


@pytest.fixture
def programs(home: Path, copy: Path) -> Path:
    """A folder to be all of PATH, with what the scripts call and no Python."""
    folder = home / f"programs-{copy.name}"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool))
    return folder


def add(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(script)
    program.chmod(0o755)
    return program


def new_python() -> str:
    return f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'


def old_python() -> str:
    """A real Python that is too old, where this machine has one; else one that cannot run."""
    found = [shutil.which(f"python3.{minor}", path="/usr/bin:/usr/local/bin") for minor in range(11, 5, -1)]  # fmt: skip
    versions = (Path.home() / ".pyenv/versions").glob("3.[6-9].*/bin/python")
    olds = [*filter(None, found), *map(str, versions)]
    return f'#!/bin/sh\nexec "{olds[0]}" "$@"\n' if olds else SHIM


def run(
    *command: str, cwd: Path = REPOSITORY, path: str | Path, **changes: str
) -> subprocess.CompletedProcess[str]:
    empty = {"HOME": "/nonexistent", "PYENV_ROOT": ""}
    env = environment(**{**empty, **changes, "PATH": str(path)})
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # fmt: skip


def find(path: str | Path, *arguments: str, **changes: str) -> str:
    """Return the Python that is found, or what is said where there is none."""
    ran = run("sh", "scripts/find-python.sh", *arguments, path=path, **changes)
    assert bool(ran.stdout) == (ran.returncode == 0)
    return (ran.stdout or ran.stderr).strip()


@pytest.mark.parametrize("script", [old_python(), SHIM], ids=["old", "shim"])
def test_without_a_fitting_python_make_says_what_to_do(copy: Path, programs: Path, script: str):
    add(programs, "python3", script)
    ran = run("make", "demo", cwd=copy, path=programs)
    assert ran.returncode == 2
    assert "No Python 3.12 or newer runs here" in ran.stderr
    assert "make demo PYTHON=" in ran.stderr
    assert not (copy / ".venv").exists()


def test_a_python_that_is_asked_for_and_too_old_is_refused(copy: Path, programs: Path):
    add(programs, "python3.13", new_python())
    old = add(programs, "old", old_python())
    ran = run("make", "setup", f"PYTHON={old}", cwd=copy, path=programs)
    assert ran.returncode == 2
    assert f"PYTHON must name a Python 3.12 or newer, got {old}" in ran.stderr


def test_a_python_that_is_asked_for_is_taken(programs: Path):
    add(programs, "python3.13", new_python())
    mine = add(programs, "mine", new_python())
    assert find(programs, PYTHON="mine") == str(mine)


def test_a_python_that_does_not_run_hides_none_behind_it(home: Path, programs: Path):
    behind = home / f"behind-{programs.name}"
    add(programs, "python3.14", SHIM)
    good = add(behind, "python3.14", new_python())
    assert find(f"{programs}:{behind}") == str(good)


def test_a_plain_python3_will_do(programs: Path):
    add(programs, "python3.14", SHIM)
    assert find(programs) != (good := add(programs, "python3", new_python()))
    assert find(programs) == str(good)


def test_pyenvs_versions_are_found_without_its_shims(home: Path, programs: Path):
    versions = home / f"home-{programs.name}/.pyenv/versions"
    add(versions / "3.11.9/bin", "python", new_python())
    good = add(versions / "3.12.4/bin", "python", new_python())
    add(versions / "3.13.1/bin", "python", SHIM)
    ran = run("sh", "scripts/find-python.sh", path=programs, HOME=str(versions.parent.parent))  # fmt: skip
    assert ran.stdout.strip() == str(good)


def test_what_uv_can_find_comes_last(programs: Path):
    good = add(programs, "elsewhere", new_python())
    add(programs, "uv", f"#!/bin/sh\necho {good}\n")
    assert find(programs) == str(good)


def test_an_exact_version_can_be_asked_for(programs: Path):
    add(programs, "python3", new_python())
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert find(programs, version) == str(programs / "python3")
    assert "No Python 3.99 runs here" in find(programs, "3.99")


def test_a_disk_without_room_for_the_environment_is_explained(home: Path, copy: Path):
    links = home / f"links-{copy.name}"
    disk = copy / ".venv"
    disk.mkdir()
    with small_disk(disk, megabytes=24) as limit:
        command = ["make", "setup-demo", f"PYTHON={sys.executable}"]
        if limit:
            command = ["sh", "-c", f"ulimit -f {limit // 512}; exec make setup-demo"]
        ran = run(*command, cwd=copy, path=path_without_uv(links), HOME=str(copy))
    assert ran.returncode == 2
    assert ("The disk is full" if not limit else "see above") in ran.stderr


def test_help_lists_every_target():
    makefile = (REPOSITORY / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    ran = subprocess.run(["make"], cwd=REPOSITORY, env=environment(), capture_output=True, text=True, check=True)  # fmt: skip
    listed = re.findall(r"^  make (\S+) +\S", ran.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(set(phony) - {"setup-demo"})


@pytest.mark.parametrize("path", [".ci/run", *sorted(p.relative_to(REPOSITORY).as_posix() for p in REPOSITORY.glob("scripts/*.sh"))])  # fmt: skip
def test_scripts_are_what_their_shell_can_read(path: str):
    script = REPOSITORY / path
    shell = "bash" if script.read_text().startswith("#!/usr/bin/env bash") else "sh"
    subprocess.run([shell, "-n", script], check=True)
    assert path != ".ci/run" or script.stat().st_mode & stat.S_IXUSR
