"""What the API shows, and what showing it costs."""

import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cinema.films.models import Director, Film
from cinema.reviews.models import Review, Reviewer
from matinee.reads import unplanned
from tests.site._api import ENDPOINTS, OWN, fill, row, send, staff, visitor

pytestmark = pytest.mark.django_db

# The count of the rows, and the one statement that makes the page; of a single row that alone.
LIST_QUERIES, DETAIL_QUERIES = 2, 1
LANGUAGES = {"en": {}, "de": {"Accept-Language": "de"}}


def ask(client, path: str) -> tuple[dict, list[str]]:
    """Return what *path* answers and the statements that took."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, response.content
    return response.json(), [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_list_takes_as_many_queries_for_a_hundred_rows_as_for_ten(client, endpoint):
    fill(10)
    ten, few = ask(client, f"/api/{endpoint}/?page_size=100")
    fill(100)
    hundred, many = ask(client, f"/api/{endpoint}/?page_size=100")
    assert len(ten["results"]) >= 10
    assert len(hundred["results"]) == 100
    assert len(few) == len(many) == LIST_QUERIES, "\n".join(many)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_detail_takes_as_many_queries_however_much_hangs_on_it(client, endpoint):
    fill(3)
    path = ask(client, f"/api/{endpoint}/")[0]["results"][0]["url"]
    answer, queries = ask(client, path)
    assert answer["url"] == path
    assert len(queries) == DETAIL_QUERIES, "\n".join(queries)
    Film.objects.first().directors.add(
        *Director.objects.bulk_create(Director(name=f"+{n}") for n in range(30))
    )
    assert len(ask(client, path)[1]) == DETAIL_QUERIES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_one_statement_answers_what_plain_django_does_key_for_key(endpoint, language):
    fill(7)
    for client in (Client(), visitor(), staff()):
        for path in asked_of(endpoint):
            planned = client.get(path, headers=LANGUAGES[language])
            with unplanned():
                plain = client.get(path, headers=LANGUAGES[language])
            assert planned.status_code == plain.status_code == 200, planned.content
            assert in_order(planned) == in_order(plain), path
            assert planned.headers["Content-Language"] == language


def in_order(response) -> list:
    """Return what is answered, objects as pairs: {"a": 1, "b": 2} is not {"b": 2, "a": 1}."""
    return response.json(object_pairs_hook=list)


def asked_of(endpoint: str) -> list[str]:
    """Return ways to ask for the rows of *endpoint*: pages, one row, and each field by itself."""
    first = Client().get(f"/api/{endpoint}/").json()["results"][0]
    one = urlsplit(first["url"]).path
    everything = Client().get(one).json()
    return [
        f"/api/{endpoint}/",
        f"/api/{endpoint}/?page_size=3",
        f"/api/{endpoint}/?page_size=2&page=last",
        one,
        *(f"/api/{endpoint}/?fields={name}" for name in first),
        *(f"{one}?fields={name},id" for name in everything),
    ]


@pytest.mark.parametrize("endpoint", ["directors", "genres", "distributors"])
def test_what_is_computed_can_be_ordered_by(client, endpoint):
    fill(3)
    fill(1)
    for order in ("film_count", "-film_count"):
        path = f"/api/{endpoint}/?ordering={order}"
        answer, queries = ask(client, path)
        counts = [row["film_count"] for row in answer["results"]]
        assert counts == sorted(counts, reverse=order[0] == "-")
        assert len(queries) == LIST_QUERIES
        with unplanned():
            assert client.get(path).json() == answer


def test_two_counts_of_one_film_do_not_multiply_each_other(client):
    film = fill(2)[0]
    stars = list(film.reviews.values_list("stars", flat=True))
    answer = client.get(f"/api/films/{film.pk}/").json()
    assert answer["review_count"] == len(stars) == 3
    assert answer["stars"] == sum(stars) / 3


def test_a_film_in_a_list_shows_its_latest_three_reviews_and_by_itself_all(client):
    film = fill(1)[0]
    for n in range(4):
        author = Reviewer.objects.create(name=f"Later {n}")
        Review.objects.create(film=film, author=author, stars=5, text=f"Later {n}")
    shown = client.get("/api/films/").json()["results"][0]
    assert [review["text"] for review in shown["reviews"]] == ["Later 3", "Later 2", "Later 1"]
    assert shown["review_count"] == 7
    assert len(client.get(f"/api/films/{film.pk}/").json()["reviews"]) == 7


def test_everybody_sees_their_own_stars_and_nobody_anothers(client):
    film = fill(1)[0]
    vera, walt = visitor("vera", pen_name="Vera V."), visitor("walt", pen_name="Walt W.")
    for writer, stars in ((vera, 2), (walt, 5)):
        send(writer, "post", "/api/reviews/", {"film_id": film.pk, "stars": stars, "text": "Yes."})
    for path in ("/api/films/", f"/api/films/{film.pk}/"):
        for _ in range(2):
            seen = [_films(each.get(path).json())["my_stars"] for each in (vera, client, walt)]
            assert seen == [2, None, 5]


def _films(answer: dict) -> dict:
    return answer["results"][0] if "results" in answer else answer


def test_a_hundred_films_come_nested_in_two_queries(client):
    fill(100)
    answer, queries = ask(client, "/api/films/?page_size=100")
    assert len(queries) == 2
    for film in answer["results"]:
        assert film["genre"].keys() == {"id", "name"}
        assert film["distributor"].keys() == {"id", "name"}
        assert [director.keys() for director in film["directors"]] == [{"id", "name"}] * 2
        assert len(film["reviews"]) == 3
        for review in film["reviews"]:
            assert review.keys() == {"id", "stars", "text", "written_at", "author"}
            assert review["author"].keys() == {"id", "name"}


def test_who_is_logged_in_pays_for_the_session_and_the_account_and_no_more(client):
    fill(3)
    _, anonymous = ask(client, "/api/films/")
    _, known = ask(visitor(), "/api/films/")
    assert len(known) == len(anonymous) + 2


def test_a_film_without_anything_is_shown_with_nulls_and_empty_lists(client):
    film = Film.objects.create(title="Nothing known")
    answer = client.get(f"/api/films/{film.pk}/").json()
    assert (answer["genre"], answer["genre_id"], answer["distributor"]) == (None, None, None)
    assert answer["directors"] == answer["director_ids"] == answer["reviews"] == []
    assert answer["released"] is answer["imdb_rating"] is None


def test_a_film_says_which_of_its_credits_are_made_up(client):
    film = fill(2)[0]
    answer = client.get(f"/api/films/{film.pk}/").json()
    assert [credit["generated"] for credit in answer["credits"]] == [False, True]
    assert [credit["director"]["id"] for credit in answer["credits"]]
    assert answer["page"] == film.get_absolute_url()


def test_a_director_is_shown_with_their_films(client):
    fill(3)
    director = Director.objects.first()
    answer = client.get(f"/api/directors/{director.pk}/").json()
    assert answer["film_count"] == len(answer["films"]) == 2
    assert {film["title"] for film in answer["films"]} == set(
        director.films.values_list("title", flat=True)
    )
    assert answer["films"][0]["genre"].startswith("Genre ")


def test_a_screening_names_its_film_and_its_hall(client):
    film = fill(1)[0]
    answer = client.get("/api/screenings/").json()["results"][0]
    assert answer["film"] == {
        "title": film.title,
        "byline": film.byline,
        "minutes": film.minutes,
        "genre": film.genre.name,
    }
    assert answer["film_url"] == f"http://testserver/api/films/{film.pk}/"
    assert answer["hall_name"].startswith("Hall ")
    assert answer["during"] == {
        "lower": "2026-11-22T11:00:00+01:00",
        "upper": "2026-11-22T13:00:00+01:00",
        "bounds": "[)",
    }


def test_a_review_names_its_film_with_the_year(client):
    film = fill(1)[0]
    assert client.get("/api/reviews/").json()["results"][0]["film"] == str(film)


# ?fields=


def test_sparse_fields_come_alone_and_take_the_queries_of_those_alone(client):
    fill(10)
    answer, queries = ask(client, "/api/films/?fields=id,title")
    assert {tuple(film) for film in answer["results"]} == {("id", "title")}
    assert len(queries) == 2
    assert "released" not in queries[1].split(" FROM ")[0]


@pytest.mark.parametrize(
    ("fields", "tables"),
    [
        ("title,genre", {"film", "genre"}),
        ("genre_id", {"film"}),
        ("director_ids", {"film", "direction", "director"}),
        ("reviews", {"film", "review", "reviewer"}),
        ("review_count", {"film", "review"}),
    ],
)
def test_each_sparse_field_brings_the_tables_it_needs(client, fields, tables):
    fill(10)
    _, queries = ask(client, f"/api/films/?fields={fields}")
    assert len(queries) == LIST_QUERIES
    assert set(re.findall(r'(?:FROM|JOIN) "[a-z]+_(\w+)"', queries[1])) == tables


def test_sparse_fields_work_on_one_object(client):
    film = fill(1)[0]
    answer, queries = ask(client, f"/api/films/{film.pk}/?fields=title,page")
    assert answer == {"title": film.title, "page": film.get_absolute_url()}
    assert len(queries) == 1


def test_sparse_fields_of_the_page_reach_no_nested_field(client):
    fill(1)
    film = client.get("/api/films/?fields=genre,reviews").json()["results"][0]
    assert film["genre"].keys() == {"id", "name"}
    assert "author" in film["reviews"][0]


def test_an_unknown_sparse_field_is_named(client):
    fill(1)
    response = client.get("/api/films/?fields=title,secret")
    assert response.status_code == 400
    assert "secret" in response.json()["fields"][0]


def test_a_write_only_field_cannot_be_asked_for_its_value(client):
    fill(1)
    assert client.get("/api/reviews/?fields=pen_name").json()["results"][0] == {}


# Pages


def test_pages_follow_one_another_and_repeat_nothing(client):
    fill(25)
    path, seen = "/api/films/?page_size=10&ordering=tomatoes", []  # of which none has any
    while path:
        page = client.get(path).json()
        assert page.keys() == {"count", "next", "previous", "results"}
        assert page["count"] == 25
        seen += [film["id"] for film in page["results"]]
        path = page["next"]
    assert len(seen) == len(set(seen)) == 25


def test_a_page_holds_twenty_rows_unless_asked_and_never_more_than_a_hundred(client):
    fill(101)
    assert len(client.get("/api/films/?fields=id").json()["results"]) == 20
    assert len(client.get("/api/films/?fields=id&page_size=100000").json()["results"]) == 100
    assert len(client.get("/api/films/?fields=id&page_size=3").json()["results"]) == 3


def test_a_page_past_the_last_is_not_found(client):
    fill(1)
    assert client.get("/api/films/?page=2").status_code == 404
    assert client.get("/api/films/?page=999999999").status_code == 404


def test_the_last_page_has_a_name(client):
    fill(5)
    assert len(client.get("/api/films/?page=last&page_size=2").json()["results"]) == 1


@pytest.mark.parametrize("name", ["page", "page_size"])
@pytest.mark.parametrize(
    "value", ["0", "-1", "abc", "1.5", "1e3", "NaN", "%00", "9" * 5000, "%F0%9F%8E%AC", "٣"]
)
def test_a_page_that_is_no_number_is_refused_by_name(client, name, value):
    response = client.get(f"/api/films/?{name}={value}")
    assert response.status_code == 400
    assert response.json().keys() == {name}


# Private


@pytest.mark.parametrize("endpoint", ["reviews", "films"])
def test_nothing_of_an_account_is_shown(client, endpoint):
    writer = visitor("secret-login", pen_name="Pen Name")
    User.objects.update(email="secret@example.org", first_name="Secretfirst")
    assert send(writer, "post", "/api/reviews/", row("reviews")).status_code == 201
    for asking in (client, writer, staff()):
        page = asking.get(f"/api/{endpoint}/").content.decode()
        url = asking.get(f"/api/{endpoint}/").json()["results"][0]["url"]
        text = page + asking.get(url).content.decode()
        assert "Pen Name" in text
        for private in (
            "secret-login",
            "secret@example.org",
            "Secretfirst",
            '"user"',
            "pbkdf2",
            "md5",
        ):
            assert private not in text


@pytest.mark.parametrize(
    "query",
    [
        "author__user__password__startswith=m",
        "author__user=1",
        "ordering=author__user__password",
        "fields=author__user__password",
        "fields=user",
        "film__reviews__author__user__email__contains=a",
    ],
)
@pytest.mark.parametrize("endpoint", ["reviews", "films"])
def test_no_parameter_reaches_an_account(client, endpoint, query):
    fill(1)
    assert client.get(f"/api/{endpoint}/?{query}").status_code == 400


def test_reviewers_have_no_endpoint(client):
    reviewer = Reviewer.objects.create(name="Hidden")
    assert client.get("/api/reviewers/").status_code == 404
    assert client.get(f"/api/authors/{reviewer.pk}/").status_code == 404


# Paths


@pytest.mark.parametrize(
    "pk", ["0", "999999999", "9" * 19, "9" * 30, "9" * 5000, "abc", "-1", "%00", "1.5"]
)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_row_that_cannot_be_is_not_found(client, endpoint, pk):
    assert client.get(f"/api/{endpoint}/{pk}/").status_code == 404


def test_the_root_names_every_list(client):
    assert client.get("/api/").json().keys() == {*ENDPOINTS, *OWN}
