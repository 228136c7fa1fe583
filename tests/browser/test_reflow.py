"""Pages fit a window of 320 pixels: WCAG 2.2, success criterion 1.4.10."""

import pytest

from tests.browser import pages

NARROW = {"width": 320, "height": 640}
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("name", pages.OPEN)
def test_nothing_scrolls_sideways(visit, paths, name):
    assert visit(paths[name], viewport=NARROW).evaluate(OVERHANG) == 0


@pytest.mark.parametrize("name", pages.STAFF)
def test_nothing_scrolls_sideways_for_staff(visit, paths, staff_state, name):
    page = visit(paths[name], viewport=NARROW, storage_state=staff_state)
    assert page.evaluate(OVERHANG) == 0


def test_neither_the_drawer_nor_what_is_in_it_scrolls_sideways(visit):
    page = visit("/", viewport=NARROW)
    page.click("#backstage summary")
    page.click(".bs-switch")
    page.wait_for_selector(".bs-verdict")
    page.click(".bs-naive summary")
    assert page.evaluate(OVERHANG) == 0
    body = page.locator(".bs-body")
    assert body.evaluate("element => element.scrollWidth - element.clientWidth") == 0


def test_the_closed_drawer_leaves_the_end_of_the_page_in_sight(visit):
    page = visit("/about/", viewport=NARROW)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    last = page.locator("footer").bounding_box()
    bar = page.locator("#backstage summary").bounding_box()
    assert last["y"] + last["height"] <= bar["y"] + 1
