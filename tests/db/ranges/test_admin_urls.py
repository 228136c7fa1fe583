"""Whatever stands in the address of a list: it answers, or says that it does not understand."""

import pytest
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.db import transaction
from django.test import RequestFactory

from matinee.ranges import Range
from tests.db.ranges import office
from tests.spans.models import Everything

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.db.ranges.office")]

NAMES = [*office.RANGES, *office.MULTIRANGES]
NAUGHTY = [
    "",
    "5",
    "2026-01-01",
    "2026-01-01T10:00:00Z",
    "nonsense",
    "[1,5)",
    "[2026-01-01,2026-02-01)",
    "{[1,5),[7,9)}",
    "empty",
    "(,)",
    "[5,1)",
    "[1,2147483647]",
    "[1,9223372036854775807]",
    "99999999999999999999",
    "1e1000000",
    "-1e1000000",
    "NaN",
    "infinity",
    "-infinity",
    "5874897-01-01",
    "0000-00-00",
    "9999-12-31",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "x" * 10_000,
    "9" * 10_000,
    "[" * 10_000,
    "\x00",
    "'; drop table spans_everything; --",
    "%s %(a)s",
    "[,",
    '["',
    "{",
    "{}",
    "[]",
    "null",
    '{"lower": 1}',
    '{"lower": {"upper": []}}',
    "True",
    "ﷺ\u202e🎬",
]
# Of what is asked of transforms, which are elements mostly.
FEW = ["nonsense", "99999999999999999999", "1e1000000", "5"]
ASKED = ["exact", "gte", "in", "range", "isnull", "year", "year__gte", "date", "hour"]
# What Django's own make a server error of, whatever the field is: a regular expression that is
# none, the character that no text may have, a year that is none, and half a pair.
DJANGOS = {
    "regex",
    "iregex",
    "iexact",
    "icontains",
    "istartswith",
    "iendswith",
    "range",
    "year",
    "gte",
}


def lookups(field):
    """Return every lookup there is on *field*, and on each of its transforms."""
    for name, cls in field.get_lookups().items():
        yield name
        if hasattr(cls, "function") and hasattr(cls, "output_field"):
            yield from (f"{name}__{each}" for each in ASKED)


def questions():
    for name in NAMES:
        field = Everything._meta.get_field(name)
        for lookup in dict.fromkeys(lookups(field)):
            yield f"{name}__{lookup}"


def test_there_is_something_to_ask():
    asked = [*questions()]
    assert len(asked) > 1_000
    assert {"during__contains", "ints__contains", "days__lower__gte", "many_ints__overlap"} < {
        *asked
    }


def broken(site, asked, *, one_in):
    """Return which questions about a field are answered with an error that is no answer.

    Each is asked with one in so many of the values, by turns.
    """
    user = User(is_superuser=True, is_staff=True)
    model_admin = site.get_model_admin(Everything)
    found = {}
    for turn, question in enumerate(asked):
        for value in FEW if question.count("__") > 1 else NAUGHTY[turn % one_in :: one_in]:
            request = RequestFactory().get("/", {question: value})
            request.user = user
            try:
                with transaction.atomic():
                    list(model_admin.get_changelist_instance(request).result_list)
            except (IncorrectLookupParameters, DisallowedModelAdminLookup):
                continue
            except Exception as error:  # noqa: BLE001
                found.setdefault(question, []).append((value[:20], repr(error)[:150]))
    return found


@pytest.fixture
def one_in(request):
    """``make drill`` asks everything with every value."""
    return 1 if request.config.getoption("--hypothesis-profile") == "drill" else 3


@pytest.fixture
def row():
    return Everything.objects.create(ints=Range(1, 5), during=Range(None, None))


@pytest.mark.parametrize("name", NAMES)
def test_no_question_of_a_list_is_a_server_error(row, name, one_in):
    asked = (each for each in questions() if each.startswith(f"{name}__"))
    assert broken(office.edited, asked, one_in=one_in) == {}


@pytest.mark.parametrize("name", NAMES)
def test_with_nothing_declared_no_question_about_ranges_is_one_either(row, name, one_in):
    asked = (each for each in questions() if each.startswith(f"{name}__"))
    ours = (each for each in asked if each.rpartition("__")[2] not in DJANGOS)
    assert broken(office.plain, ours, one_in=one_in) == {}


@pytest.mark.parametrize("site", ["plain", "edited"])
@pytest.mark.parametrize(
    "question",
    [
        "during__contains=2026-01-01",
        "ints__contains=5",
        "during__overlap=[",
        "days__contained_by=9999-12-31",
        "ints__contains=99999999999999999999",
        "many_times__contains=nonsense",
        "during__nothing=1",
        "during__lower__gte=1e1000000",
    ],
)
def test_a_page_answers_or_says_that_it_does_not_understand(client, row, site, question):
    client.force_login(User.objects.create_superuser("staff"))
    response = client.get(f"/{site}/spans/everything/?{question}", follow=True)
    assert response.status_code == 200
    told = b"wasn" in response.content or "e=1" in str(response.redirect_chain)
    assert told or response.context["cl"].result_count >= 0


def test_a_right_question_is_answered(client, row):
    client.force_login(User.objects.create_superuser("staff"))
    for question, count in (
        ("ints__contains=4", 1),
        ("ints__contains=5", 0),
        ("during__contains=2026-01-01T10:00Z", 1),
    ):
        response = client.get(f"/plain/spans/everything/?{question}")
        assert (question, response.context["cl"].result_count) == (question, count)
