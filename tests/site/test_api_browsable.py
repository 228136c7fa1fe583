"""The API in a browser: pages, forms, and what their headers say."""

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cinema.films.models import Director, Film, Genre
from cinema.reviews.models import Review, Reviewer
from matinee.testing import assert_reads
from tests.site._api import ENDPOINTS, fill, row, send, staff, visitor

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CALLERS = {"anonymous": Client, "visitor": visitor, "staff": staff}


def page(client: Client, path: str, *, status: int = 200) -> str:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    return response.content.decode()


def paths(endpoint: str) -> list[str]:
    """Return the path of the list and of one row."""
    url = Client().get(f"/api/{endpoint}/").json()["results"][0]["url"]
    return [f"/api/{endpoint}/", url]


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_endpoint_has_a_page_for_everybody(endpoint, caller):
    fill(3)
    client = CALLERS[caller]()
    for path in paths(endpoint):
        text = page(client, path)
        forms = re.findall(r'<form[^>]+enctype="multipart/form-data"', text)
        may_write = caller == "staff" if endpoint != "reviews" else caller != "anonymous"
        # A review that others wrote has no form, not even for staff.
        assert bool(forms) == (may_write and (endpoint != "reviews" or path == "/api/reviews/"))


def test_the_root_the_login_and_a_refusal_are_pages():
    client = Client()
    root = page(client, "/api/")
    assert "/api/films/" in root
    assert 'href="/api/docs/"' in root
    assert "csrfmiddlewaretoken" in page(client, "/api/auth/login/?next=/api/")
    assert "/api/auth/login/" in page(client, "/api/films/")
    assert "genre" in page(client, "/api/films/?genre=abc", status=400)
    page(client, "/api/films/?page=99", status=404)
    page(staff(), "/api/films/?page=0", status=400)


def test_a_page_is_headed_by_what_it_shows():
    hall = fill(1)[0].screenings.get().hall
    assert "<h1>Halls</h1>" in page(Client(), "/api/halls/")
    assert "<h1>Hall</h1>" in page(Client(), f"/api/halls/{hall.pk}/")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_form_loads_no_more_for_a_thousand_rows_than_for_ten(endpoint):
    client = staff()
    fill(10)
    before = cost(client, endpoint)
    Film.objects.bulk_create(Film(title=f"Option {n}") for n in range(1000))
    Director.objects.bulk_create(Director(name=f"Option {n}") for n in range(1000))
    Genre.objects.bulk_create(Genre(name=f"Option {n}") for n in range(1000))
    Reviewer.objects.bulk_create(Reviewer(name=f"Option {n}") for n in range(1000))
    assert cost(client, endpoint) == before


def cost(client: Client, endpoint: str) -> list[tuple[int, int]]:
    """Return the queries and the options of a list's page, and of a row's."""
    costs = []
    for path in paths(endpoint):
        with CaptureQueriesContext(connection) as captured:
            text = page(client, path)
        costs.append((len(captured), text.count("<option")))
    return costs


class Form(HTMLParser):
    """The fields of the form a browser would send with PUT, as it would send them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.area = ""
        start = text.index('data-method="PUT"')
        self.feed(text[text.rindex("<form", 0, start) : text.index("</form>", start)])

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            if given.get("type") != "checkbox":
                self.fields[given["name"]] = given.get("value", "")
            elif "checked" in given:
                self.fields[given["name"]] = given.get("value", "on")
        if tag == "textarea":
            self.area = given["name"]
            self.fields[self.area] = ""

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.fields[self.area] = self.fields[self.area].strip()
            self.area = ""


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_form_sent_back_as_it_came_changes_nothing(endpoint):
    fill(3)
    client = visitor() if endpoint == "reviews" else staff()
    url = paths(endpoint)[1]
    if endpoint == "reviews":
        url = send(client, "post", "/api/reviews/", row("reviews")).json()["url"]
    before = client.get(url).json()
    fields = Form(page(client, url)).fields
    assert fields
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    response = client.put(url, f"{body}--b--\r\n", content_type="multipart/form-data; boundary=b")
    assert response.status_code == 200, response.content
    assert response.json() | {"changed_at": None} == before | {"changed_at": None}


def test_directors_are_typed_into_a_form_by_their_ids():
    film, client = fill(3)[0], staff()
    ids = list(Director.objects.order_by("name").values_list("pk", flat=True))
    url = f"/api/films/{film.pk}/"
    for text, expected in [
        (f"{ids[0]}, {ids[2]}", [ids[0], ids[2]]),
        ("", []),
        (f"[{ids[1]}]", [ids[1]]),
    ]:
        body = f"title=T&director_ids={text}"
        response = client.put(url, body, content_type="application/x-www-form-urlencoded")
        assert response.json()["director_ids"] == expected
    response = client.put(
        url, "title=T&director_ids=1;2", content_type="application/x-www-form-urlencoded"
    )
    assert (response.status_code, response.json().keys()) == (400, {"director_ids"})


SCRIPT = """"><script>alert('x')</script><img src=x onerror=alert(1)>"""
LINK = 'javascript:alert(1) https://evil.example/"onmouseover=alert(1) &lt;script&gt;'


@pytest.mark.parametrize("caller", CALLERS)
def test_what_is_stored_is_text_and_never_markup(caller):
    for n, evil in enumerate([SCRIPT, LINK]):
        name = f"{evil[:55]}{n}"
        film = Film.objects.create(
            title=evil, certificate=evil[:20], genre=Genre.objects.create(name=name)
        )
        film.directors.add(Director.objects.create(name=name))
        Review.objects.create(
            film=film, author=Reviewer.objects.create(name=name), stars=1, text=evil
        )
    client = CALLERS[caller]()
    for endpoint in ["films", "directors", "genres", "reviews"]:
        for path in paths(endpoint):
            for text in (page(client, path), page(client, f"{path}?fields=id,url")):
                assert "<script>alert" not in text
                assert "<img src=x" not in text
                assert '"onmouseover' not in text
                assert 'href="javascript:' not in text


def test_the_form_of_a_sparse_page_shows_every_field_by_a_query_a_relation():
    film = Film.objects.create(title="Sparse", genre=Genre.objects.create(name="Noir"))
    client = staff()
    with assert_reads(4 + 1 + 5):
        # Session, user, what the user and the groups may; the film, sparse; for the form its
        # counts, genre, directors, reviews and credits.
        text = page(client, f"/api/films/{film.pk}/?fields=id,title")
    assert "genre_id" in text


@pytest.mark.parametrize("name", ["search", "genre", "gener", "page", "fields", "ordering"])
def test_what_is_asked_is_text_and_never_markup(name):
    response = Client().get("/api/films/", {name: SCRIPT}, headers=BROWSER)
    assert b"<script>alert" not in response.content
    assert b"<img src=x" not in response.content


def test_a_parameter_s_own_name_is_text_and_never_markup():
    response = Client().get("/api/films/", {SCRIPT: "1"}, headers=BROWSER)
    assert response.status_code == 400
    assert b"<script>alert" not in response.content


# Headers


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("headers", [{}, BROWSER], ids=["json", "html"])
def test_an_answer_to_who_is_logged_in_is_theirs_alone(endpoint, headers):
    fill(1)
    for path in paths(endpoint):
        for client in (visitor(f"v{path}", pen_name=None), staff(f"s{path}")):
            response = client.get(path, headers=headers)
            assert "private" in response["Cache-Control"]
            assert {"Accept", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}


@pytest.mark.parametrize("path", ["/api/", "/api/docs/", "/api/schema/"])
def test_so_is_the_way_in(path):
    assert "private" in visitor().get(path)["Cache-Control"]


def test_an_answer_to_nobody_in_particular_still_varies_with_who_asks():
    response = Client().get("/api/films/")
    assert "private" not in response.get("Cache-Control", "")
    assert {"Accept", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}


def test_a_refusal_to_who_is_logged_in_is_private_too():
    assert "private" in visitor().get("/api/films/?genre=abc")["Cache-Control"]


def test_browsers_are_told_not_to_guess_the_type_of_an_answer():
    response = Client().get("/api/films/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/json"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("accept", ["application/xml", "text/plain", "nonsense", "image/*"])
def test_a_format_there_is_not_is_not_acceptable(accept):
    assert Client().get("/api/films/", headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize("name", ["xml", "admin", "%00", "../x"])
def test_a_format_nobody_knows_is_not_found(name):
    assert Client().get(f"/api/films/?format={name}").status_code == 404


def test_options_tells_staff_what_can_be_posted_without_listing_every_row():
    fill(20)
    response = staff().options("/api/reviews/")
    assert response.json()["actions"]["POST"]["film_id"]["required"] is True
    assert "choices" not in response.json()["actions"]["POST"]["film_id"]


def test_reads_are_counted_by_address(client, monkeypatch):
    from cinema.api.throttles import Reads

    monkeypatch.setattr(Reads, "rate", "2/min", raising=False)
    assert [client.get("/api/halls/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/api/halls/", REMOTE_ADDR="127.0.0.2").status_code == 200
    assert visitor().get("/api/halls/").status_code == 200
