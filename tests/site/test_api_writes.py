"""Who may change what over the API, what a change answers, and what is refused."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cinema.api.throttles import Passwords, Writes
from cinema.films.models import Direction, Director, Distributor, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Reviewer
from tests.site._api import (
    ENDPOINTS,
    OPENING,
    during,
    fill,
    logged_in,
    make,
    row,
    send,
    staff,
    visitor,
)

pytestmark = pytest.mark.django_db
HOUSE = [endpoint for endpoint in ENDPOINTS if endpoint != "reviews"]


# Who may


@pytest.mark.parametrize("endpoint", HOUSE)
def test_staff_write_what_the_house_shows_and_nobody_else(client, endpoint):
    url = make(staff(), endpoint)["url"]
    for stranger in (client, visitor()):
        assert send(stranger, "post", f"/api/{endpoint}/", row(endpoint)).status_code == 403
        assert send(stranger, "put", url, row(endpoint)).status_code == 403
        assert send(stranger, "patch", url, {}).status_code == 403
        assert send(stranger, "delete", url).status_code == 403
        assert stranger.get(url).status_code == 200


@pytest.mark.parametrize("endpoint", HOUSE)
def test_staff_change_and_delete_what_the_house_shows(endpoint):
    client = staff()
    url = make(client, endpoint)["url"]
    assert send(client, "put", url, row(endpoint)).status_code == 200
    assert send(client, "patch", url, {}).status_code == 200
    assert send(client, "delete", url).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("endpoint", HOUSE)
def test_staff_without_the_permission_write_nothing(endpoint):
    client = logged_in(User.objects.create_user("trainee", is_staff=True))
    assert send(client, "post", f"/api/{endpoint}/", row(endpoint)).status_code == 403


def test_permissions_without_the_staff_s_desk_write_nothing():
    staff("gone")
    User.objects.update(is_staff=False)
    client = logged_in(User.objects.get())
    assert send(client, "post", "/api/halls/", row("halls")).status_code == 403


def test_a_visitor_writes_a_review_and_changes_and_deletes_it():
    client = visitor()
    answer = make(client, "reviews", stars=5)
    assert answer["author"]["name"] == "Vera V."
    assert send(client, "patch", answer["url"], {"stars": 2}).json()["stars"] == 2
    assert send(client, "delete", answer["url"]).status_code == 204


def test_nobody_writes_for_another(client):
    url = make(visitor(), "reviews")["url"]
    for stranger in (client, visitor("otto", pen_name="Otto"), staff()):
        assert send(stranger, "patch", url, {"stars": 1}).status_code == 403
        assert send(stranger, "put", url, row("reviews")).status_code == 403
        assert send(stranger, "delete", url).status_code == 403
    assert send(client, "post", "/api/reviews/", row("reviews")).status_code == 403


def test_a_review_is_signed_by_its_writer_whatever_the_body_says():
    other = Reviewer.objects.create(name="Other")
    answer = make(visitor(), "reviews", author=other.pk, author_id=other.pk, generated=True)
    assert answer["author"]["name"] == "Vera V."
    assert answer["generated"] is False


def test_reviews_without_an_account_belong_to_nobody_who_is_logged_in():
    review = fill(1)[0].reviews.first()
    assert send(visitor(), "delete", f"/api/reviews/{review.pk}/").status_code == 403


def test_a_session_writes_only_with_the_token_of_its_own_pages():
    client = Client(enforce_csrf_checks=True)
    staff()
    client.force_login(User.objects.get())
    assert send(client, "post", "/api/halls/", row("halls")).status_code == 403
    client.get("/api/auth/login/")
    token = client.cookies["csrftoken"].value
    body = json.dumps(row("halls"))
    headers = {"X-CSRFToken": token}
    response = client.post("/api/halls/", body, content_type="application/json", headers=headers)
    assert response.status_code == 201


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_a_script_writes_with_a_password(client):
    staff("stan")
    body = json.dumps(row("halls"))
    right, wrong = basic("stan", "correct horse"), basic("stan", "wrong")
    kind = {"content_type": "application/json"}
    assert client.post("/api/halls/", body, headers=wrong, **kind).status_code == 403
    assert client.post("/api/halls/", body, headers=right, **kind).status_code == 201


@pytest.mark.parametrize("name", ["nul\0", "x" * 10_000, "🎬", ""])
def test_a_name_no_account_can_have_is_refused(client, name):
    assert client.get("/api/halls/", headers=basic(name, "\0")).status_code == 403


def test_passwords_are_not_guessed_without_end(client, monkeypatch):
    monkeypatch.setattr(Passwords, "rate", "3/min", raising=False)
    statuses = [client.get("/api/", headers=basic("stan", str(n))).status_code for n in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert client.get("/api/").status_code == 200


# Fresh answers


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_write_answers_what_a_get_then_answers(endpoint):
    client = visitor() if endpoint == "reviews" else staff()
    made = make(client, endpoint)
    assert client.get(made["url"]).json() == made
    changed = send(client, "patch", made["url"], {}).json()
    assert client.get(made["url"]).json() == changed
    assert changed.keys() == made.keys()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_a_get_answers_can_be_put_back(endpoint):
    client = visitor() if endpoint == "reviews" else staff()
    shown = client.get(make(client, endpoint)["url"]).json()
    response = send(client, "put", shown["url"], shown)
    assert response.status_code == 200, response.content
    assert response.json() | {"changed_at": None} == shown | {"changed_at": None}


def test_a_film_whose_relations_change_answers_with_the_new_ones():
    client, film = staff(), fill(3)[0]
    genre, distributor = Genre.objects.last(), Distributor.objects.last()
    wanted = list(Director.objects.order_by("name").values_list("pk", flat=True))[1:]
    body = {"genre_id": genre.pk, "distributor_id": distributor.pk, "director_ids": wanted}
    answer = send(client, "patch", f"/api/films/{film.pk}/", body).json()
    assert answer["genre"] == {"id": genre.pk, "name": genre.name}
    assert answer["distributor"]["id"] == answer["distributor_id"] == distributor.pk
    assert [each["id"] for each in answer["directors"]] == answer["director_ids"] == wanted
    assert answer == client.get(f"/api/films/{film.pk}/").json()


def test_relations_of_a_film_can_be_emptied():
    client, film = staff(), fill(3)[0]
    body = {"genre_id": None, "distributor_id": None, "director_ids": []}
    answer = send(client, "patch", f"/api/films/{film.pk}/", body).json()
    assert answer["genre"] is answer["distributor"] is None
    assert answer["directors"] == answer["credits"] == []


def test_a_credit_that_stays_keeps_its_mark():
    client, film = staff(), fill(3)[0]
    made_up = Direction.objects.get(film=film, generated=True)
    send(client, "patch", f"/api/films/{film.pk}/", {"director_ids": [made_up.director_id]})
    assert list(Direction.objects.filter(film=film)) == [made_up]
    made_up.refresh_from_db()
    assert made_up.generated


def test_a_new_film_comes_with_its_directors_or_not_at_all():
    director = Director.objects.create(name="Carol Reed")
    answer = make(staff(), "films", director_ids=[director.pk, director.pk])
    assert answer["directors"] == [{"id": director.pk, "name": "Carol Reed"}]
    assert answer["credits"][0]["generated"] is False


def test_a_change_answers_with_the_count_of_films():
    client, genre = staff(), fill(1)[0].genre
    answer = send(client, "patch", f"/api/genres/{genre.pk}/", {"name": "Noir"}).json()
    assert (answer["name"], answer["film_count"]) == ("Noir", 1)


def test_looking_up_many_directors_takes_one_query(django_assert_num_queries):
    film = fill(1)[0]
    client = staff()
    directors = Director.objects.bulk_create(Director(name=f"D{n}") for n in range(50))
    few = [director.pk for director in directors[:2]]
    url = f"/api/films/{film.pk}/"
    with CaptureQueriesContext(connection) as two:
        send(client, "patch", url, {"director_ids": few})
    with django_assert_num_queries(len(two)):
        send(client, "patch", url, {"director_ids": [director.pk for director in directors[2:]]})


# Refused


def test_what_others_stand_in_the_way_of_is_a_conflict():
    client, film = staff(), fill(1)[0]
    for url in (f"/api/genres/{film.genre_id}/", f"/api/distributors/{film.distributor_id}/"):
        response = send(client, "delete", url)
        assert response.status_code == 409
        assert "still in use" in response.json()["detail"]


def test_a_name_is_taken_once():
    client = staff()
    for endpoint in ("directors", "genres", "distributors", "halls"):
        name = make(client, endpoint)["name"]
        response = send(client, "post", f"/api/{endpoint}/", row(endpoint) | {"name": name})
        assert response.status_code == 400
        assert response.json().keys() == {"name"}


def test_a_second_review_of_a_film_is_refused():
    client = visitor()
    film = make(client, "reviews")["film_id"]
    response = send(client, "post", "/api/reviews/", row("reviews") | {"film_id": film})
    assert (response.status_code, response.json().keys()) == (400, {"film_id"})


def test_a_review_stays_with_its_film():
    client = visitor()
    url = make(client, "reviews")["url"]
    response = send(client, "patch", url, {"film_id": row("reviews")["film_id"]})
    assert (response.status_code, response.json().keys()) == (400, {"film_id"})


def test_a_first_review_asks_for_a_name_to_sign_with_once():
    client = visitor(pen_name=None)
    refused = send(client, "post", "/api/reviews/", row("reviews"))
    assert (refused.status_code, refused.json().keys()) == (400, {"pen_name"})
    assert make(client, "reviews", pen_name="Holly")["author"]["name"] == "Holly"
    assert make(client, "reviews", pen_name="Another")["author"]["name"] == "Holly"


def test_a_name_somebody_signs_with_is_refused():
    Reviewer.objects.create(name="Holly")
    body = row("reviews") | {"pen_name": "Holly"}
    response = send(visitor(pen_name=None), "post", "/api/reviews/", body)
    assert (response.status_code, response.json().keys()) == (400, {"pen_name"})


def screening(hall: Hall, *, start: int, end: int) -> dict:
    """Return the body of a screening in *hall* from and until so many minutes past the opening."""
    return row("screenings") | {
        "hall_id": hall.pk,
        "during": during(OPENING + timedelta(minutes=start), OPENING + timedelta(minutes=end)),
    }


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        (0, 60, 400),
        (30, 90, 400),
        (-30, 30, 400),
        (10, 20, 400),
        (-10, 90, 400),
        (60, 90, 201),
        (-30, 0, 201),
    ],
)
def test_a_hall_shows_one_film_at_a_time(start, end, status):
    hall, client = Hall.objects.create(name="One", seats=9), staff()
    assert (
        send(client, "post", "/api/screenings/", screening(hall, start=0, end=60)).status_code
        == 201
    )
    response = send(client, "post", "/api/screenings/", screening(hall, start=start, end=end))
    assert response.status_code == status
    elsewhere = Hall.objects.create(name="Two", seats=9)
    response = send(client, "post", "/api/screenings/", screening(elsewhere, start=start, end=end))
    assert response.status_code == 201


def test_a_screening_may_move_within_its_own_time_but_not_into_another():
    hall, client = Hall.objects.create(name="One", seats=9), staff()
    first = make(client, "screenings", **screening(hall, start=0, end=60))
    make(client, "screenings", **screening(hall, start=60, end=120))
    earlier = {"upper": (OPENING + timedelta(minutes=50)).isoformat()}
    later = {"upper": (OPENING + timedelta(minutes=61)).isoformat()}
    assert send(client, "patch", first["url"], {"during": earlier}).status_code == 200
    response = send(client, "patch", first["url"], {"during": later})
    assert (response.status_code, response.json().keys()) == (400, {"during"})


@pytest.mark.parametrize("end", [0, -1, -100_000])
def test_a_screening_ends_after_it_starts(end):
    hall = Hall.objects.create(name="One", seats=9)
    response = send(staff(), "post", "/api/screenings/", screening(hall, start=0, end=end))
    assert (response.status_code, response.json().keys()) == (400, {"during"})


def at_once(clients: list[Client], path: str, body: dict) -> list[int]:
    """Post *body* from all clients at the same moment and return the status codes, sorted."""
    gate = Barrier(len(clients))

    def post(client: Client) -> int:
        gate.wait()
        try:
            return send(client, "post", path, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        return sorted(pool.map(post, clients))


@pytest.mark.django_db(transaction=True)
def test_two_who_book_a_hall_at_once_cannot_both_have_it():
    staff()
    user, hall = User.objects.get(), Hall.objects.create(name="One", seats=9)
    for day in range(5):
        body = screening(hall, start=day * 1440, end=day * 1440 + 60)
        clients = [logged_in(user) for _ in range(4)]
        first, *others = at_once(clients, "/api/screenings/", body)
        assert first == 201
        assert set(others) <= {400, 409}
    assert Screening.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_name_at_once_one_is_told_so():
    staff()
    user = User.objects.get()
    for n in range(5):
        clients = [logged_in(user) for _ in range(4)]
        first, *others = at_once(clients, "/api/genres/", {"name": f"Race {n}"})
        assert first == 201
        assert set(others) <= {400, 409}
    assert Genre.objects.count() == 5


def test_a_method_that_a_path_does_not_have_is_refused():
    client = staff()
    assert send(client, "delete", "/api/halls/").status_code == 405
    assert send(client, "post", make(client, "halls")["url"], {}).status_code == 405


def test_a_row_that_is_gone_cannot_be_changed():
    client = staff()
    for method in ("put", "patch", "delete"):
        assert send(client, method, "/api/films/999999999/", {}).status_code == 404


# How often


def test_writes_are_counted_by_account(monkeypatch):
    monkeypatch.setattr(Writes, "rate", "2/min", raising=False)
    client = staff()
    statuses = [send(client, "post", "/api/halls/", row("halls")).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]
    assert client.get("/api/halls/").status_code == 200
    assert send(visitor(), "post", "/api/reviews/", row("reviews")).status_code == 201


def test_a_forged_address_is_the_same_caller(client, monkeypatch):
    monkeypatch.setattr(Writes, "rate", "1/min", raising=False)
    for n, status in enumerate([403, 403]):
        response = client.post("/api/halls/", headers={"X-Forwarded-For": f"10.0.0.{n}"})
        assert response.status_code == status
