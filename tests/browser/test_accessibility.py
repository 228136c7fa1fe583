"""axe-core on every page, in both colour schemes, by WCAG 2.0, 2.1 and 2.2, levels A and AA."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import pages

# Rules of WCAG 2.2, such as target-size, are off unless their tag is named.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES = ["light", "dark"]

GUILTY = """
<!doctype html><html><head><title></title></head><body>
<img src="data:,">
<p style="color: #999; background: #fff">Hardly to be read</p>
<button></button>
<input type="text">
<button style="width: 9px; height: 9px; padding: 0; border: 0">a</button><button
   style="width: 9px; height: 9px; padding: 0; border: 0">b</button>
</body></html>
"""


def violations(page: Page, context: str | None = None) -> dict[str, list[str]]:
    """Return the rules that are broken, each with the elements that break it."""
    options = {"runOnly": TAGS, "resultTypes": ["violations"]}
    found = Axe().run(page, context, options=options).response["violations"]
    return {
        rule["id"]: [f"{node['target']}: {node['failureSummary']}" for node in rule["nodes"]]
        for rule in found
    }


def test_a_bad_page_is_found_guilty(browser):
    page = browser.new_page()
    page.set_content(GUILTY)
    found = violations(page)
    page.close()
    assert set(found) >= {
        "button-name",
        "color-contrast",
        "document-title",
        "html-has-lang",
        "image-alt",
        "label",
        "target-size",
    }


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", pages.OPEN)
def test_no_page_breaks_a_rule(visit, paths, name, scheme):
    page = visit(paths[name], color_scheme=scheme)
    assert violations(page) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", pages.STAFF)
def test_no_page_for_staff_breaks_a_rule(visit, paths, staff_state, name, scheme):
    page = visit(paths[name], color_scheme=scheme, storage_state=staff_state)
    assert violations(page) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_form_with_errors_breaks_no_rule(visit, paths, staff_state, scheme):
    page = visit(paths["write a review"], color_scheme=scheme, storage_state=staff_state)
    page.get_by_label("Your review").fill("")
    page.locator("main form button").click()
    page.get_by_text("This field is required").first.wait_for()
    assert violations(page) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_refused_log_in_breaks_no_rule(visit, scheme):
    page = visit("/accounts/login/", color_scheme=scheme)
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("guess")
    page.locator("main form button").click()
    page.get_by_text("correct username and password").first.wait_for()
    assert violations(page) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_open_drawer_breaks_no_rule(visit, width, scheme):
    page = visit("/", color_scheme=scheme, viewport={"width": width, "height": 800})
    page.click("#backstage summary")
    assert violations(page) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_comparison_breaks_no_rule(visit, scheme):
    page = visit("/", color_scheme=scheme)
    page.click("#backstage summary")
    page.click(".bs-switch")
    page.wait_for_selector(".bs-verdict")
    page.click(".bs-naive summary")
    assert violations(page) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_drawer_on_the_browsable_api_breaks_no_rule(visit, scheme):
    page = visit("/api/films/?page_size=2", color_scheme=scheme)
    page.click("#backstage summary")
    assert violations(page, "#backstage") == {}
