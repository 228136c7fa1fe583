"""What staff may break, who else may not, and that the site is there afterwards."""

import asyncio
import html
import importlib
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client
from django.urls import clear_url_caches

import cinema.backstage.urls
import cinema.urls
from cinema.backstage import breaking
from cinema.films.models import Direction, Director, Film
from cinema.programme.models import Hall, Screening
from tests import _serving

PASSWORD = "popcorn-and-limelight"


@pytest.fixture
def demo(settings) -> Iterator[None]:
    """A site that has the break-it strip."""
    settings.CINEMA_BREAK_IT = True
    importlib.import_module("cinema.backstage.faults")
    _read_urls_again()
    yield
    settings.CINEMA_BREAK_IT = False
    _read_urls_again()


def _read_urls_again() -> None:
    importlib.reload(cinema.backstage.urls)
    importlib.reload(cinema.urls)
    clear_url_caches()


@pytest.fixture
def staff(admin_client: Client) -> Client:
    return admin_client


@pytest.fixture
def busy_director(db) -> Director:
    director = Director.objects.create(name="Agnès Varda")
    for title in ("Cléo de 5 à 7", "Sans toit ni loi"):
        Direction.objects.create(film=Film.objects.create(title=title), director=director)
    return director


def other_connection() -> psycopg.Connection:
    config = connection.settings_dict
    return psycopg.connect(
        dbname=config["NAME"], user=config["USER"], host=config["HOST"], port=config["PORT"] or None
    )


@pytest.mark.parametrize("path", ["/backstage/break/", "/backstage/break/cut/"])
def test_without_the_setting_there_is_no_such_page(staff, path):
    assert staff.get(path).status_code == 404
    assert staff.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/backstage/break/", "/backstage/break/rename/"])
def test_somebody_unknown_is_asked_to_log_in(demo, client, db, path):
    answer = client.post(path) if path.endswith("rename/") else client.get(path)
    assert answer.status_code == 302
    assert "login" in answer.url


@pytest.mark.parametrize("path", ["/backstage/break/", "/backstage/break/rename/"])
def test_a_visitor_with_an_account_is_refused(demo, client, busy_director, path):
    client.force_login(User.objects.create_user("visitor"))
    answer = client.post(path) if path.endswith("rename/") else client.get(path)
    assert answer.status_code == 403
    busy_director.refresh_from_db()
    assert busy_director.name == "Agnès Varda"


def test_nothing_breaks_by_get(demo, staff, busy_director):
    assert staff.get("/backstage/break/rename/").status_code == 405
    busy_director.refresh_from_db()
    assert busy_director.name == "Agnès Varda"


def test_nothing_breaks_without_a_csrf_token(demo, busy_director, admin_user):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user)
    assert strict.post("/backstage/break/rename/").status_code == 403
    busy_director.refresh_from_db()
    assert busy_director.name == "Agnès Varda"


def test_an_unknown_fault_is_not_found(demo, staff):
    assert staff.post("/backstage/break/nonsense/").status_code == 404


def test_each_fault_has_a_button_and_an_explanation(demo, staff):
    page = staff.get("/backstage/break/").content.decode()
    for fault in breaking.faults().values():
        assert f'action="/backstage/break/{fault.name}/"' in page
        assert str(fault.title) in page
        assert str(fault.explanation) in page


def test_a_fault_another_app_registers_is_offered_and_its_outcome_shown(demo, staff, monkeypatch):
    monkeypatch.setattr(breaking, "_register", {})
    breaking.fault("lights", "Turn off the lights", explanation="All of them.")(
        lambda: "Dark <now>."
    )
    assert "Turn off the lights" in staff.get("/backstage/break/").content.decode()
    answer = staff.post("/backstage/break/lights/", follow=True)
    assert "Dark &lt;now&gt;." in answer.content.decode()


def test_rename_changes_a_name_behind_the_orm_and_back(demo, staff, busy_director):
    answer = staff.post("/backstage/break/rename/", follow=True)
    busy_director.refresh_from_db()
    renamed = busy_director.name
    assert renamed.startswith("Agnès Varda")
    assert renamed != "Agnès Varda"
    assert renamed in answer.content.decode()
    assert renamed in staff.get(busy_director.get_absolute_url()).content.decode()

    staff.post("/backstage/break/rename/")
    busy_director.refresh_from_db()
    assert busy_director.name == "Agnès Varda"


def test_rename_says_so_when_there_is_nobody_to_rename(demo, staff):
    answer = staff.post("/backstage/break/rename/", follow=True)
    assert "no director" in answer.content.decode()


@pytest.fixture
def no_idle_thread() -> None:
    """Let go of the connection that asynchronous tests before left open in their thread."""
    asyncio.run(sync_to_async(connections.close_all)())


def test_cut_ends_every_connection_but_its_own(demo, staff, no_idle_thread):
    with other_connection() as other:
        answer = staff.post("/backstage/break/cut/", follow=True)
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")
    assert answer.status_code == 200
    assert re.search(r"[1-9]\d* connections? (was|were) cut", answer.content.decode())


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site on a PostgreSQL of its own: killing that one takes no other test with it."""
    folder = tmp_path_factory.mktemp("own")
    environ = {
        "DATABASE_URL": "",
        "CINEMA_VAR": str(folder / "var"),
        "CINEMA_BREAK_IT": "1",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    _serving.manage("migrate", "--verbosity=0", **environ)
    _serving.manage("createsuperuser", "--noinput", "--username=admin", "--email=", **environ)
    with _serving.uvicorn(folder / "log", **environ) as address:
        yield address


@pytest.mark.parametrize("fault", ["cut", "kill"])
def test_the_site_answers_after(own_server, fault):
    staff = Staff(own_server)
    staff.log_in()
    visitors = ThreadPoolExecutor(8)
    before = list(visitors.map(status_of, [f"{own_server}/"] * 16))
    outcome = staff.break_it(fault)
    after = list(visitors.map(status_of, [f"{own_server}/"] * 32))

    assert before == [200] * 16
    assert 'role="status"' in outcome
    assert after == [200] * 32


def status_of(address: str) -> int:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.status


class Staff:
    """Somebody with a browser's manners: cookies and forms."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def log_in(self) -> None:
        self._submit("/admin/login/", "/admin/login/", username="admin", password=PASSWORD)

    def break_it(self, fault: str) -> str:
        return self._submit("/backstage/break/", f"/backstage/break/{fault}/")

    def _submit(self, shown_on: str, path: str, **fields: str) -> str:
        form = self._read(shown_on)
        [token, *_] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "next": "/admin/", **fields})
        return self._read(path, data.encode())

    def _read(self, path: str, data: bytes | None = None) -> str:
        request = urllib.request.Request(f"{self.site}{path}", data)
        request.add_header("Referer", self.site)
        with self.opener.open(request, timeout=90) as answer:
            return answer.read().decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_the_same_slot_one_gets_it_and_the_other_is_told(demo, staff):
    Hall.objects.create(name="Attic", seats=32)
    for title in ("Alien", "Brazil"):
        Film.objects.create(title=title)
    importlib.import_module("cinema.programme.faults")
    for _ in range(5):
        answer = staff.post("/backstage/break/race/", follow=True)
        text = html.unescape(answer.content.decode())
        assert "1 of 2 got it." in text
        assert len(re.findall(r"“\w+” won\.", text)) == 1
        assert len(re.findall(r"“\w+” lost, and was told: .* \(conflict\.overlap\)", text)) == 1
        assert not Screening.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_both_would_get_it(demo, staff):
    Hall.objects.create(name="Attic", seats=32)
    for title in ("Alien", "Brazil"):
        Film.objects.create(title=title)
    importlib.import_module("cinema.programme.faults")
    [constraint] = [each for each in Screening._meta.constraints if "one_at_a" in each.name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Screening, constraint)
    try:
        answer = staff.post("/backstage/break/race/", follow=True)
        assert "2 of 2 got it." in answer.content.decode()
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(Screening, constraint)
