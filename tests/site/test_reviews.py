"""Visitors who log in, review a film, change their language and leave."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cinema.films.models import Film
from cinema.reviews.forms import ReviewForm
from cinema.reviews.models import Review
from tests.site._pages import Page, make_film


@pytest.fixture
def film(db) -> Film:
    return make_film(0)


@pytest.fixture
def visitor(client):
    user = User.objects.create_user("vera", password="correct horse")
    client.force_login(user)
    return user


def said(**changes):
    return {"stars": "5", "text": "The zither stays.", "pen_name": "Holly"} | changes


def test_who_has_not_logged_in_is_asked_to_and_comes_back(client, film):
    answer = client.get(f"/reviews/{film.pk}/")
    assert answer.url == f"/accounts/login/?next=/reviews/{film.pk}/"
    User.objects.create_user("vera", password="correct horse")
    back = client.post(answer.url, {"username": "vera", "password": "correct horse"})
    assert back.url == f"/reviews/{film.pk}/"


def test_a_visitor_reviews_a_film(client, film, visitor):
    answer = client.post(f"/reviews/{film.pk}/", said())
    review = Review.objects.get(text="The zither stays.")
    assert (review.stars, review.author.name, review.author.user) == (5, "Holly", visitor)
    assert review.generated is False
    assert answer.url == f"{film.get_absolute_url()}#review-{review.pk}"
    page = client.get(answer.url).content.decode()
    assert f'id="review-{review.pk}"' in page
    assert "The zither stays." in page


def test_the_second_time_the_visitor_changes_the_review(client, film, visitor):
    client.post(f"/reviews/{film.pk}/", said())
    page = client.get(f"/reviews/{film.pk}/").content.decode()
    assert "Change your review" in page
    assert "The zither stays." in page
    assert "pen_name" not in page
    client.post(f"/reviews/{film.pk}/", {"stars": "3", "text": "Less, on a Monday."})
    [review] = Review.objects.filter(author__user=visitor)
    assert (review.stars, review.text, review.author.name) == (3, "Less, on a Monday.", "Holly")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stars": ""}, "stars"),
        ({"stars": "6"}, "stars"),
        ({"stars": "NaN"}, "stars"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"pen_name": ""}, "pen_name"),
        ({"pen_name": "x" * 61}, "pen_name"),
        ({"pen_name": "The first reviewer"}, "pen_name"),
    ],
)
def test_what_is_wrong_with_a_review_is_said_at_its_field(client, film, visitor, changes, field):
    answer = client.post(f"/reviews/{film.pk}/", said(**changes))
    page = Page(answer)
    assert answer.status_code == 200
    assert "<title>Error: " in page.html
    assert page.html.count('role="alert"') == 1
    inputs = [i for i in page.all("input", "textarea") if i.get("name") == field]
    assert inputs
    assert all(each["aria-invalid"] == "true" for each in inputs)
    targets = {each["id"] for each in inputs}
    assert [a for a in page.all("a") if (a.get("href") or "")[1:] in targets]
    assert not Review.objects.filter(author__user=visitor).exists()


def test_a_review_sent_twice_at_once_is_kept_once(film, visitor):
    forms = [ReviewForm(said(), film=film, user=visitor) for _ in range(2)]
    assert all(form.is_valid() for form in forms)
    assert [form.save() is not None for form in forms] == [True, False]
    assert "sent twice" in str(forms[1].non_field_errors())
    assert Review.objects.filter(author__user=visitor).count() == 1


def test_a_review_needs_a_csrf_token_and_a_film(film, client, visitor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(visitor)
    answer = strict.post(f"/reviews/{film.pk}/", said())
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()
    assert client.post("/reviews/999999/", said()).status_code == 404
    assert client.get(f"/reviews/{'9' * 30}/").status_code == 404


# Coming in, going out, and another language


def test_who_logs_out_is_out(client, visitor):
    assert "vera" in client.get("/").content.decode()
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").url == "/"
    assert "vera" not in client.get("/").content.decode()


def test_a_wrong_password_is_said_so(client, db):
    page = Page(client.post("/accounts/login/", {"username": "vera", "password": "wrong"}))
    assert 'role="alert"' in page.html
    assert page.html.count("correct username and password") == 1


def test_logging_in_leads_to_no_other_site(client, db):
    User.objects.create_user("vera", password="correct horse")
    form = {"username": "vera", "password": "correct horse", "next": "https://elsewhere.example/"}
    assert client.post("/accounts/login/", form).url == "/"


def test_the_language_switch_stays_on_the_page(client, db):
    form = {"language": "de", "next": "/programme/2026-05-01/"}
    answer = client.post("/language/", form)
    assert answer.url == "/programme/2026-05-01/"
    page = client.get(answer.url)
    assert 'lang="de"' in page.content.decode()
    assert "Freitag, 1. Mai 2026" in page.content.decode()
