"""Filters swap the results in place, and the site works where nothing can be swapped."""

import re

from playwright.sync_api import Page, expect

from tests.browser import pages


def stay(page: Page) -> None:
    """Leave a mark that a page loaded anew would not have."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return page.evaluate("window.stayed === true")


def first_film(page: Page) -> str:
    return page.locator("#results a[href^='/films/']").first.get_attribute("href")


def test_a_filter_changes_the_results_and_the_address_without_a_reload(visit):
    page = visit("/?order=title")
    before = first_film(page)
    stay(page)
    page.get_by_label("Decade").select_option("1990")
    expect(page).to_have_url(re.compile("decade=1990"))
    assert stayed(page)
    assert first_film(page) != before


def test_the_back_button_brings_the_results_before(visit):
    page = visit("/?order=title")
    before = first_film(page)
    page.get_by_label("Decade").select_option("1990")
    expect(page).to_have_url(re.compile("decade=1990"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("decade=1990"))
    expect(page.locator(f"#results a[href='{before}']").first).to_be_visible()
    assert page.locator("#backstage").count() == 1


def test_an_address_that_was_pushed_can_be_opened_by_somebody_else(visit):
    page = visit("/?order=title")
    page.get_by_label("Decade").select_option("1990")
    expect(page).to_have_url(re.compile("decade=1990"))
    assert first_film(visit(page.url)) == first_film(page)


def test_filters_work_without_javascript(visit):
    page = visit("/?order=title", java_script_enabled=False)
    before = first_film(page)
    page.get_by_label("Decade").select_option("1990")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("decade=1990"))
    assert first_film(page) != before


def test_every_page_is_there_without_javascript(visit, paths):
    for name in pages.OPEN:
        page = visit(paths[name], java_script_enabled=False)
        expect(page.locator("h1")).to_be_visible()


def test_a_review_is_written_and_read_without_javascript(visit, paths, staff_state):
    path = paths["film of which little is known"].replace("films", "reviews")
    page = visit(path, java_script_enabled=False, storage_state=staff_state)
    page.get_by_label("good").check()
    page.get_by_label("Your review").fill("Seen with the lights off.")
    if (pen_name := page.get_by_label("Your pen name")).count():
        pen_name.fill("The projectionist")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Seen with the lights off.")).to_be_visible()


def test_free_slots_are_drawn_without_a_reload_and_can_be_linked_to(visit):
    page = visit("/programme/")
    stay(page)
    page.get_by_label("Length of a film in minutes").fill("90")
    page.get_by_role("button", name="Find free slots").click()
    expect(page.locator("#timeline .tally")).to_contain_text("for a film of 90 minutes")
    expect(page).to_have_url(re.compile("minutes=90"))
    assert stayed(page)
    assert page.locator(".chart .free").count() == visit(page.url).locator(".chart .free").count()


def test_seats_are_booked_and_given_back_without_a_reload(visit, paths, staff_state):
    page = visit(paths["book seats"], storage_state=staff_state)
    stay(page)
    page.locator("[name=count]").select_option("1")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#room .message")).to_contain_text("Booked")
    expect(page.locator("svg:not(.key) > .seat-yours")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Cancel seats")).first.click()
    expect(page.locator("#room .message")).to_contain_text("Cancelled")
    expect(page.locator("svg:not(.key) > .seat-yours")).to_have_count(0)
    assert stayed(page)
