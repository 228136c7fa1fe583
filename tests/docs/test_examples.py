"""Every example in README.md and in docs is executed, in a transaction of its page's own."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from django.test import override_settings

from matinee import conf
from matinee.reads.drf import plan_for
from tests import _databases
from tests.docs import _examples
from tests.shelf import methods

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"\(\S+\.\w+:\d+\)")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*/*.md")), ROOT / "docs" / "index.md"]


@pytest.fixture(scope="module")
def films(django_db_setup, django_db_blocker):
    """The name of a database with the real films, which Django's connection leads to."""
    with django_db_blocker.unblock():
        template = _databases.films_template()
        with (
            _databases.clone("docs", template=template) as name,
            _databases.connected_to(name),
        ):
            yield name


@pytest.fixture
def folder(monkeypatch):
    """The working directory: one that the embedded server's user may enter too."""
    path = Path(tempfile.mkdtemp(prefix="m-", dir="/tmp"))
    path.chmod(0o711)
    monkeypatch.chdir(path)
    yield path
    shutil.rmtree(path)


@pytest.fixture(autouse=True)
def project_database(films, monkeypatch):
    """An empty database as DATABASE_URL, for a page that makes a project of its own."""
    with _databases.clone("project", template="template1") as name:
        monkeypatch.setenv("DATABASE_URL", _databases.server_url(name))
        yield


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_runs_and_prints_what_the_page_says(path, folder, db, request):
    page = _examples.Page(path, folder, request.getfixturevalue)
    page.run()
    called = _examples.fences(path.read_text())
    assert page.executed == sum(each in _examples.EXECUTED for each in called)
    with override_settings(MATINEE=page.document.namespace.get("MATINEE", {})):
        assert list(conf.problems()) == []


def test_the_readme_shows_the_plan_and_the_sql_that_run(folder, db, request):
    page = _examples.Page(ROOT / "README.md", folder, request.getfixturevalue)
    page.run()
    text = (ROOT / "README.md").read_text()
    view = page.document.namespace["FilmViewSet"]
    reader = plan_for(view.serializer_class())
    ran = [sql for _, sql in reader.statements(view.queryset)]
    shown = re.search(r"```sql\n(.*?)```", text, re.DOTALL)[1]
    assert [" ".join(each.split()) for each in shown.split(";") if each.strip()] == ran
    lines = (PLACE.sub("(here)", line) for line in [*reader.plan.lines()][1:])
    assert "\n".join(lines) in PLACE.sub("(here)", text)


def test_the_readme_says_how_many_methods_there_are_to_understand():
    (said,) = re.findall(r"Of (\d+) methods", (ROOT / "README.md").read_text())
    assert int(said) == len(methods.CASES)


def test_an_example_that_prints_something_else_fails():
    with pytest.raises(AssertionError, match="three"):
        _examples.compare("one\ntwo\nthree\n", "one\n...\nfour")


def test_dots_stand_for_anything():
    _examples.compare("one  \ntwo\nthree\n", "one\n...\nth...e\n...\n")
