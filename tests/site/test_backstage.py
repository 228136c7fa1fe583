"""The drawer "How this page was made", and the comparison in it."""

import importlib
import re
from io import StringIO

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.core.management import call_command
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import clear_url_caches
from django.utils.html import escape

import cinema.backstage.urls
import cinema.urls
from cinema.backstage import middleware
from cinema.backstage.account import account
from cinema.backstage.sql import readable, shorten
from cinema.films.models import Direction, Director, Film, Genre
from cinema.reviews.models import Review, Reviewer
from matinee.receipts import Query, Receipt, ReceiptMiddleware

PAGE = b"<html><head></head><body>Page</body></html>"
SLOT = re.compile(r'id="backstage-facts"[^>]*>\s*<b>(\d+) quer')
TIMING = re.compile(r'sql;dur=[\d.]+;desc="(\d+) quer')


@pytest.fixture
def films(db) -> list[Film]:
    """Twelve films by two directors each, each with a genre."""
    made = []
    for number in range(12):
        genre = Genre.objects.create(name=f"Genre {number}")
        film = Film.objects.create(title=f"Film {number}", genre=genre, imdb_rating="7.5")
        for place in "ab":
            director = Director.objects.create(name=f"Director {number}{place}")
            Direction.objects.create(film=film, director=director)
        made.append(film)
    return made


def shown(answer) -> int:
    """Return the number of queries that the drawer states."""
    return int(SLOT.search(answer.content.decode()).group(1))


def sent(answer) -> int:
    """Return the number of queries that the Server-Timing header states."""
    return int(TIMING.search(answer.headers["Server-Timing"]).group(1))


def dressed(response, *, path="/", settings=None, **headers):
    """Return *response* as it leaves the receipt's and the drawer's middleware."""
    stack = ReceiptMiddleware(middleware.drawer(lambda request: bare(request, response)))
    return stack(RequestFactory().get(path, headers=headers))


def bare(request, response):
    request.resolver_match = None
    return response


# What the drawer says


def test_the_drawer_states_the_queries_that_were_run(films, client):
    answer = client.get("/")
    assert shown(answer) == sent(answer) > 0
    assert "planned by Matinee" in answer.content.decode()


def test_the_drawer_shows_the_plan_of_the_page(films, client):
    page = client.get("/").content.decode()
    assert "What was planned" in page
    assert "fetch directors: Director" in page


def test_the_drawer_says_who_asked_for_each_part_down_to_the_line(films, client):
    page = client.get("/").content.decode()
    assert re.search(
        r"fetch directors: Director  ← FilmCard\.byline "
        r"\(Film\.byline at cinema/films/models\.py:\d+\)",
        page,
    )


def test_the_drawer_of_the_api_prints_what_the_command_does(films, client):
    page = client.get("/api/films/", headers={"Accept": "text/html"}).content.decode()
    printed = StringIO()
    call_command("reads", "FilmViewSet.list", stdout=printed, no_color=True)
    _, *lines = printed.getvalue().strip().splitlines()
    assert "compute FilmSerializer_my_stars  ← FilmSerializer.my_stars" in page
    assert escape("\n".join(lines)) in page
    assert '<span class="bs-comment">/* FilmViewSet */</span>' in page


def test_the_drawer_says_where_instances_answer_programs_too(films, client):
    review = Review.objects.create(
        film=films[0], author=Reviewer.objects.create(name="Holly"), stars=4, text="Seen."
    )
    page = client.get(f"/api/reviews/{review.pk}/", headers={"Accept": "text/html"})
    assert "json: instances make the answer, permissions look" in page.content.decode()


def test_pages_of_no_view_of_the_api_are_not_for_programs(films, client):
    assert "manage.py reads" not in client.get("/").content.decode()
    assert "manage.py reads" not in client.get("/nowhere/").content.decode()


def test_statements_are_grouped_and_counted():
    receipt = Receipt()
    receipt.queries += [Query("default", "SELECT 1", 1.0)] + [
        Query("default", "SELECT 2", 2.0)
    ] * 97
    receipt.query_count = 120
    summed = account(receipt, size=10, planned=True)
    assert [(each.count, each.ms) for each in summed.statements] == [(1, 1.0), (97, 194.0)]
    assert [each.share for each in summed.statements] == [1, 100]
    assert sum(len(strip.frames) for strip in summed.film) == 98
    assert summed.left_out == 22


def test_a_page_that_asks_for_nothing_says_so():
    page = dressed(HttpResponse(PAGE)).content.decode()
    assert "0 queries" in page
    assert "this page needed no data" in page


# Where it is, and where it is not


@pytest.mark.parametrize("path", ["/", "/nowhere/"])
def test_every_page_has_one_drawer(films, client, path):
    page = client.get(path).content.decode()
    assert page.count('id="backstage"') == 1
    assert page.count("backstage/backstage") == 2  # its style and its script


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/nowhere/", "/api/films/?format=json"])
def test_the_admin_and_the_api_have_none(films, client, path):
    assert b"backstage" not in client.get(path).content


def test_a_part_for_htmx_refreshes_the_figures_and_has_no_drawer():
    page = dressed(HttpResponse(b"<li>Film</li>"), **{"HX-Request": "true"}).content.decode()
    assert page.startswith("<li>Film</li>")
    assert '<aside class="bs"' not in page
    assert page.count('hx-swap-oob="innerHTML"') == 2


def test_a_part_that_was_not_asked_for_by_htmx_is_left_alone():
    assert dressed(HttpResponse(b"<li>Film</li>")).content == b"<li>Film</li>"


def test_an_empty_answer_to_htmx_stays_empty():
    assert dressed(HttpResponse(status=204), **{"HX-Request": "true"}).content == b""


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(PAGE, headers={"Content-Encoding": "gzip"}),
        HttpResponse(PAGE, content_type="text/plain"),
    ],
)
def test_what_is_no_readable_html_is_left_alone(response):
    assert dressed(response).content == PAGE


def test_a_stream_is_left_alone():
    assert list(dressed(StreamingHttpResponse([PAGE]))) == [PAGE]


def test_length_and_etag_tell_the_truth_about_the_page_with_its_drawer():
    made = HttpResponse(PAGE, headers={"Content-Length": len(PAGE), "ETag": '"page"'})
    answer = dressed(made)
    assert int(answer.headers["Content-Length"]) == len(answer.content) > len(PAGE)
    assert "ETag" not in answer.headers


def test_a_path_cannot_write_html_into_the_drawer():
    path = "/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    assert b"<script>alert" not in dressed(HttpResponse(PAGE), path=path).content


def test_switched_off_there_is_neither_drawer_nor_comparison(settings, client, db):
    settings.CINEMA_BACKSTAGE = False
    with pytest.raises(MiddlewareNotUsed):
        middleware.drawer(lambda request: HttpResponse(PAGE))
    _read_urls_again()
    assert client.get("/backstage/compare/?page=/").status_code == 404
    settings.CINEMA_BACKSTAGE = True
    _read_urls_again()


def _read_urls_again() -> None:
    importlib.reload(cinema.backstage.urls)
    importlib.reload(cinema.urls)
    clear_url_caches()


# Without Matinee


def test_without_matinee_the_page_runs_many_more_queries(films, client):
    planned, naive = client.get("/"), client.get("/?without-matinee")
    assert sent(naive) == shown(naive) > 2 * sent(planned)
    assert "without Matinee" in naive.content.decode()


def test_the_api_too_runs_many_more_queries_without_matinee(films, client):
    planned, naive = client.get("/api/films/"), client.get("/api/films/?without-matinee")
    assert sent(planned) == 2  # the count, and one statement for all the rest
    assert sent(naive) > 2 * sent(planned)
    assert naive.json() == planned.json()


def test_the_comparison_states_what_each_way_really_ran(films, client):
    planned, naive = sent(client.get("/")), sent(client.get("/?without-matinee"))
    page = client.get("/backstage/compare/", {"page": "/"}).content.decode()
    assert f"<b>{naive}</b> queries without Matinee, <b>{planned}</b> with it" in page
    assert "The same page, byte for byte" in page


def test_the_drawers_script_gets_the_inside_alone(films, client):
    answer = client.get("/backstage/compare/", {"page": "/"}, headers={"X-Backstage": "1"})
    assert b"<html" not in answer.content
    assert b"bs-verdict" in answer.content
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_page_that_is_not_found_can_be_compared_too(db, client):
    assert client.get("/backstage/compare/", {"page": "/nowhere/"}).status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "",
        "films/",
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "https://elsewhere.example/",
        "javascript:alert(1)",
        "/admin/",
        "/backstage/compare/?page=/",
    ],
)
def test_only_the_sites_own_pages_are_compared(db, client, page):
    answer = client.get("/backstage/compare/", {"page": page})
    assert answer.status_code == 400
    assert b"must be" in answer.content


def test_comparing_is_not_a_way_to_change_anything(db, client):
    assert client.post("/backstage/compare/?page=/").status_code == 405


# Readable SQL


def test_a_long_list_of_columns_is_cut_and_counted():
    sql = 'SELECT "f"."a", "f"."b", COALESCE("f"."c", 1), "f"."d", "f"."e" FROM "f" WHERE "f"."a" = %s'
    cut = "SELECT f.a, f.b, COALESCE(f.c, 1), /* 2 more columns */ FROM f WHERE f.a = %s"
    assert shorten(sql) == cut


def test_a_long_list_of_values_is_cut_and_counted():
    values = ", ".join(["%s"] * 100)
    assert shorten(f"SELECT a FROM f WHERE a IN ({values})") == (
        "SELECT a FROM f WHERE a IN (%s, /* 99 more */)"
    )


def test_names_that_need_their_quotes_keep_them():
    assert (
        shorten('SELECT "odd name", "plain" FROM "Films"')
        == 'SELECT "odd name", plain FROM "Films"'
    )


def test_a_subquery_in_a_list_of_columns_is_no_end_of_the_list():
    sql = "SELECT a, (SELECT b FROM c), d, e, g FROM f"
    assert shorten(sql) == "SELECT a, (SELECT b FROM c), d, /* 2 more columns */ FROM f"


def test_sql_is_shown_as_text_never_as_html():
    shown = readable("SELECT '<script>alert(1)</script>' AS \"<b>\" FROM f")
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert '<span class="bs-key">SELECT</span>' in shown


def test_each_clause_begins_a_line():
    assert readable("SELECT a FROM f WHERE a = 1 ORDER BY a").count("\n") == 3
