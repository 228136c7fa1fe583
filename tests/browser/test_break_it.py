"""Staff break the site, and the visitors do not notice."""

from playwright.sync_api import expect


def test_cut_says_what_happened_and_the_next_page_is_there(visit, staff_state):
    visitor = visit("/")
    staff = visit("/backstage/break/", storage_state=staff_state)
    staff.get_by_role("button", name="Cut every connection").click()
    expect(staff.get_by_role("status")).to_contain_text("cut")
    assert visitor.reload().status == 200


def test_the_strip_is_found_from_the_drawer(visit, staff_state):
    page = visit("/about/", storage_state=staff_state)
    page.click("#backstage summary")
    page.get_by_role("link", name="Break something").click()
    expect(page.locator("h1")).to_have_text("Break something")


def test_a_renamed_director_is_seen_under_the_new_name_at_once(visit, paths, staff_state):
    staff = visit("/backstage/break/", storage_state=staff_state)
    visitor = visit(paths["director"])
    old = visitor.locator("h1").inner_text()
    rename = staff.get_by_role("button", name="Rename a director behind its back")
    rename.click()
    expect(staff.get_by_role("status")).to_be_visible()
    visitor.reload()
    expect(visitor.locator("h1")).to_have_text(f"{old} (renamed)")
    rename.click()
    expect(staff.get_by_role("status")).to_contain_text(f"now called “{old}”")
    visitor.reload()
    expect(visitor.locator("h1")).to_have_text(old)
