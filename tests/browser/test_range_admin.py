"""Ranges in the admin, as staff meet them: labels, errors beside inputs, keyboard, no edit lost."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.test import Client

from matinee.ranges import INFINITY, MultiRange, Range
from tests.browser.test_accessibility import SCHEMES, violations
from tests.browser.watching import Watch
from tests.spans.models import Everything

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.browser.range_urls"),
]

NIGHT = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
FIELDS = ["ints", "nums", "closed", "days", "during", "many_ints", "many_days", "many_times"]


@pytest.fixture
def row(transactional_db):
    return Everything.objects.create(
        name="Looked at",
        ints=Range(1, 5),
        nums=Range(empty=True),
        closed=Range(None, None),
        days=Range(dt.date(2026, 1, 1), INFINITY, "[]"),
        during=Range(NIGHT, NIGHT + HOUR + dt.timedelta(microseconds=1), "(]"),
        many_ints=MultiRange([Range(1, 3), Range(7, 9)]),
        many_days=MultiRange([Range(dt.date(2026, 1, 1), dt.date(2026, 2, 1))]),
        many_times=MultiRange([Range(NIGHT, NIGHT + HOUR), Range(NIGHT + 5 * HOUR, None)]),
    )


@pytest.fixture
def session(transactional_db):
    client = Client()
    client.force_login(User.objects.create_superuser("staff"))
    return client.cookies["sessionid"].value


@pytest.fixture
def office(stage, browser, live_server, row, session):
    """Open a page of the admin that only tests know, with the options of ``new_context``."""
    contexts = []
    address = live_server.url.replace("localhost", "127.0.0.1")
    watch = Watch(address)

    def visit(path, **options):
        context = browser.new_context(
            base_url=address, reduced_motion="reduce", timezone_id="Europe/Vienna", **options
        )
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        watch.over(page)
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        stage.submit(context.close).result()
    assert watch.complaints == []


def change(site, row):
    return f"/{site}/spans/everything/{row.pk}/change/"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_form_with_every_kind_of_range_breaks_no_rule(office, row, scheme):
    page = office(change("plain", row), color_scheme=scheme)
    assert violations(page, ".matinee-range") == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_wrong_stands_beside_its_input_and_is_tied_to_it(office, row, scheme):
    page = office(change("plain", row), color_scheme=scheme)
    page.locator("#id_ints_0").fill("9")
    page.locator("#id_during_1_1").fill("late")
    page.locator("[name=_save]").click()
    last = page.locator("#id_ints_1")
    assert last.get_attribute("aria-invalid") == "true"
    told = page.locator(f"#{last.get_attribute('aria-describedby')}")
    assert told.inner_text() == "The end must not come before the start."
    assert page.locator("#id_ints_0").get_attribute("aria-invalid") is None
    assert page.get_by_text("Enter a valid time.").count() == 1
    assert violations(page, ".matinee-range") == {}


def test_saving_what_was_only_looked_at_changes_nothing(office, row):
    page = office(change("plain", row))
    page.locator("[name=_save]").click()
    page.locator(".messagelist .success").wait_for()
    page.goto(f"/plain/spans/everything/{row.pk}/history/")
    assert page.get_by_text("No fields changed.").count() == 1


def test_a_range_is_entered_with_the_keyboard_alone(office, row):
    page = office("/plain/spans/everything/add/")
    page.get_by_role("group", name="Days:").get_by_label("First day").focus()
    page.keyboard.type("2026-03-01")
    last = page.get_by_role("group", name="Days:").get_by_label("Last day")
    while not last.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("2026-03-31")
    page.keyboard.press("Enter")
    page.locator(".messagelist .success").wait_for()
    assert page.get_by_text("from March 1, 2026 to March 31, 2026").count() == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_filter_of_ranges_breaks_no_rule_and_keeps_what_else_was_asked(office, row, scheme):
    page = office("/plain/spans/everything/?ints__is=open", color_scheme=scheme)
    page.locator("#filter_days__has").fill("2026-01-15")
    page.locator("#filter_days__has").press("Enter")
    page.wait_for_url("**days__has=2026-01-15**")
    assert "ints__is=open" in page.url
    assert violations(page, ".matinee-range-filter") == {}
