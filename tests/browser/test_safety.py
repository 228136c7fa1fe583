"""What visitors and data say is shown, never run; and no page asks anybody else for anything."""

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser import pages

PAYLOAD = """<img src=x onerror="alert('run')"><script>alert('run')</script>"""
BROKEN_OUT = """"><svg onload=alert('run')>{{ 7|add:7 }}"""


@pytest.fixture
def hostile(database_url: str) -> Iterator[int]:
    """A film, a director and a review that are called scripts; the film's key."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        (film,) = connection.execute(
            "INSERT INTO films_film (title, released, certificate, based_on, setting, mended,"
            " changed_at) VALUES (%s, '2010-12-31', %s, %s, %s, '[]', now()) RETURNING id",
            [PAYLOAD, BROKEN_OUT[:20], BROKEN_OUT, BROKEN_OUT],
        ).fetchone()
        (director,) = connection.execute(
            "INSERT INTO films_director (name) VALUES (%s) RETURNING id", [PAYLOAD]
        ).fetchone()
        connection.execute(
            "INSERT INTO films_direction (film_id, director_id, generated) VALUES (%s, %s, false)",
            [film, director],
        )
        (author,) = connection.execute(
            "INSERT INTO reviews_reviewer (name, generated) VALUES (%s, false) RETURNING id",
            [BROKEN_OUT],
        ).fetchone()
        connection.execute(
            "INSERT INTO reviews_review (film_id, author_id, stars, text, written_at, generated)"
            " VALUES (%s, %s, 5, %s, now(), false)",
            [film, author, PAYLOAD],
        )
        yield film
        for table, key in [
            ("reviews_review", "film_id"),
            ("films_direction", "film_id"),
            ("films_film", "id"),
        ]:
            connection.execute(f"DELETE FROM {table} WHERE {key} = %s", [film])
        connection.execute("DELETE FROM films_director WHERE id = %s", [director])
        connection.execute("DELETE FROM reviews_reviewer WHERE id = %s", [author])


def test_a_film_called_a_script_is_shown_and_not_run(visit, hostile):
    page = visit(f"/films/{hostile}/")
    expect(page.locator("h1")).to_contain_text(PAYLOAD)
    expect(page.get_by_text(BROKEN_OUT).first).to_be_visible()
    assert page.locator("main img[onerror], main svg[onload]").count() == 0


def test_results_swapped_in_by_htmx_are_not_run_either(visit, hostile):
    page = visit("/")
    page.get_by_label("Title").fill("onerror=")
    page.keyboard.press("Enter")
    expect(page.get_by_text("alert('run')").first).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("onerror=")
    assert page.locator("main img[onerror], main svg[onload]").count() == 0


def test_a_search_for_a_script_is_shown_and_not_run(visit):
    page = visit("/?title=%22%3E%3Cscript%3Ealert('run')%3C/script%3E")
    expect(page.get_by_label("Title")).to_have_value("\"><script>alert('run')</script>")
    page.click("#backstage summary")
    page.click(".bs-switch")
    expect(page.locator(".bs-verdict")).to_be_visible()


@pytest.mark.parametrize("name", pages.EVERY)
def test_a_page_asks_only_the_site_and_forbids_the_rest(visit, paths, staff_state, name):
    page = visit(paths[name], storage_state=staff_state)
    answer = page.reload(wait_until="networkidle")
    policy = answer.all_headers()["content-security-policy"]
    assert "unsafe" not in policy
    assert "'self'" in policy


def test_the_content_policy_stops_a_script_that_came_in(visit, browser, site):
    page = browser.new_page()
    page.goto(f"{site}/about/")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.ran = true'}))"
    )
    ran = page.evaluate("window.ran === true")
    page.close()
    assert not ran
