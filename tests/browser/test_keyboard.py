"""All of it works from the keyboard, and it is seen where one is."""

import re

from playwright.sync_api import Page, expect

FOCUSED = "document.activeElement"
OUTLINED = """() => {
  const style = getComputedStyle(document.activeElement);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return outlined || style.boxShadow !== "none";
}"""
COVERED = """() => {
  const at = document.activeElement.getBoundingClientRect();
  const bar = document.querySelector("#backstage summary").getBoundingClientRect();
  return !document.activeElement.closest("#backstage") && at.top >= bar.top && at.width > 0;
}"""
PLACE = """() => document.activeElement.closest("#backstage") ? "drawer"
  : document.activeElement.closest("form[role=search]") ? "filters"
  : document.activeElement.closest("#results a[href^='/films/']") ? "results" : "elsewhere" """


def tab_until(page: Page, wanted: str, *, most: int = 120) -> int:
    """Press Tab until JavaScript *wanted* holds; return how often."""
    for count in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate(wanted):
            return count
    raise AssertionError(f"{most} times Tab never came to where {wanted}")


def test_the_skip_link_comes_first_and_leads_to_the_content(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    skip = page.locator("a:focus")
    target = skip.get_attribute("href")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == target
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.querySelector('{target}').contains({FOCUSED})")


def test_tab_comes_by_the_filters_then_the_results_then_the_drawer(visit):
    page = visit("/?decade=1930")
    places = []
    for _ in range(250):
        page.keyboard.press("Tab")
        if (place := page.evaluate(PLACE)) not in places:
            places.append(place)
        if place == "drawer":
            break
    assert [place for place in places if place != "elsewhere"] == ["filters", "results", "drawer"]


def test_wherever_tab_comes_it_is_seen_and_not_under_the_drawer(visit):
    page = visit("/?decade=1930", viewport={"width": 1280, "height": 640})
    while True:
        page.keyboard.press("Tab")
        if page.evaluate(PLACE) == "drawer":
            break
        at = page.evaluate(f"{FOCUSED}.outerHTML.slice(0, 120)")
        assert page.evaluate(OUTLINED), f"not seen: {at}"
        assert not page.evaluate(COVERED), f"under the drawer: {at}"


def test_enter_opens_the_drawer_and_escape_closes_it(visit):
    page = visit("/about/")
    tab_until(page, f"{FOCUSED}.matches('#backstage summary')")
    assert page.evaluate(OUTLINED)
    page.keyboard.press("Enter")
    expect(page.locator("#backstage-body")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("#backstage-body")).to_be_hidden()
    assert page.evaluate(f"{FOCUSED}.matches('#backstage summary')")


def test_space_and_enter_turn_the_switch_and_focus_stays_on_it(visit):
    page = visit("/")
    page.locator("#backstage summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    switch = page.get_by_role("switch", name="Without Matinee")
    expect(switch).to_be_focused()
    page.keyboard.press("Space")
    expect(switch).to_be_checked()
    expect(switch).to_be_focused()
    page.keyboard.press("Enter")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()


def test_a_film_is_found_and_opened_without_a_mouse(visit):
    page = visit("/")
    tab_until(page, f"{FOCUSED}.matches('input[name=title]')")
    page.keyboard.type("Metropolis")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("title=Metropolis"))
    tab_until(page, f"{FOCUSED}.matches(\"#results a[href^='/films/']\")")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Metropolis")
