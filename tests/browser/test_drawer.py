"""The drawer "How this page was made" tells the truth, with JavaScript and without."""

import re
from urllib.parse import unquote

from playwright.sync_api import Page, Response, expect


def stated(page: Page) -> int:
    """Return the number of queries on the drawer's summary line."""
    return int(re.match(r"\d+", page.locator("#backstage-facts").inner_text()).group())


def sent(response: Response) -> int:
    """Return the number of queries in the Server-Timing header."""
    timing = response.all_headers()["server-timing"]
    return int(re.search(r'sql;dur=[\d.]+;desc="(\d+)', timing).group(1))


def compare(page: Page) -> tuple[int, int]:
    """Turn "Without Matinee" on; return the queries without it, and with it."""
    page.click("#backstage summary")
    page.click(".bs-switch")
    expect(page.locator(".bs-verdict")).to_be_visible()
    many, few = page.locator(".bs-verdict b").all_inner_texts()
    return int(many), int(few)


def test_the_drawer_is_closed_and_its_summary_in_sight(visit):
    page = visit("/")
    expect(page.locator("#backstage-body")).to_be_hidden()
    expect(page.locator("#backstage summary")).to_be_in_viewport()
    expect(page.locator("#backstage-facts")).to_contain_text("planned by Matinee")


def test_the_catalogue_takes_a_handful_of_queries_and_the_drawer_says_how_many(visit):
    page = visit("/")
    assert 0 < stated(page) <= 7
    assert stated(page) == sent(page.reload())


def test_without_matinee_the_catalogue_takes_hundreds(visit):
    page = visit("/")
    many, few = compare(page)
    assert few == stated(page)
    assert many > 100
    expect(page.locator(".bs-verdict")).to_contain_text("The same page, byte for byte.")


def test_the_film_has_a_frame_for_each_query(visit):
    page = visit("/")
    many, few = compare(page)
    frames = [strip.locator("g > rect:not(.bs-strip)").count() for strip in films(page)]
    assert frames == [few, many]


def films(page: Page) -> list:
    return page.locator(".bs-film").all()


def test_the_switch_turns_off_again(visit):
    page = visit("/")
    compare(page)
    switch = page.get_by_role("switch", name="Without Matinee")
    expect(switch).to_be_checked()
    switch.click()
    expect(page.locator(".bs-verdict")).to_have_count(0)
    expect(page.get_by_role("switch", name="Without Matinee")).not_to_be_checked()


def test_the_page_made_without_matinee_says_so_and_leads_back(visit):
    page = visit("/")
    many, few = compare(page)
    page.get_by_role("link", name="Open the page made without Matinee").click()
    expect(page.locator("#backstage-facts")).to_contain_text("without Matinee")
    assert stated(page) == many
    page.locator("#backstage > details").evaluate("drawer => { drawer.open = true }")
    page.get_by_role("link", name="Make it with Matinee").click()
    expect(page.locator("#backstage-facts")).to_contain_text("planned by Matinee")
    assert stated(page) == few


def test_a_comparison_that_fails_says_so_and_can_be_tried_again(visit):
    page = visit("/")
    page.click("#backstage summary")
    page.route("**/backstage/compare/**", lambda route: route.fulfill(status=404, body="gone"))
    page.click(".bs-switch")
    expect(page.locator(".bs-invitation")).to_have_text("That did not work. Try once more.")
    page.unroute("**/backstage/compare/**")
    page.click(".bs-switch")
    expect(page.locator(".bs-verdict")).to_be_visible()


def test_a_filter_refreshes_the_figures_and_the_drawer_stays_open(visit):
    page = visit("/")
    page.click("#backstage summary")
    page.evaluate("document.querySelector('#backstage-facts').textContent = 'old'")
    page.get_by_label("Decade").select_option("1990")
    expect(page.locator("#backstage-facts")).to_contain_text("planned by Matinee")
    expect(page.locator("#backstage-body")).to_be_visible()
    assert page.locator("#backstage").count() == 1
    href = page.locator(".bs-switch").get_attribute("href")
    assert unquote(href) == "/backstage/compare/?page=/?decade=1990"


def test_on_a_wide_screen_an_open_drawer_stays_open_on_the_next_page(visit):
    page = visit("/", viewport={"width": 1280, "height": 800})
    page.click("#backstage summary")
    page.goto("/about/")
    expect(page.locator("#backstage-body")).to_be_visible()


def test_on_a_phone_an_open_drawer_does_not_cover_the_next_page(visit):
    page = visit("/", viewport={"width": 390, "height": 844})
    page.click("#backstage summary")
    page.goto("/about/")
    expect(page.locator("#backstage-body")).to_be_hidden()


def test_without_javascript_the_switch_is_a_page_of_its_own(visit):
    page = visit("/", java_script_enabled=False)
    page.click("#backstage summary")
    expect(page.locator("#backstage-body")).to_be_visible()
    page.click(".bs-switch")
    expect(page.locator("h1")).to_have_text("With and without Matinee")
    assert int(page.locator(".bs-verdict b").first.inner_text()) > 100
    page.get_by_role("link", name="Back to the page").click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_the_browsable_api_has_the_drawer_too(visit):
    page = visit("/api/films/?page_size=10")
    many, few = compare(page)
    assert few == stated(page) <= 7
    assert many > 50
