"""Ranges in the admin: nothing is declared, nothing is lost, everything is said in words."""

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import display_for_field
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from matinee.ranges import INFINITY, MINUS_INFINITY, IntegerRangeField, MultiRange, Range
from matinee.ranges.admin import AdminRangeWidget, RangeAdminMixin, install
from tests._inputs import sent
from tests.db.ranges import office
from tests.spans.models import Everything, Part

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.db.ranges.office")]

NIGHT = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.date(2026, 1, 1)
SITES = ["plain", "office", "edited"]
WHOLES = [
    {
        "ints": Range(1, 5),
        "bigs": Range(-(2**63), None),
        "nums": Range(Decimal("1.50"), Decimal(2), "(]"),
        "closed": Range(Decimal(1), Decimal(2), "[)"),
        "days": Range(DAY, INFINITY),
        # The hour that comes twice, to the microsecond.
        "during": Range(NIGHT, NIGHT + HOUR + dt.timedelta(microseconds=1), "()"),
        "many_ints": MultiRange([Range(1, 3), Range(7, None)]),
        "many_nums": MultiRange([Range(Decimal(1), Decimal(2), "[]")]),
        "many_days": MultiRange([Range(DAY, DAY, "[]")]),
        "many_times": MultiRange([Range(NIGHT, NIGHT + HOUR), Range(NIGHT + 2 * HOUR, INFINITY)]),
    },
    dict.fromkeys([*office.RANGES], Range(empty=True)) | dict.fromkeys(office.MULTIRANGES, ()),
    dict.fromkeys([*office.RANGES], Range(None, None)) | {"many_days": [Range(None, None)]},
    {
        "nums": Range(Decimal("-Infinity"), Decimal("NaN")),
        "days": Range(MINUS_INFINITY, dt.date.max, "[]"),
        "during": Range(
            dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC), "[]"
        ),
        "ints": Range(-(2**31), 2**31 - 1),
    },
    {},
]


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create_superuser("staff"))
    return client


def address(site, row=None, page="change"):
    return f"/{site}/spans/everything/" + (f"{row.pk}/{page}/" if row else "")


def as_post(response):
    data = {}
    for name, value in sent(response.content.decode()):
        data.setdefault(name, []).append(value)
    return data


def stored(row):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT spans_everything::text FROM spans_everything WHERE id = %s", [row.pk]
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Vienna", "America/New_York"])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("values", WHOLES, ids=range(len(WHOLES)))
def test_to_save_what_was_only_looked_at_changes_nothing(staff, settings, zone, language, values):
    settings.TIME_ZONE, settings.LANGUAGE_CODE = zone, language
    row = Everything.objects.create(**values)
    before = stored(row)
    for site in SITES:
        shown = staff.get(address(site, row))
        response = staff.post(address(site, row), as_post(shown))
        assert response.status_code == 302, response.context["errors"]
        assert LogEntry.objects.latest("id").get_change_message() in {
            "No fields changed.",
            "Keine Felder geändert.",
        }
    listed = staff.get(address("edited"))
    assert staff.post(address("edited"), as_post(listed) | {"_save": "Save"}).status_code == 302
    assert stored(row) == before


def test_what_was_changed_is_saved_and_said_in_the_history(staff):
    row = Everything.objects.create(during=Range(NIGHT, None), ints=Range(1, 5))
    data = as_post(staff.get(address("plain", row)))
    staff.post(
        address("plain", row),
        data | {"ints_1": "9", "during_bounds": "empty", "during_0_0": "", "during_0_1": ""},
    )
    row.refresh_from_db()
    assert (row.ints, row.during.is_empty) == (Range(1, 10, range_type=row.ints.range_type), True)
    assert LogEntry.objects.get().get_change_message() == "Changed Ints and During."
    assert staff.get(address("plain", row, "history")).status_code == 200


def test_the_admins_own_pickers_are_offered_with_nothing_declared(staff):
    html = staff.get(address("plain") + "add/").content.decode()
    for name, kind in (("during_0_0", "Date"), ("during_1_1", "Time"), ("days_0", "Date")):
        assert re.search(rf'<input [^>]*name="{name}"[^>]*class="v{kind}Field"', html)
    assert "DateTimeShortcuts.js" in html


def test_a_model_admins_own_choice_of_widget_stays():
    class Own(AdminRangeWidget):
        pass

    class OwnAdmin(admin.ModelAdmin):
        formfield_overrides = {type(Everything._meta.get_field("days")): {"widget": Own}}

    own = OwnAdmin(Everything, office.plain)
    install()
    for name, widget in (("days", Own), ("ints", AdminRangeWidget)):
        field = own.formfield_for_dbfield(Everything._meta.get_field(name), request=None)
        assert type(field.widget) is widget


def test_a_list_says_ranges_in_words_and_in_the_active_zone(staff):
    noon = dt.datetime(2026, 1, 2, 12, tzinfo=ZoneInfo("Europe/Vienna"))
    Everything.objects.create(
        during=Range(noon, noon + HOUR),
        days=Range(DAY, None),
        ints=Range(empty=True),
        nums=Range(None, None),
    )
    html = staff.get(address("plain")).content.decode()
    assert "from Jan. 2, 2026, noon to 1 p.m." in html
    for words in ("from Jan. 1, 2026 on", "empty", "unbounded"):
        assert f">{words}</td>" in html


def test_a_list_says_what_is_of_no_field_in_words_too(staff):
    Everything.objects.create(several=[Range(1, 3), Range(empty=True)], many_ints=[Range(2, None)])
    Everything.objects.create(several=[], many_ints=[Range(0, 10)], many_days=[])
    Everything.objects.create()
    html = staff.get(address("plain")).content.decode()
    said = {name: re.findall(rf'"field-{name}">(.*?)</td>', html) for name in ("several", "free")}
    assert said == {
        "several": ["-", "-", "from 1 to 2; empty"],
        "free": ["-", "empty", "from 0 to 1"],
    }
    assert 'field-many_days">empty</td>' in html


def test_a_range_that_has_a_name_is_shown_by_it():
    named = IntegerRangeField(choices=[(Range(1, 5), "Small")])
    assert display_for_field(named.value(Range(1, 5)), named, "-") == "Small"


def test_what_the_zone_takes_out_of_the_calendar_is_shown_all_the_same():
    field = Everything._meta.get_field("during")
    first = Range(dt.datetime(1, 1, 1, tzinfo=dt.UTC), None)
    with timezone.override("America/New_York"):
        assert "Jan. 1, 0001" in display_for_field(first, field, "-")
    days = Everything._meta.get_field("days")
    assert display_for_field(days.value(Range(None, dt.date.min)), days, "-")


def test_other_fields_are_shown_as_ever():
    assert display_for_field(DAY, Everything._meta.get_field("day"), "-") == "Jan. 1, 2026"
    assert display_for_field(None, Everything._meta.get_field("days"), "-") == "-"


def test_readonly_ranges_are_said_in_words_and_not_written(staff):
    row = Everything.objects.create(
        during=Range(NIGHT, NIGHT + HOUR), many_days=[Range(DAY, DAY, "[]")]
    )
    html = staff.get(address("office", row)).content.decode()
    assert "Oct. 25, 2026" in html
    assert "from Jan. 1, 2026 to Jan. 1, 2026" in html
    assert 'name="during_0' not in html


def test_those_who_may_only_look_see_words(client):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(*_permissions("view_everything"))
    client.force_login(viewer)
    row = Everything.objects.create(ints=Range(1, 5))
    html = client.get(address("plain", row)).content.decode()
    assert "from 1 to 4" in html
    assert "matinee-range-part" not in html


def _permissions(codename):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename=codename)


def test_rows_within_a_row_have_ranges_too(staff):
    row = Everything.objects.create()
    data = as_post(staff.get(address("office", row)))
    staff.post(
        address("office", row),
        data | {"parts-0-ints_0": "1", "parts-0-ints_1": "3", "parts-0-ints_bounds": "[]"},
    )
    part = Part.objects.get()
    assert [*part.ints.elements()] == [1, 2, 3]
    shown = staff.get(address("office", row))
    assert staff.post(address("office", row), as_post(shown)).status_code == 302
    assert Part.objects.get().ints == part.ints


def test_what_nobody_touched_in_an_empty_row_makes_no_row(staff):
    row = Everything.objects.create()
    staff.post(address("office", row), as_post(staff.get(address("office", row))))
    assert not Part.objects.exists()


def test_wrong_input_is_an_error_of_its_input(staff):
    row = Everything.objects.create()
    data = as_post(staff.get(address("plain", row)))
    response = staff.post(
        address("plain", row),
        data
        | {
            "during_0_0": "2026-10-25",
            "during_0_1": "02:30",
            "nums_0": "1e1000000",
            "many_days": "x" * 10_000,
        },
    )
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert {*errors} == {"during", "nums", "many_days"}
    assert errors.as_data()["during"][0].params["part"] == 0


def test_search_finds_what_it_finds_and_is_never_a_server_error(staff):
    Everything.objects.create(name="Found", days=Range(DAY, None))
    Everything.objects.create(name="Other")
    for text in ("Found", "2026", "[", "'", "%", "1e1000000"):
        response = staff.get(address("plain"), {"q": text})
        assert response.status_code == 200
    assert staff.get(address("plain"), {"q": "Found"}).context["cl"].result_count == 1


# Filters.


@pytest.fixture
def rows():
    """Rows by name, around now."""
    now = timezone.now()
    spans = {
        "past": Range(now - 48 * HOUR, now - 47 * HOUR),
        "now": Range(now - HOUR, now + HOUR),
        "upcoming": Range(now + 24 * 30 * HOUR, now + 24 * 31 * HOUR),
        "open": Range(now - 24 * 60 * HOUR, None),
        "empty": Range(empty=True),
        "null": None,
    }
    for name, span in spans.items():
        Everything.objects.create(name=name, during=span)
        Everything.objects.create(name=f"{name} many", many_times=None if span is None else [span])


def listed(staff, **query):
    response = staff.get(address("plain"), query)
    assert response.status_code == 200
    return {each.name for each in response.context["cl"].result_list}


@pytest.mark.parametrize(
    ("link", "names"),
    [
        ("now", {"now", "open"}),
        ("past", {"past"}),
        ("upcoming", {"upcoming"}),
        ("open", {"open"}),
        ("empty", {"empty"}),
    ],
)
def test_a_link_of_the_filter_finds_what_it_says(staff, rows, link, names):
    assert listed(staff, during__is=link) == names
    assert listed(staff, many_times__is=link) == {f"{name} many" for name in names}


def test_this_week_is_that_of_the_active_zone_and_language(staff, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    today = timezone.localdate(timezone=ZoneInfo(settings.TIME_ZONE))
    sunday = today - dt.timedelta(days=today.isoweekday() % 7)
    start = dt.datetime.combine(sunday, dt.time(), ZoneInfo(settings.TIME_ZONE))
    week = dt.timedelta(days=7)
    Everything.objects.create(name="first", during=Range(start, start + HOUR))
    Everything.objects.create(name="before", during=Range(start - HOUR, start))
    after = dt.datetime.combine(sunday + week, dt.time(), ZoneInfo(settings.TIME_ZONE))
    Everything.objects.create(name="after", during=Range(after, None))
    assert listed(staff, during__is="week") == {"first"}


def test_a_day_that_is_entered_is_one_of_the_active_zone(staff, settings):
    settings.TIME_ZONE = "America/New_York"
    late = dt.datetime(2026, 5, 2, 3, tzinfo=dt.UTC)  # eleven at night on the first
    Everything.objects.create(name="late", during=Range(late, late + HOUR, "[)"))
    assert listed(staff, during__has="2026-05-01") == {"late"}
    assert listed(staff, during__has="2026-05-02") == set()
    assert listed(staff, during__from="2026-05-01", during__to="2026-05-01") == {"late"}
    assert listed(staff, during__from="2026-05-02") == set()


def test_days_and_numbers_are_filtered_by_what_they_contain_and_overlap(staff):
    Everything.objects.create(name="a", days=Range(DAY, dt.date(2026, 2, 1)), ints=Range(1, 5))
    assert listed(staff, days__has="2026-01-31") == {"a"}
    assert listed(staff, days__has="2026-02-01") == set()
    assert listed(staff, ints__has="4", ints__to="1") == {"a"}
    assert listed(staff, ints__has="5") == set()


@pytest.mark.parametrize(
    "query",
    [
        {"days__has": "nonsense"},
        {"during__has": "9999-12-31"},
        {"during__from": "2026-02-01", "during__to": "2026-01-01"},
        {"ints__has": "2147483647"},
        {"ints__has": "1e1000000"},
        {"days__has": "x" * 10_000},
        {"days__has": "\x00"},
    ],
    ids=lambda query: str(query)[:40],
)
def test_what_a_filter_cannot_read_is_said_beside_its_input(staff, query):
    Everything.objects.create(
        days=Range(None, None), during=Range(None, None), ints=Range(None, None)
    )
    response = staff.get(address("plain"), query)
    html = response.content.decode()
    assert response.status_code == 200
    assert response.context["cl"].result_count == 0
    assert html.count('aria-invalid="true"') == 1


def test_no_kind_that_nobody_knows_matches(staff):
    Everything.objects.create(days=Range(None, None))
    assert listed(staff, days__is="nonsense") == set()


def test_counts_of_the_filter_cost_one_query(staff, rows):
    with CaptureQueriesContext(
        connection,
    ) as without:
        staff.get(address("plain"))
    with CaptureQueriesContext(connection) as counted:
        response = staff.get(address("plain"), {"_facets": "True"})
    assert "Upcoming (1)" in response.content.decode()
    filters = 4
    assert len(counted) - len(without) <= filters


def test_a_filters_form_keeps_what_else_was_asked_and_not_the_page(staff):
    html = staff.get(address("plain"), {"ints__is": "open", "q": "x", "p": "1"}).content.decode()
    assert html.count('<input type="hidden" name="q" value="x">') == 4
    assert '<input type="hidden" name="p"' not in html


# A hierarchy of dates.


def test_a_hierarchy_goes_from_years_to_a_day_of_the_active_zone(staff, settings):
    settings.TIME_ZONE = "America/New_York"
    new_year = dt.datetime(2026, 1, 1, 2, tzinfo=dt.UTC)  # nine at night, in the year before
    Everything.objects.create(name="old", during=Range(new_year, None))
    Everything.objects.create(
        name="new", during=Range(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), None)
    )
    Everything.objects.create(name="none", during=Range(MINUS_INFINITY, None))
    Everything.objects.create(name="empty", during=Range(empty=True))

    def choices(**query):
        response = staff.get(address("office"), query)
        names = {each.name for each in response.context["cl"].result_list}
        return [each["title"] for each in response.context["cl"].hierarchy()["choices"]], names

    years, names = choices()
    assert (years, len(names)) == (["2025", "2026"], 4)
    assert choices(during__lower__year=2025) == (["December 2025"], {"old"})
    assert choices(during__lower__year=2025, during__lower__month=12) == (["December 31"], {"old"})
    day = {"during__lower__year": 2025, "during__lower__month": 12, "during__lower__day": 31}
    assert choices(**day) == (["December 31"], {"old"})


def test_a_hierarchy_of_days_does_not_shift_them(staff, settings):
    """Django compares days with midnight in a zone, and turns that into a day in another one."""
    settings.TIME_ZONE = "America/New_York"
    Everything.objects.create(name="a", days=Range(None, DAY))
    Everything.objects.create(name="b", days=Range(None, dt.date(2025, 12, 31)))
    with timezone.override("Pacific/Auckland"):
        request = {"days__upper__year": 2026}
        response = staff.get(address("edited"), request)
    assert {each.name for each in response.context["cl"].result_list} == {"a"}


@pytest.mark.parametrize(
    "query",
    [
        {"year": "9999"},
        {"year": "0"},
        {"year": "x"},
        {"year": "2026", "month": "13"},
        {"year": "2026", "day": "40"},
        {"year": "2026", "day": "4"},
        {"month": "x"},
        {"month": "5"},
        {"day": "4"},
        {"year": "1e1000000"},
        {"year": "9" * 5_000},
    ],
    ids=str,
)
def test_no_date_that_there_is_not_is_a_server_error(staff, query):
    Everything.objects.create(during=Range(NIGHT, None), days=Range(None, DAY))
    for site, path in (("office", "during__lower"), ("edited", "days__upper")):
        response = staff.get(
            address(site), {f"{path}__{part}": each for part, each in query.items()}
        )
        assert response.status_code in {200, 302}


def test_checks_take_a_bound_and_nothing_else():
    def found(path):
        made = type("Made", (RangeAdminMixin, admin.ModelAdmin), {"date_hierarchy": path})
        return [each.id for each in made(Everything, office.plain).check()]

    assert found("during__lower") == found("many_days__upper") == found("day") == []
    assert (
        found("ints__lower") == found("during__width") == found("nothing__lower") == ["admin.E127"]
    )
    assert found("during") == ["admin.E128"]


def test_every_office_passes_djangos_checks():
    for site in (office.plain, office.office, office.edited):
        assert site.get_model_admin(Everything).check() == []


def test_a_german_list_is_german(staff, settings):
    settings.LANGUAGE_CODE = "de"
    with translation.override("de"):
        Everything.objects.create(days=Range(DAY, dt.date(2026, 2, 1)))
        html = staff.get(address("plain")).content.decode()
    assert "1. Januar 2026" in html
    assert "31. Januar 2026" in html
