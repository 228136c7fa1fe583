"""Seats of a screening: to look at, to book, and to give back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.bookings.forms import BookingForm
from cinema.bookings.models import Booking
from cinema.bookings.reads import BookedScreening, OwnBooking
from cinema.bookings.seating import plan
from cinema.bookings.taking import SoldOutError, take
from cinema.programme.models import Screening
from matinee.exceptions import ConflictError
from matinee.reads.drf import plan_for


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, screening_pk: int) -> HttpResponse:
    """Show a screening's seats in two queries, and book some for who is logged in."""
    if request.method == "POST":
        return _book(request, screening_pk)
    return _show(request, screening_pk, BookingForm(label_suffix=""))


@login_required
def _book(request: HttpRequest, screening_pk: int) -> HttpResponse:
    form = BookingForm(request.POST, label_suffix="")
    screening = get_object_or_404(Screening, pk=screening_pk)
    if form.is_valid() and _taken(form, screening, request):
        if not request.htmx:
            return redirect("bookings:seats", screening_pk)
        form = BookingForm(label_suffix="")
    return _show(request, screening_pk, form)


def _taken(form: BookingForm, screening: Screening, request: HttpRequest) -> bool:
    """Book what *form* asks for, or say in it why not."""
    if screening.during.lower <= timezone.now():
        form.add_error(None, _("This screening has begun."))
        return False
    try:
        booking = take(screening, count=form.cleaned_data["count"], visitor=request.user)
    except SoldOutError:
        form.add_error("count", _("There are not so many seats beside each other any more."))
        return False
    except ConflictError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, _("Booked: seats %(seats)s.") % {"seats": booking})
    return True


def _show(request: HttpRequest, screening_pk: int, form: BookingForm) -> HttpResponse:
    booked = plan_for(BookedScreening()).apply(Screening.objects.all())
    screening = get_object_or_404(booked, pk=screening_pk)
    bookings = screening.bookings.all()
    own = [each for each in bookings if request.user.pk and each.visitor_id == request.user.pk]
    facts = {
        "screening": screening,
        "plan": plan(
            screening.hall.seats,
            taken=[each.seats for each in bookings],
            yours=[each.seats for each in own],
        ),
        "own": own,
        "form": form,
        "now": timezone.now(),
    }
    part = "room" if request.htmx and not request.htmx.history_restore_request else "seats"
    return render(request, f"bookings/{part}.html", facts)


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """List a visitor's bookings: one query."""
    bookings = Booking.objects.filter(visitor=request.user)
    coming = bookings.filter(screening__during__upper__gte=timezone.now())
    ordered = plan_for(OwnBooking()).apply(coming.order_by("screening__during", "seats"))
    return render(request, "bookings/own.html", {"bookings": ordered, "now": timezone.now()})


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give seats back, until the screening begins."""
    booking = get_object_or_404(Booking, pk=pk, visitor=request.user)
    screening = booking.screening
    if screening.during.lower <= timezone.now():
        messages.error(request, _("This screening has begun."))
    else:
        booking.delete()
        messages.success(request, _("Cancelled: seats %(seats)s.") % {"seats": booking})
    if request.htmx:
        return _show(request, screening.pk, BookingForm(label_suffix=""))
    if "to_list" in request.POST:
        return redirect("bookings:own")
    return redirect("bookings:seats", screening.pk)
