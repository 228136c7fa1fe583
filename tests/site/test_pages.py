"""The pages that visitors see: what is on them, what they cost, and what nobody should have sent."""

import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from django.views.defaults import server_error

from cinema.films import views
from cinema.films.models import Direction, Director, Distributor, Film, Genre
from cinema.programme.models import Hall, Screening
from cinema.reviews.models import Review, Reviewer
from matinee.testing import assert_reads
from tests.site._pages import Page, addresses, make_film, show

ROOT = Path(__file__).resolve().parents[2]
HTMX = {"HX-Request": "true"}
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def hall(db):
    return Hall.objects.create(name="Lumière", seats=220)


@pytest.fixture
def film(hall):
    """A film about which everything is known."""
    return make_film(0, hall=hall, title="The Third Man", mended=["“Der dritte Mann” was a guess."])


PAGES = [
    "catalogue", "nothing found", "film", "director", "programme", "empty day", "about", "login",
    "not found",
]  # fmt: skip


# Every page


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_title_a_language_one_main_heading_and_its_landmarks(client, film, name):
    page = Page(client.get(addresses(film)[name]))
    assert page.all("html")[0]["lang"] == "en"
    assert re.search(r"<title>[^<·]+ · The Matinee</title>", page.html)
    assert len(page.all("main")) == len(page.all("footer")) == page.headings.count(1) == 1
    assert page.all("a")[0]["href"] == f"#{page.all('main')[0]['id']}"
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in steps)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_scripts_or_styles_in_its_text(client, film, name):
    answer = client.get(addresses(film)[name])
    page = Page(answer)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert all("src" in script for script in page.all("script"))
    assert page.all("style") == []
    assert not [
        (tag, name)
        for tag, attributes in page.tags
        for name in attributes
        if name == "style" or name.startswith("on")
    ]


def test_the_stylesheet_is_small_and_htmx_is_the_stable_one(client, db):
    style = client.get("/static/cinema.css")
    assert style.status_code == 200
    assert int(style.headers["Content-Length"]) < 20_000
    [script] = [s["src"] for s in Page(client.get("/")).all("script") if "htmx" in s["src"]]
    assert script.endswith("/htmx-2.min.js")
    assert client.get(script).status_code == 200


def test_no_prefetch_is_written_by_hand_anywhere_in_the_site():
    words = "|".join(f"{kind}_related" for kind in ("prefetch", "select"))
    found = subprocess.run(
        ["git", "grep", "--untracked", "-nwE", words, "--", "cinema/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 1)


# What pages cost


@pytest.mark.parametrize(
    ("name", "queries"),
    [("catalogue", 7), ("film", 5), ("director", 2), ("empty day", 3), ("about", 0), ("login", 0)],
)
def test_a_page_sends_so_many_queries(client, film, name, queries):
    make_film(1, genre=film.genre)
    address = addresses(film)[name]
    with assert_reads(queries):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("films", [2, 40])
def test_the_catalogue_sends_seven_whatever_it_holds(client, hall, films):
    for number in range(films):
        make_film(number, hall=hall)
    with assert_reads(7):
        client.get("/")
    with assert_reads(6):
        client.get("/", headers=HTMX)


@pytest.mark.parametrize("screenings", [1, 20])
def test_the_programme_sends_four_whatever_is_shown(client, hall, screenings):
    for number in range(screenings):
        show(make_film(number), hall, datetime(2026, 5, 1, 10, 2 * number, tzinfo=UTC))
    with assert_reads(4):
        client.get("/programme/2026-05-01/")
    with assert_reads(3):
        client.get("/programme/2026-05-01/?minutes=90", headers=HTMX)


@pytest.mark.parametrize("reviews", [1, 30])
def test_a_film_sends_five_however_much_is_said_of_it(client, film, reviews):
    for number in range(reviews):
        author = Reviewer.objects.create(name=f"Reviewer {number}")
        Review.objects.create(film=film, author=author, stars=1, text="Again.")
    make_film(1, genre=film.genre)
    with assert_reads(5):
        client.get(film.get_absolute_url())


def test_without_matinee_the_catalogue_sends_hundreds_and_is_the_same_page(client, hall):
    for number in range(40):
        make_film(number, hall=hall)
    naive = client.get("/?without-matinee")
    count = re.search(r'desc="(\d+) queries"', naive.headers["Server-Timing"]).group(1)
    assert int(count) > 200
    assert Page(naive).films == Page(client.get("/")).films


# The catalogue


@pytest.fixture
def shelf(db):
    """Four films that differ in everything that can be asked for."""
    drama, western = (Genre.objects.create(name=name) for name in ("Drama", "Western"))
    facts = [
        ("Vertigo", date(1958, 5, 9), drama, "8.3", 200),
        ("Rio Bravo", date(1959, 3, 18), western, "8.0", 400),
        ("Unforgiven", date(1992, 8, 7), western, "8.2", 300),
        ("100% Wolf", None, None, None, None),
    ]
    return {
        title: Film.objects.create(
            title=title, released=day, genre=genre, imdb_rating=rating, imdb_votes=votes
        )
        for title, day, genre, rating, votes in facts
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"title": "VERT"}, ["Vertigo"]),
        ({"title": "%"}, ["100% Wolf"]),
        ({"title": " bravo "}, ["Rio Bravo"]),
        ({"decade": "1950"}, ["Rio Bravo", "Vertigo"]),
        ({"rating": "8", "decade": "1990"}, ["Unforgiven"]),
        ({"rating": "9"}, []),
        ({"order": "title"}, ["100% Wolf", "Rio Bravo", "Unforgiven", "Vertigo"]),
        ({"order": "rating"}, ["Vertigo", "Unforgiven", "Rio Bravo", "100% Wolf"]),
        ({"order": "newest"}, ["Unforgiven", "Rio Bravo", "Vertigo", "100% Wolf"]),
        ({"order": "oldest"}, ["Vertigo", "Rio Bravo", "Unforgiven", "100% Wolf"]),
        ({}, ["Rio Bravo", "Unforgiven", "Vertigo", "100% Wolf"]),
    ],
)
def test_the_catalogue_shows_what_is_asked_for(client, shelf, asked, found):
    empty = dict.fromkeys(["title", "genre", "decade", "rating", "order"], "")
    assert Page(client.get("/", asked)).films == found
    assert Page(client.get("/", empty | asked)).films == found


def test_the_catalogue_filters_by_genre_and_says_how_many(client, shelf):
    answer = client.get("/", {"genre": shelf["Unforgiven"].genre_id})
    assert Page(answer).films == ["Rio Bravo", "Unforgiven"]
    assert re.search(r'id="tally" role="status">\s*2 films', answer.content.decode())
    [chosen] = [o for o in Page(answer).all("option") if "selected" in o and o["value"]]
    assert chosen["value"] == str(shelf["Unforgiven"].genre_id)


def test_what_is_on_soon_comes_first_and_says_when(client, shelf, hall):
    starts_at = timezone.now() + timedelta(minutes=10)
    show(shelf["Vertigo"], hall, starts_at)
    show(shelf["Unforgiven"], hall, timezone.now() - timedelta(days=1))
    page = Page(client.get("/"))
    assert page.films[0] == "Vertigo"
    assert page.html.count('class="stub"') == page.html.count('class="soon"') == 1
    assert timezone.localtime(starts_at).strftime("%H:%M") in page.html


def test_htmx_gets_the_results_alone_and_a_tidy_address(client, shelf):
    answer = client.get("/", {"title": "rio", "genre": "", "decade": "1950"}, headers=HTMX)
    page = Page(answer)
    assert page.films == ["Rio Bravo"]
    assert page.all("html", "form") == []
    assert answer.headers["HX-Push-Url"] == "/?title=rio&decade=1950"
    assert client.get("/", {"title": ""}, headers=HTMX).headers["HX-Push-Url"] == "/"
    assert "HX-Request" in answer.headers["Vary"]


def test_going_back_in_history_brings_the_whole_page(client, shelf):
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    assert len(Page(client.get("/?title=rio", headers=headers)).all("form")) > 0


def test_the_pages_together_hold_every_film_once(client, db):
    Film.objects.bulk_create(Film(title=f"Film {number:03}") for number in range(80))
    pages = [Page(client.get("/", {"page": number})).films for number in (1, 2, 3)]
    assert [len(films) for films in pages] == [36, 36, 8]
    assert len({title for films in pages for title in films}) == 80
    assert "<title>Films, page 2 of 3 ·" in client.get("/?page=2").content.decode()
    assert "<title>Films, page 2 of 3 ·" in client.get("/?page=2", headers=HTMX).content.decode()


def test_links_to_other_pages_keep_what_was_asked(client, db):
    Film.objects.bulk_create(Film(title=f"A & B {number:03}") for number in range(80))
    answer = client.get("/", {"title": "a & b", "page": "2"})
    links = [a["href"] for a in Page(answer).all("a") if a.get("rel") in {"prev", "next"}]
    assert links == ["?title=a+%26+b&page=1", "?title=a+%26+b&page=3"]
    assert Page(client.get("/" + links[1])).films[-1] == "A &amp; B 079"


@pytest.mark.parametrize(
    ("page", "shown"), [("abc", "000"), ("99999", "072"), ("-3", "072"), ("9" * 5000, "000")]
)
def test_a_page_that_is_none_brings_the_nearest(client, db, page, shown):
    Film.objects.bulk_create(Film(title=f"Film {number:03}") for number in range(80))
    answer = client.get("/", {"page": page, "order": "title"})
    assert (answer.status_code, Page(answer).films[0]) == (200, f"Film {shown}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("decade", "x"),
        ("decade", "1955"),
        ("genre", "-1"),
        ("genre", "9" * 40),
        ("rating", "NaN"),
        ("rating", "1e9"),
        ("order", "-pk"),
        ("title", "x" * 10_240),
        ("title", "\x00"),
        ("genre", "\x00'; DROP TABLE films_film; --"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_so_and_filters_nothing(client, shelf, name, value):
    page = Page(client.get("/", {name: value}))
    assert len(page.films) == 4
    [field] = [each for each in page.all("input", "select") if each.get("name") == name]
    assert field["aria-invalid"] == "true"
    assert f'id="{field["aria-describedby"]}"' in page.html


def test_odd_bytes_in_an_address_are_no_error(client, shelf):
    for query in ("title=%ff%fe", "title=%ED%A0%80", "=&&&=", "page=%00", "title[]=1"):
        assert client.get(f"/?{query}").status_code == 200


def test_the_old_address_of_the_catalogue_leads_to_the_new(client, db):
    assert client.get("/films/?title=Metropolis").url == "/?title=Metropolis"


# A film, a director


def test_a_film_shows_what_is_known_of_it(client, film):
    page = client.get(film.get_absolute_url()).content.decode()
    known = [
        "The Third Man", "1 September 1949", "104 minutes", "Genre 0", "House 0", "8.1",
        "50,000 votes", "99 %", "$ 1,500,000", "4.0 of 5 in 2 reviews", "Seen first.",
        "The second reviewer", "“Der dritte Mann” was a guess.", "Row 1 of the data", "Lumière",
        "€ 9.50",
    ]  # fmt: skip
    assert [fact for fact in known if fact not in page] == []


def test_only_what_was_made_up_is_marked_so(client, film):
    page = client.get(film.get_absolute_url()).content.decode()
    made_up = re.findall(r'director of 0</a> <span class="made-up">', page)
    assert len(made_up) == 1
    assert 'The second director of 0</a> <span class="made-up">generated' in page


def test_a_film_of_which_nothing_is_known_has_a_page_too(client, db):
    film = Film.objects.create(title="?")
    answer = client.get(film.get_absolute_url())
    assert answer.status_code == 200
    assert "Nobody has said anything yet." in answer.content.decode()


def test_a_film_shows_others_of_its_genre_and_decade_the_best_known_first(client, film):
    alike = {"genre": film.genre, "released": date(1943, 1, 1)}
    make_film(1, **alike, title="Known", imdb_votes=9)
    make_film(2, **alike, title="Better known", imdb_votes=10)
    make_film(3, genre=film.genre, title="Later", released=date(1950, 1, 1))
    make_film(4, title="Another kind", released=date(1943, 1, 1))
    page = client.get(film.get_absolute_url()).content.decode()
    assert re.findall(r'class="tile-title">(.*?)<', page) == ["Better known", "Known"]


@pytest.mark.parametrize("path", ["films", "directors"])
@pytest.mark.parametrize("slug", ["", "another-name/"])
def test_an_address_with_another_name_leads_to_the_right_one(client, film, path, slug):
    thing = film if path == "films" else film.directors.first()
    answer = client.get(f"/{path}/{thing.pk}/{slug}")
    assert (answer.status_code, answer.url) == (302, thing.get_absolute_url())


@pytest.mark.parametrize("path", ["films", "directors"])
@pytest.mark.parametrize("key", ["0", "999999", "9" * 30, "9" * 5000, "-1", "x", "%00"])
def test_what_is_not_there_is_not_found(client, db, path, key):
    assert client.get(f"/{path}/{key}/x/").status_code == 404


def test_a_director_shows_the_films_the_newest_first(client, film):
    director = film.directors.first()
    for title, day in (("Oliver!", date(1968, 9, 26)), ("Undated", None)):
        other = Film.objects.create(title=title, released=day)
        Direction.objects.create(film=other, director=director, generated=True)
    page = client.get(director.get_absolute_url()).content.decode()
    titles = re.findall(r'class="tile-title">(.*?)<', page)
    assert titles == ["Oliver!", "The Third Man", "Undated"]
    assert "3 films in our catalogue" in page
    assert page.count('class="made-up"') == 2


# The programme


def test_a_day_is_the_day_of_the_clock_on_the_wall(client, film, hall):
    Screening.objects.all().delete()
    show(film, hall, datetime(2026, 6, 30, 22, 15, tzinfo=UTC))  # 00:15 in Vienna
    assert "The Third Man" in client.get("/programme/2026-07-01/").content.decode()
    assert "Nothing is shown" in client.get("/programme/2026-06-30/").content.decode()


def test_the_day_that_is_an_hour_longer_ends_when_its_clock_says_so(client, film, hall):
    show(film, hall, datetime(2026, 10, 24, 21, 59, tzinfo=UTC))
    show(film, hall, datetime(2026, 10, 25, 22, 59, tzinfo=UTC))
    for day in ("2026-10-24", "2026-10-25"):
        page = client.get(f"/programme/{day}/").content.decode()
        assert re.findall(r'<p class="when"><time[^>]*>(.*?)<', page) == ["23:59"]


def test_the_day_can_be_had_as_json_by_one_query(client, film, hall):
    Screening.objects.all().delete()
    show(film, hall, datetime(2026, 12, 24, 19, 15, tzinfo=UTC), minutes=120)
    page = Page(client.get("/programme/2026-12-24/"))
    assert "/programme/2026-12-24.json" in [link.get("href") for link in page.all("a")]
    with assert_reads(1):
        answer = client.get("/programme/2026-12-24.json")
    assert answer.json() == [
        {
            "title": film.title,
            "hall": "Lumière",
            "seats": 220,
            "starts_at": "2026-12-24T19:15:00Z",
            "ends_at": "2026-12-24T21:15:00Z",
            "price": "9.50",
            "original_version": False,
        }
    ]
    assert client.get("/programme/1999-12-31.json").json() == []


def test_without_a_day_it_is_today(client, film, hall):
    show(film, hall, timezone.localtime().replace(hour=12, minute=0))
    page = client.get("/programme/").content.decode()
    assert "The Third Man" in page
    assert '<p class="kicker">Today</p>' in page


def test_screenings_stand_under_their_hall_in_order(client, film):
    for name in ("Attic", "Reiniger"):
        hall = Hall.objects.create(name=name, seats=32)
        for hour in (18, 14):
            show(film, hall, datetime(2026, 5, 1, hour, tzinfo=UTC))
    page = client.get("/programme/2026-05-01/").content.decode()
    assert re.findall(r'<h2 id="hall-\d+">(.*?)</h2>', page) == ["Attic", "Reiniger"]
    assert re.findall(r'<p class="when"><time[^>]*>(.*?)<', page) == ["16:00", "20:00"] * 2


@pytest.mark.parametrize(("days", "marked"), [(-3, 1), (3, 0)])
def test_what_has_begun_already_is_marked(client, film, hall, days, marked):
    starts_at = timezone.localtime() + timedelta(days=days)
    show(film, hall, starts_at)
    page = client.get(f"/programme/{starts_at.date()}/").content.decode()
    assert page.count('class="over"') == marked


def test_the_week_has_seven_days_and_marks_the_one_that_is_shown(client, db):
    page = Page(client.get("/programme/2026-02-26/"))
    days = [a for a in page.all("a") if re.fullmatch(r"/programme/2026-.*/", a["href"] or "")]
    assert {"/programme/2026-02-23/", "/programme/2026-03-01/"} < {a["href"] for a in days}
    [current] = [a["href"] for a in days if a.get("aria-current") == "date"]
    assert current == "/programme/2026-02-26/"


@pytest.mark.parametrize("day", ["1895-01-01", "2200-12-31", "2024-02-29"])
def test_any_day_can_be_asked_for(client, db, day):
    assert client.get(f"/programme/{day}/").status_code == 200


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "2026-1-1",
        "today",
        "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661",
        "%00",
    ],
)
def test_a_day_that_is_none_is_not_found(client, db, day):
    assert client.get(f"/programme/{day}/").status_code == 404


# Markup in what others wrote


def test_markup_in_titles_names_and_reviews_stays_text(client, hall):
    film = make_film(0, hall=hall, title=MARKUP, based_on=MARKUP, mended=[MARKUP])
    film.released = None
    film.save()
    Genre.objects.update(name=MARKUP)
    Distributor.objects.update(name=MARKUP)
    Hall.objects.update(name=MARKUP)
    Review.objects.update(text=MARKUP)
    Reviewer.objects.filter(name="The first reviewer").update(name=MARKUP)
    director = film.directors.first()
    Director.objects.filter(pk=director.pk).update(name=MARKUP)
    director.refresh_from_db()
    show(film, hall, timezone.now())
    pages = ["/", film.get_absolute_url(), director.get_absolute_url(), "/programme/"]
    for path in [*pages, f"/?title={MARKUP}", f"/nowhere/{MARKUP}"]:
        page = Page(client.get(path))
        assert "<script>alert" not in page.html
        assert page.all("img") == []
        assert not [attributes for _, attributes in page.tags if "onerror" in attributes]


# When something is wrong


def test_a_page_that_is_missing_looks_like_the_house(client, db):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "This reel is missing" in answer.content.decode()
    assert 'class="masthead"' in answer.content.decode()


def test_the_error_page_needs_neither_database_nor_visitor():
    page = server_error(RequestFactory().get("/")).content.decode()
    assert "The film has torn" in page
    assert 'class="masthead"' in page


def test_an_error_on_the_way_brings_the_error_page(db, monkeypatch, caplog):
    monkeypatch.setattr(views, "NEXT_SCREENINGS", "many")
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert "The film has torn" in answer.content.decode()
    assert "Internal Server Error: /" in caplog.text


@pytest.mark.parametrize("path", ["/", "/programme/", "/about/", "/films/1/x/"])
def test_pages_are_only_for_reading(client, db, path):
    assert client.post(path).status_code == 405
