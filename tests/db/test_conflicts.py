"""What only the database can know is an error that can be shown."""

import datetime as dt
import json
from decimal import Decimal

import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.forms import modelform_factory
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import translation
from rest_framework import serializers, viewsets

from matinee import conflicts
from matinee._dberrors import conflict
from matinee.conflicts.admin import ShowsConflicts
from matinee.conflicts.drf import AnswersConflicts
from matinee.conflicts.middleware import ConflictsMiddleware
from matinee.exceptions import ConflictError, RangesError
from matinee.ranges import Range
from tests.spans.constraints import Booking, Closure, Hall, Measured, Unguarded
from tests.spans.everything import Everything

DAY = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
TEN = Range(DAY + dt.timedelta(hours=10), DAY + dt.timedelta(hours=12))
ELEVEN = Range(DAY + dt.timedelta(hours=11), DAY + dt.timedelta(hours=13))


@pytest.fixture
def taken(db):
    hall = Hall.objects.create(name="Red")
    return Booking.objects.create(hall=hall, during=TEN, who="Ada")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


STATES = [
    ("23P01", "conflict.overlap", 409, False),
    ("23505", "conflict.unique", 409, False),
    ("23503", "conflict.reference", 409, False),
    ("23514", "conflict.check", 400, False),
    ("23502", "conflict.null", 400, False),
    ("40P01", "conflict.deadlock", 409, True),
    ("40001", "conflict.serialization", 409, True),
    ("55P03", "conflict.locked", 409, False),
    ("22003", "conflict.overflow", 400, False),
    ("22008", "conflict.overflow", 400, False),
    ("22000", "conflict.data", 400, False),
    ("22P02", "conflict.data", 400, False),
    ("22021", "conflict.data", 400, False),
]


@pytest.mark.parametrize(("sqlstate", "code", "status", "again"), STATES)
def test_each_state_has_its_code(db, sqlstate, code, status, again):
    refusal = f"DO $$ BEGIN RAISE EXCEPTION 'No.' USING ERRCODE = '{sqlstate}'; END $$"
    with (
        pytest.raises(ConflictError) as info,
        conflicts.raising_conflicts(),
        connection.cursor() as cursor,
    ):
        cursor.execute(refusal)
    error = info.value
    assert (error.code, error.status, error.again) == (code, status, again)
    assert isinstance(error.__cause__, DatabaseError)
    assert "No." not in str(error)
    assert conflicts.problem(error).body == {"detail": error.message, "code": code}


@pytest.mark.parametrize("statement", ["SELECT nothing", "SELEC 1", "SELECT 1 / 'a'::regclass"])
def test_mistakes_are_not_hidden(db, statement):
    with (
        pytest.raises(DatabaseError) as info,
        conflicts.raising_conflicts(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert not isinstance(info.value, ConflictError)
    assert conflicts.problem(info.value) is None
    assert conflicts.problem(OperationalError("The server is gone.")) is None
    assert conflicts.problem(KeyError("a")) is None


def test_what_the_driver_cannot_send_is_wrong_data(db):
    with pytest.raises(ConflictError) as info, conflicts.raising_conflicts():
        Hall.objects.create(name="\x00")
    assert info.value.code == "conflict.data"


def test_errors_of_ranges_are_answered_too():
    with pytest.raises(RangesError) as info:
        Range(5, 1)
    found = conflicts.problem(info.value)
    assert (found.status, found.code) == (400, "ranges.inverted")
    assert conflicts.problem(psycopg.errors.DeadlockDetected("…")).code == "conflict.deadlock"


def test_a_refusal_undoes_the_block_and_no_more(taken):
    with pytest.raises(ConflictError), conflicts.raising_conflicts():
        Hall.objects.create(name="Blue")
        Booking.objects.create(hall=taken.hall, during=ELEVEN)
    assert [each.name for each in Hall.objects.all()] == ["Red"]


def test_a_saved_clash_is_said_as_validation_says_it(taken):
    late = Booking(hall=taken.hall, during=ELEVEN, who="Bob")
    with pytest.raises(ValidationError) as info:
        conflicts.save(late)
    assert info.value.message_dict["during"][0].startswith("Another booking overlaps: from ")
    assert (late.pk, late._state.adding) == (None, True)
    late.hall = Hall.objects.create(name="Blue")
    conflicts.save(late)
    assert Booking.objects.count() == 2


def test_a_clash_that_has_gone_meanwhile_is_said_without_a_name(taken):
    error = ConflictError("No.", code="conflict.overlap", constraint="x", table="y")
    said = conflicts.validation_error(error, Booking(hall=taken.hall, during=ELEVEN))
    assert (said.messages, said.code) == (["No."], "overlap")
    assert conflicts.validation_error(error).messages == ["No."]


def test_what_a_constraint_says_of_itself_is_said(taken):
    with pytest.raises(ConflictError) as info, conflicts.raising_conflicts():
        Booking.objects.create(hall=taken.hall, during=ELEVEN)
    assert info.value.constraint == "spans_booking_hall_during_excl"
    assert info.value.table == "spans_booking"
    assert info.value.message == "Another one overlaps."
    with pytest.raises(ConflictError) as info, conflicts.raising_conflicts():
        Measured.objects.create(ended=Range(dt.date(2026, 1, 1), None))
    assert info.value.code == "conflict.check"
    assert info.value.message in {"Too wide!", "These values are not allowed."}


UNSAVABLE = [
    (Everything(number=2**31), "number"),
    (Everything(small=40000), "small"),
    (Everything(price=Decimal("1e20")), "price"),
    (Everything(ints=Range(1, 2**40)), "ints"),
    (Everything(ints=(7, 1)), "ints"),
    (Everything(during="[today,tomorrow)"), "during"),
    (Measured(some=Range(1, None)), "some"),
    (Booking(during=TEN), "hall"),
]


@pytest.mark.parametrize(("instance", "field"), UNSAVABLE, ids=range(len(UNSAVABLE)))
def test_what_cannot_be_saved_is_said_on_its_field(db, instance, field):
    with pytest.raises(ValidationError) as info:
        conflicts.save(instance)
    assert list(getattr(info.value, "error_dict", [])) == [field]


def test_what_no_field_knows_is_said_of_all_of_it(db):
    with pytest.raises(ValidationError) as info:
        conflicts.save(Everything(name="\x00"))
    assert (info.value.code, info.value.messages) == (
        "data",
        ["The database cannot take these values."],
    )


def test_asynchronous_code_has_the_same(taken):
    late = Booking(hall=taken.hall, during=ELEVEN, who="Bob")
    with pytest.raises(ValidationError):
        async_to_sync(conflicts.asave)(late)
    with pytest.raises(ConflictError):
        async_to_sync(conflicts.aattempt)(late.save)
    found = async_to_sync(conflicts.aattempt)(Hall.objects.create, name="Blue", using="default")
    assert found.name == "Blue"


def test_a_form_that_lost_the_race_has_the_error(taken):
    make = modelform_factory(Unguarded, fields=["hall"])
    form = make({"hall": taken.hall.pk}, instance=Unguarded(during=TEN))
    assert form.is_valid()
    assert conflicts.save_form(form)

    form = modelform_factory(Booking, fields=["hall", "who"])(
        {"hall": taken.hall.pk, "who": "Bob"}, instance=Booking(during=ELEVEN)
    )
    assert form.is_valid(), "the form does not have the range, so nothing looked"
    assert not conflicts.save_form(form)
    assert not form.is_valid()
    assert form.non_field_errors()[0].startswith("Another booking overlaps: from ")


# The admin, whose forms do not show the range: so nothing looks before it is saved.


class Later:
    def save_model(self, request, obj, form, change):
        obj.during = ELEVEN
        if obj.seats == 40:
            obj.seats = 2**40
        super().save_model(request, obj, form, change)


class BookingAdmin(ShowsConflicts, Later, admin.ModelAdmin):
    fields = ["hall", "who", "seats"]
    list_display = ["pk", "seats"]
    list_editable = ["seats"]


class PlainAdmin(Later, admin.ModelAdmin):
    fields = BookingAdmin.fields


class ClosureAdmin(ShowsConflicts, admin.ModelAdmin):
    fields = ["hall", "reason"]

    def save_model(self, request, obj, form, change):
        obj.days = [(dt.date(2026, 1, 1), dt.date(2026, 2, 1))]
        super().save_model(request, obj, form, change)


site = admin.AdminSite("conflicts")
site.register(Booking, BookingAdmin)
site.register(Closure, ClosureAdmin)
plain = admin.AdminSite("plain")
plain.register(Booking, PlainAdmin)


# An API, whose serializers validate no constraints.


class BookingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Booking
        fields = ["id", "hall", "who", "seats"]

    def create(self, validated):
        return Booking.objects.create(during=ELEVEN, **validated)


class Bookings(AnswersConflicts, viewsets.ModelViewSet):
    queryset = Booking.objects.order_by("pk")
    serializer_class = BookingSerializer
    permission_classes = ()
    pagination_class = None
    authentication_classes = ()

    def get_exception_handler(self):
        from matinee.conflicts.drf import exception_handler

        return exception_handler


class NamingSerializer(BookingSerializer):
    """Says which is in the way."""

    def create(self, validated):
        booking = Booking(during=ELEVEN, **validated)
        conflicts.save(booking)
        return booking


class NamingBookings(Bookings):
    serializer_class = NamingSerializer

    def perform_create(self, serializer):
        if serializer.validated_data["who"] == "":
            raise ValidationError("Who?")
        serializer.save()


def deferred(request):
    Closure.objects.create(hall=Hall.objects.get(), days=[(dt.date(2026, 1, 1), None)])
    return HttpResponse()


@transaction.atomic
def careless(request):
    Booking.objects.create(hall=Hall.objects.get(), during=ELEVEN)


def mistaken(request):
    raise KeyError("a")


urlpatterns = [
    path("admin/", site.urls),
    path("plain/", plain.urls),
    path("bookings/", Bookings.as_view({"post": "create", "get": "list"})),
    path("bookings/<int:pk>/", Bookings.as_view({"patch": "partial_update", "delete": "destroy"})),
    path("naming/", NamingBookings.as_view({"post": "create"})),
    path("careless/", careless),
    path("deferred/", deferred),
    path("mistaken/", mistaken),
]


def handler500(request):
    return HttpResponse(status=500)


@pytest.fixture
def client(db):
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.create_superuser("ada", "a@example.com", "a"))
    with override_settings(ROOT_URLCONF=__name__):
        yield client


def test_a_clash_in_the_admin_shows_an_error_in_the_form(client, taken):
    data = {"hall": taken.hall.pk, "who": "Bob", "seats": 1}
    answer = client.post("/plain/spans/booking/add/", data)
    assert answer.status_code == 500, "a control: what Django does"
    answer = client.post("/admin/spans/booking/add/", data)
    assert answer.status_code == 200
    assert "Another one overlaps." in answer.content.decode()
    assert answer.context["adminform"].form.data["who"] == "Bob"
    assert [*Booking.objects.all()] == [taken]
    taken.delete()
    answer = client.post("/admin/spans/booking/add/", data)
    assert answer.status_code == 302
    assert Booking.objects.get().who == "Bob"


def test_an_overflow_in_the_admin_shows_an_error_in_the_form(client, taken):
    data = {"hall": taken.hall.pk, "who": "Ada", "seats": 40}
    answer = client.post(f"/admin/spans/booking/{taken.pk}/change/", data)
    assert answer.status_code == 200
    assert "A value is too large for the database." in answer.content.decode()


def test_a_list_in_the_admin_says_it_in_a_message(client, taken):
    data = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "_save": "Save",
        "form-0-id": taken.pk,
        "form-0-seats": 40,
    }
    answer = client.post("/admin/spans/booking/", data, follow=True)
    assert answer.status_code == 200
    (message,) = answer.context["messages"]
    assert str(message) == "A value is too large for the database."


def test_a_deferred_constraint_speaks_before_success_is_reported(client, taken):
    Closure.objects.create(hall=taken.hall, days=[(dt.date(2026, 1, 3), None)])
    data = {"hall": taken.hall.pk, "reason": "Dust"}
    answer = client.post("/admin/spans/closure/add/", data)
    assert answer.status_code == 200
    assert "Another one overlaps." in answer.content.decode()
    assert [*answer.context["messages"]] == []


def test_an_api_answers_409_with_a_code(client, taken):
    data = {"hall": taken.hall.pk, "who": "Bob"}
    answer = client.post("/bookings/", data)
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Another one overlaps.", "code": "conflict.overlap"}
    taken.delete()
    assert client.post("/bookings/", data).status_code == 201
    (booking,) = client.get("/bookings/").json()
    assert booking["who"] == "Bob"
    assert client.delete(f"/bookings/{booking['id']}/").status_code == 204
    assert client.delete(f"/bookings/{booking['id']}/").status_code == 404


def test_a_validation_error_in_an_api_is_answered_by_field(client, taken):
    answer = client.post("/naming/", {"hall": taken.hall.pk, "who": "Bob"})
    assert answer.status_code == 409
    assert answer.json()["during"][0].startswith("Another booking overlaps: from ")
    answer = client.post("/naming/", {"hall": taken.hall.pk, "who": ""})
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["Who?"]})


@pytest.mark.parametrize("name", ["during", "seats"])
def test_an_update_through_the_api_is_answered_too(client, taken, name):
    other = Booking.objects.create(hall=Hall.objects.create(name="Blue"), during=ELEVEN)
    change = {"during": {"hall": taken.hall.pk}, "seats": {"seats": 2**40}}[name]
    answer = client.patch(
        f"/bookings/{other.pk}/", json.dumps(change), content_type="application/json"
    )
    assert answer.status_code == {"during": 409, "seats": 400}[name]


def test_the_middleware_answers_what_views_leave_to_it(client, taken, settings):
    assert client.get("/careless/").status_code == 500, "a control"
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        f"{ConflictsMiddleware.__module__}.{ConflictsMiddleware.__name__}",
    ]
    client = Client(raise_request_exception=False)
    answer = client.get("/careless/")
    assert (answer.status_code, answer.content) == (409, b"Another one overlaps.")
    answer = client.get("/careless/", headers={"accept": "application/json"})
    assert answer.json() == {"detail": "Another one overlaps.", "code": "conflict.overlap"}
    assert client.get("/mistaken/").status_code == 500


@pytest.mark.django_db(transaction=True)
def test_the_middleware_answers_what_is_refused_when_the_request_ends(settings, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["matinee.conflicts.middleware.ConflictsMiddleware"]
    Hall.objects.create(name="Red")
    assert [Client().get("/deferred/").status_code for _ in range(2)] == [200, 409]
    assert Closure.objects.count() == 1


def test_the_middleware_shows_a_page_of_the_project(client, taken, settings):
    middleware = ConflictsMiddleware(lambda request: HttpResponse())
    page = {"409.html": "Sorry: {{ problem.detail }}"}
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", page)]},
        }
    ]
    error = ConflictError("Taken.", code="conflict.overlap")
    answer = middleware.process_exception(RequestFactory().get("/"), error)
    assert (answer.status_code, answer.content) == (409, b"Sorry: Taken.")


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_when_the_transaction_ends_leaves_the_instance_as_it_was():
    days = [(dt.date(2026, 1, 1), None)]
    taken = Closure.objects.create(hall=Hall.objects.create(name="Red"), days=days)
    late = Closure(hall=taken.hall, days=days, reason="Dust")
    with pytest.raises(ValidationError) as info:
        conflicts.save(late)
    assert [each.code for each in info.value.error_dict["days"]] == ["overlap"]
    assert (late.pk, late._state.adding) == (None, True)
    late.days = []
    conflicts.save(late)
    assert Closure.objects.count() == 2


def test_in_a_broken_transaction_nothing_is_asked(taken):
    late = Booking(hall=taken.hall, during=ELEVEN, who="Bob")
    with transaction.atomic():
        try:
            late.save()
        except DatabaseError as error:
            found = conflicts.validation_error(conflict(error), late)
        transaction.set_rollback(True)
    assert (found.messages, found.code) == (["Another one overlaps."], "overlap")


# The second time.


def test_within_a_transaction_there_is_no_second_time(db):
    times = []

    def doomed():
        times.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION '' USING ERRCODE = '40P01'; END $$")

    with transaction.atomic(), pytest.raises(ConflictError):
        conflicts.attempt(doomed)
    assert len(times) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("sqlstate", "number"), [("40P01", 2), ("40001", 2), ("23P01", 1)])
def test_only_what_may_succeed_is_done_twice(sqlstate, number):
    times = []

    def doomed(word, *, other):
        times.append((word, other))
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION '' USING ERRCODE = '{sqlstate}'; END $$")

    with pytest.raises(ConflictError):
        conflicts.attempt(doomed, "a", other="b")
    assert times == [("a", "b")] * number
