"""Filters of ranges in URLs, typed by the model's field."""

import datetime as dt
import re
import warnings
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import models
from django.http import QueryDict
from django.test.utils import isolate_apps
from django.urls import include, path
from django.utils import timezone
from rest_framework import permissions, routers, serializers, viewsets
from rest_framework.test import APIClient

django_filters = pytest.importorskip("django_filters")

from django_filters import rest_framework as rest_filters  # noqa: E402

from matinee.ranges import INFINITY, Range, fields  # noqa: E402
from matinee.ranges.filters import RangeFilter, RangeFilters  # noqa: E402
from tests.spans.models import Everything  # noqa: E402

DAY = dt.date(2026, 1, 1)
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ALL = ["contains", "contained_by", "overlap", "adjacent_to", "fully_lt", "fully_gt", "exact"]
ENDS = ["lower", "lower__gte", "lower__lt", "upper__lte", "upper__gt"]
NAMES = ["ints", "bigs", "nums", "days", "during", "many_ints", "many_nums", "many_days"]
LONG = "x" * 10_240

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class EverythingFilters(django_filters.FilterSet):
    class Meta:
        model = Everything
        fields = {name: [*ALL, *ENDS, "is_empty", "isnull", "in"] for name in NAMES}


def filters_of(name):
    """Return the filters of one field, which are made sooner."""
    meta = type(
        "Meta", (), {"model": Everything, "fields": {name: EverythingFilters.Meta.fields[name]}}
    )
    return type("Filters", (django_filters.FilterSet,), {"Meta": meta})


class ShortFilters(RangeFilters, rest_filters.FilterSet):
    class Meta:
        model = Everything
        ranges = ["ints", "days", "during", "many_days"]


class ElementFilters(django_filters.FilterSet):
    day_within = RangeFilter("day", "contained_by")
    begun = RangeFilter("during", "lower__lte")

    class Meta:
        model = Everything
        fields = []


class EverythingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Everything
        fields = ["id"]


class Everythings(viewsets.ReadOnlyModelViewSet):
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    pagination_class = None
    queryset = Everything.objects.order_by("pk")
    serializer_class = EverythingSerializer
    filter_backends = (rest_filters.DjangoFilterBackend,)
    filterset_fields = EverythingFilters.Meta.fields


class Shorts(Everythings):
    filterset_fields = None
    filterset_class = ShortFilters


class Ends(Everythings):
    filterset_fields = dict.fromkeys(NAMES, ENDS)


router = routers.SimpleRouter()
router.register("ends", Ends, basename="ends")
router.register("everything", Everythings, basename="everything")
router.register("short", Shorts, basename="short")
urlpatterns = [path("", include(router.urls))]


def found(filters, url):
    """Return the names of the rows that the filters leave, for the part of a URL after the "?"."""
    asked = filters(QueryDict(url), Everything.objects.order_by("pk"))
    assert asked.is_valid(), asked.errors
    return [row.name for row in asked.qs]


def errors(filters, url):
    asked = filters(QueryDict(url), Everything.objects.all())
    assert not asked.is_valid()
    return asked.errors


@pytest.fixture
def rows():
    Everything.objects.create(
        name="early",
        ints=(1, 5),
        nums=(Decimal("0.5"), Decimal(2)),
        days=(DAY, DAY + dt.timedelta(7)),
        during=(NOON, NOON + HOUR),
        many_ints=[(1, 3), (5, 8)],
        many_days=[(DAY, DAY + dt.timedelta(1))],
        day=DAY,
    )
    Everything.objects.create(
        name="late",
        ints=(5, None),
        nums=(Decimal(2), Decimal("Infinity")),
        days=(DAY + dt.timedelta(7), INFINITY),
        during=(NOON + HOUR, NOON + 2 * HOUR),
        many_ints=[(20, None)],
        many_days=[],
        day=DAY + dt.timedelta(30),
    )
    Everything.objects.create(name="empty", ints=Range(empty=True), days=Range(empty=True))
    Everything.objects.create(name="null")


# What is found.


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("ints__contains=4", ["early"]),
        ("ints__contains=5", ["late"]),
        ("ints__contains=[2,4]", ["early"]),
        ("ints__contains=empty", ["early", "late", "empty"]),
        ("ints__overlap=[4,6)", ["early", "late"]),
        ("ints__overlap_min=5", ["late"]),
        ("ints__overlap_max=4", ["early"]),
        ("ints__overlap_min=0&ints__overlap_max=1", ["early"]),
        ("ints__contained_by=[0,9)", ["early", "empty"]),
        ("ints__contained_by_min=1&ints__contained_by_max=4", ["early", "empty"]),
        ("ints__adjacent_to=[-5,1)", ["early"]),
        ("ints__fully_lt=[5,6)", ["early"]),
        ("ints=[1,4]", ["early"]),
        ("ints__in=[1,5),[5,)", ["early", "late"]),
        ("ints__lower=1", ["early"]),
        ("ints__lower__gte=2", ["late"]),
        ("ints__upper__lte=5", ["early"]),
        ("ints__is_empty=true", ["empty"]),
        ("ints__is_empty=false", ["early", "late"]),
        ("ints__isnull=true", ["null"]),
        ("nums__contains=1.5", ["early"]),
        ("nums__contains=infinity", []),
        ("nums__overlap=[1,2]", ["early", "late"]),
        ("nums__overlap_min=1&nums__overlap_max=2", ["early"]),
        ("days__contains=2026-01-03", ["early"]),
        ("days__overlap_after=2026-01-07&days__overlap_before=2026-01-08", ["early", "late"]),
        ("days__overlap_before=2026-01-07", ["early"]),
        ("days__lower__lt=2026-01-02", ["early"]),
        ("during__contains=2026-01-01T12:30:00Z", ["early"]),
        ("during__contains=2026-01-01T18:00:00%2B05:00", ["late"]),
        (
            "during__overlap_after=2026-01-01T12:00Z&during__overlap_before=2026-01-01T13:00Z",
            ["early"],
        ),
        ("many_ints__contains=6", ["early"]),
        ("many_ints__overlap=[3,5)", []),
        ("many_ints__overlap={[2,3),[20,21)}", ["early", "late"]),
        ("many_ints__contained_by={[0,4),[5,9)}", ["early"]),
        ("many_ints={[1,3),[5,8)}", ["early"]),
        ("many_days__is_empty=true", ["late"]),
        ("ints__overlap=&ints__contains=", ["early", "late", "empty", "null"]),
    ],
)
def test_what_is_asked_is_found(rows, url, names):
    assert found(filters_of(re.match(r"[a-z_]+?(?=__|=)", url)[0]), url) == names


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("ints_contains=4", ["early"]),
        ("ints_overlaps=[4,6)", ["early", "late"]),
        ("ints_overlaps_min=5", ["late"]),
        ("days_within=[2026-01-01,2026-01-31]", ["early", "empty"]),
        ("days_lower_gte=2026-01-08", ["late"]),
        ("days_upper_lt=infinity", ["early"]),
        ("during_before=[2026-01-01 13:00Z,)", ["early"]),
        ("during_after=(,2026-01-01 13:00Z)", ["late"]),
        ("during_after_before=2026-01-01 13:00Z", ["late"]),
        ("during_lower_gt=2026-01-01T12:00Z", ["late"]),
        ("during_upper_lte=2026-01-01T13:00Z", ["early"]),
        ("ints_lower_lte=1", ["early"]),
        ("ints_upper_gte=5", ["early"]),
        ("ints_is_empty=true", ["empty"]),
        ("ints_adjacent_to=[5,6)", ["early"]),
        ("many_days_contains=2026-01-01", ["early"]),
    ],
)
def test_the_short_names_find_the_same(rows, url, names):
    assert found(ShortFilters, url) == names


def test_elements_are_found_in_ranges(rows):
    assert found(ElementFilters, "day_within=[2026-01-01,2026-01-02)") == ["early"]
    assert found(ElementFilters, "day_within_after=2026-01-02") == ["late"]
    assert found(ElementFilters, "begun=2026-01-01T12:00Z") == ["early"]


def test_a_point_in_time_without_a_zone_is_in_the_current_one(rows):
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        assert found(EverythingFilters, "during__contains=2026-01-01T17:45") == ["early"]


def test_filters_may_exclude(rows):
    class Excluding(django_filters.FilterSet):
        not_during = RangeFilter("during", "overlap", exclude=True)

        class Meta:
            model = Everything
            fields = []

    url = "not_during=[2026-01-01T12:00Z,2026-01-01T12:10Z)"
    assert found(Excluding, url) == ["late", "empty", "null"]


@isolate_apps("tests.spans")
def test_a_filter_set_of_all_fields_has_those_of_ranges():
    class Held(models.Model):
        span = fields.IntegerRangeField()
        spans = fields.DateMultiRangeField()

        class Meta:
            app_label = "spans"

    class HeldFilters(django_filters.FilterSet):
        class Meta:
            model = Held
            fields = "__all__"

    assert {name: type(each) for name, each in HeldFilters.base_filters.items()} == {
        "span": RangeFilter,
        "spans": RangeFilter,
    }


# What is refused.


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "absurd", ["x", "[1", "[1,2,3)", "1e1000000", "NaN", "5874897-01-01", LONG, f"[{LONG},)", "[x,)"]
)  # fmt: skip
def test_what_is_absurd_is_an_error_at_its_parameter(name, absurd):
    for lookup in ("contains", "overlap", "in"):
        assert errors(filters_of(name), f"{name}__{lookup}={absurd}").keys() == {
            f"{name}__{lookup}"
        }


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ints__overlap=5", 'Enter a range, as "[1,5)".'),
        ("ints__overlap=[7,5)", "must not come"),
        ("ints__contains=2147483648", "less than or equal to 2147483647"),
        ("ints__overlap=[1,2147483647]", "2147483647"),
        ("ints__overlap_min=one", "Enter a whole number."),
        ("ints__overlap_min=7&ints__overlap_max=5", "must not come"),
        ("days__overlap_after=5874897-01-01", "Enter a valid date."),
        ("days__contains=2026-02-30", "Enter a valid date."),
        ("nums__contains=1e1000000", "digits"),
        ("many_ints__overlap={[1,2)", 'Enter a multirange, as "{[1,3),[5,8)}".'),
        ("during__contains=0001-01-01T00:00%2B14:00", "Enter a valid date/time."),
    ],
)
def test_what_is_wrong_is_told(url, said):
    (messages,) = errors(EverythingFilters, url).values()

    assert said in " ".join(messages)


@pytest.mark.parametrize("where", ["everything", "short"])
def test_a_web_api_answers_400_and_says_what_is_wrong(rows, where):
    name = "ints__overlap" if where == "everything" else "ints_overlaps"
    client = APIClient()

    answer = client.get(f"/{where}/", {name: "[5,1)"})
    right = client.get(f"/{where}/", {name: "[1,2)"})

    assert (answer.status_code, answer.json().keys()) == (400, {name})
    assert (right.status_code, len(right.json())) == (200, 1)


@pytest.mark.parametrize(
    "value", ["1e1000000", "NaN", "99999999999999999999", "5874897-01-01", "1.5", "infinity", LONG]
)
def test_no_bound_in_a_url_is_an_error_of_the_server(rows, value):
    client = APIClient()
    for name in NAMES:
        for end in ENDS:
            answer = client.get("/ends/", {f"{name}__{end}": value})
            assert answer.status_code in {200, 400}
    for name in ("ints", "days", "during"):
        for end in ("lower_gte", "upper_lt"):
            assert client.get("/short/", {f"{name}_{end}": value}).status_code in {200, 400}


# What is shown.


def test_a_form_shows_what_was_asked(rows):
    url = "ints__overlap_min=2&ints__overlap_max=4&days__contains=2026-01-02"
    asked = EverythingFilters(QueryDict(url), Everything.objects.all())

    page = str(asked.form)

    assert 'name="ints__overlap" value="[2,4]"' in page
    assert 'name="days__contains" value="2026-01-02"' in page


def test_no_warning_is_given_for_what_is_registered():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filters = type("Made", (EverythingFilters,), {})

    assert isinstance(filters.base_filters["during__overlap"], RangeFilter)
