"""The demo, from a fresh clone to the end, and everything that can keep it from opening."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest

from cinema._demo.database import check_version
from cinema._demo.problems import Problem
from matinee import embedded
from tests.demo.conftest import Clone
from tests.demo.machine import environment, small_disk
from tests.demo.running import demo, left_behind

pytestmark = pytest.mark.timeout(600)


def log_in(client: httpx2.Client, password: str) -> httpx2.Response:
    client.get("/admin/login/")
    form = {
        "username": "admin",
        "password": password,
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
        "next": "/admin/",
    }
    return client.post("/admin/login/", data=form)


def contents(films: dict) -> list[tuple]:
    """Return what the answer holds besides addresses, which name the port."""
    return [
        (film["id"], film["title"], [review["id"] for review in film["reviews"]])
        for film in films["results"]
    ]


def test_a_fresh_clone_opens_on_the_real_films(clone: Clone):
    assert len(clone.films["results"]) == 100
    assert clone.films["count"] == 3201


def test_it_says_what_to_open(clone: Clone):
    for page in ["/", "/api/", "/api/docs/", "/admin/"]:
        assert f"{clone.first.url}{page} " in clone.first.output


def test_what_it_says_to_open_opens(clone: Clone):
    with (
        demo(clone.launcher, cwd=clone.path) as again,
        httpx2.Client(base_url=again.wait_until_open().url, timeout=60) as client,
    ):
        pages = ["/", "/api/films/?page_size=100", "/api/", "/api/docs/", "/api/schema/"]
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
        assert client.get("/admin/").headers["location"].startswith("/admin/login/")
        assert client.get("/static/admin/css/base.css").status_code == 200


def test_sigterm_to_make_stops_all_it_started(clone: Clone):
    assert clone.first_code == -signal.SIGTERM  # make passes the signal on, waits, then obeys it
    assert left_behind(clone.path) == []


def test_ctrl_c_stops_all_it_started(clone: Clone):
    with demo(["make", "demo", "PORT=0"], cwd=clone.path, PATH=clone.search) as again:
        again.wait_until_open()
        os.killpg(again.process.pid, signal.SIGINT)
        again.ended()
    assert "Traceback" not in again.output
    assert left_behind(clone.path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_launcher_alone_is_an_orderly_end(clone: Clone, number: signal.Signals):
    with demo(clone.launcher, cwd=clone.path) as again:
        assert again.wait_until_open().stop(number) == 0
    assert "Traceback" not in again.output
    assert left_behind(clone.path) == []


def test_a_signal_while_it_starts_is_an_orderly_end(clone: Clone, var: Path):
    with demo(clone.launcher, cwd=clone.path, CINEMA_VAR=str(var)) as starting:
        assert starting.said("Migrating")
        assert starting.stop() == 0
    assert "Traceback" not in starting.output
    assert left_behind(var) == []


def test_a_browser_that_keeps_its_connection_does_not_hold_the_end_up(clone: Clone):
    with demo(clone.launcher, cwd=clone.path) as again:
        address = urlsplit(again.wait_until_open().url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(b"GET /api/genres/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
            assert again.stop() == 0


def test_a_request_that_waits_for_ever_does_not_hold_the_end_up(clone: Clone):
    with demo(clone.launcher, cwd=clone.path) as again, ThreadPoolExecutor() as browsers:
        again.wait_until_open()
        with embedded.start(clone.var) as server:
            login = {"host": server.host, "user": server.user, "dbname": "cinema"}
        with contextlib.closing(psycopg.connect(**login)) as holder:
            holder.execute("LOCK TABLE films_genre")
            answer = browsers.submit(httpx2.get, f"{again.url}/api/genres/", timeout=60)
            while not holder.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                assert not answer.done()
            assert again.stop() == 0
    assert isinstance(answer.exception(), httpx2.TransportError)
    assert left_behind(clone.path) == []


def test_a_second_start_loads_nothing_and_has_lost_nothing(clone: Clone):
    with (
        demo(clone.launcher, cwd=clone.path) as second,
        httpx2.Client(base_url=second.wait_until_open().url, timeout=60) as client,
    ):
        assert log_in(client, clone.first.password).headers["location"] == "/admin/"
        session = client.cookies["sessionid"]
    with (
        demo(clone.launcher, cwd=clone.path) as third,
        httpx2.Client(base_url=third.wait_until_open().url, timeout=60) as client,
    ):
        client.cookies["sessionid"] = session
        assert client.get("/admin/").status_code == 200
        films = client.get("/api/films/?page_size=100").json()
    assert contents(films) == contents(clone.films)
    assert "loaded" not in third.output


def test_the_password_is_printed_once_and_kept_as_a_hash_alone(clone: Clone):
    with demo(clone.launcher, cwd=clone.path) as again:
        again.wait_until_open()
    password = clone.first.password
    assert len(password) >= 16
    assert password not in again.output
    files = [path for path in clone.var.rglob("*") if path.is_file()]
    assert [path for path in files if password.encode() in path.read_bytes()] == []


def test_the_secret_key_is_for_its_owner_only(clone: Clone):
    key = clone.var / "secret-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) >= 50


def test_a_server_of_ones_own_is_used_instead(clone: Clone, var: Path, cinema_database):
    with (
        cinema_database("demo") as url,
        demo(clone.launcher, cwd=clone.path, CINEMA_VAR=str(var), DATABASE_URL=url) as own,
    ):
        films = httpx2.get(f"{own.wait_until_open().url}/api/films/?page_size=1", timeout=60)
    assert films.json()["count"] == 3201
    assert [path.name for path in var.iterdir()] == ["secret-key"]


def test_uv_run_does_the_same(clone: Clone):
    uv = str(clone.path / ".venv/bin/uv")
    with demo([uv, "run", "cinema", "--port", "0"], cwd=clone.path) as again:
        films = httpx2.get(f"{again.wait_until_open().url}/api/films/?page_size=1", timeout=60)
        again.stop()
    assert films.json()["count"] == 3201
    pytest_ = [
        uv,
        "run",
        "pytest",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "tests/unit/test_exceptions.py",
    ]
    ran = subprocess.run(pytest_, cwd=clone.path, env=environment(), capture_output=True, check=False, text=True)  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert left_behind(clone.path) == []


def test_neither_set_up_takes_away_what_the_other_installed(clone: Clone):
    for target in ["setup", "setup-demo"]:
        subprocess.run(["make", target], cwd=clone.path, env=environment(PATH=clone.search), check=True)  # fmt: skip
    imports = "import cinema.settings, pytest, ruff, servestatic, uv"
    python = clone.path / ".venv/bin/python"
    subprocess.run([python, "-c", imports], cwd=clone.path, env=environment(DATABASE_URL="postgresql:///none"), check=True)  # fmt: skip


def test_an_environment_in_step_is_left_alone_without_a_word(clone: Clone):
    again = subprocess.run(["make", "setup-demo"], cwd=clone.path, env=environment(PATH=clone.search), capture_output=True, check=True, text=True)  # fmt: skip
    assert again.stdout + again.stderr == ""


def refused(clone: Clone, var: Path, *arguments: str, **changes: str) -> str:
    """Return what a launcher said that did not open, and see that it left nothing running."""
    launcher = [*clone.launcher[:3], *arguments]
    with demo(launcher, cwd=clone.path, CINEMA_VAR=str(var), **changes) as refusing:
        assert refusing.ended() == 1
    assert "Traceback" not in refusing.output
    assert left_behind(var) == []
    return refusing.output


def test_a_taken_port_is_said_before_anything_is_started(clone: Clone, var: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(clone, var, "--port", str(port))
    assert f"Port {port} of 127.0.0.1 is taken" in said
    assert "make demo PORT=" in said
    assert list(var.iterdir()) == []


def test_make_fails_too_when_the_port_is_taken(clone: Clone):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = ["make", "demo", f"PORT={taken.getsockname()[1]}"]
        with demo(command, cwd=clone.path, PATH=clone.search) as refusing:
            assert refusing.ended() == 2
    assert "is taken" in refusing.output


@pytest.mark.parametrize("port", ["eighty", "-1", "65536", "80.5"])
def test_a_port_that_is_none_is_named(clone: Clone, var: Path, port: str):
    assert f"PORT must be a number from 0 to 65535, got '{port}'" in refused(clone, var, PORT=port)


def test_a_server_that_does_not_answer_is_named_without_its_password(clone: Clone, var: Path):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # taken, but nobody listens
        port = unheard.getsockname()[1]
        url = f"postgresql://someone:s3cret@127.0.0.1:{port}/films"
        said = refused(clone, var, DATABASE_URL=url)
    assert "No database can be used at DATABASE_URL" in said
    assert str(port) in said
    assert "leave DATABASE_URL out" in said
    assert "s3cret" not in said


def test_an_address_of_another_kind_of_database_is_refused(clone: Clone, var: Path):
    assert "begins with mysql://" in refused(
        clone, var, DATABASE_URL="mysql://root@127.0.0.1/films"
    )


def test_a_server_that_is_too_old_is_refused_with_its_version():
    with pytest.raises(Problem, match=r"must be 15 or newer, got 14\.9"):
        check_version(140009)
    check_version(150000)


def test_a_broken_data_folder_is_explained(clone: Clone, var: Path):
    subprocess.run(["cp", "-a", f"{clone.var}/.", var], check=True)
    shutil.rmtree(var / "postgresql/server/data/global")
    said = refused(clone, var)
    assert "PostgreSQL did not start" in said
    assert "pg_control" in said


def test_a_folder_that_cannot_be_made_is_named(clone: Clone, var: Path):
    (var / "file").touch()
    said = refused(clone, var / "file")
    assert f"{var / 'file'} cannot be used" in said
    assert "CINEMA_VAR=" in said


def test_a_disk_without_room_is_said_at_once(clone: Clone, var: Path):
    with small_disk(var, megabytes=16) as limit:
        said = no_room(clone, var, limit)
    assert "Starting PostgreSQL" not in said or limit


def test_a_disk_that_fills_up_on_the_way_is_said_when_it_does(clone: Clone, var: Path):
    with small_disk(var, megabytes=96) as limit:
        (var / "something-else").touch()
        said = no_room(clone, var, limit, fill_up_after="Migrating")
    assert "Starting PostgreSQL" in said


def no_room(clone: Clone, var: Path, limit: int | None, *, fill_up_after: str = "") -> str:
    with demo(clone.launcher, cwd=clone.path, CINEMA_VAR=str(var), file_limit=limit) as refusing:
        if fill_up_after and refusing.said(fill_up_after) and not limit:
            fill_up(var)
        assert refusing.ended() == 1
    assert "The disk is full" in refusing.output
    assert "Free some space" in refusing.output
    assert left_behind(var) == []
    return refusing.output


def fill_up(folder: Path) -> None:
    with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(bytes(64 * 1024)):
            pass
