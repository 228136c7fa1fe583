"""Bookings for staff."""

from django.contrib import admin

from cinema.office import OfficeAdmin

from .models import Booking


@admin.register(Booking)
class BookingAdmin(OfficeAdmin):
    list_display = ["screening", "film", "hall", "seats", "visitor", "booked_at", "generated"]
    list_display_links = ["screening", "seats"]
    list_select_related = ["screening__film", "screening__hall", "visitor"]
    list_filter = ["generated", "screening__hall", "booked_at"]
    search_fields = ["screening__film__title", "visitor__username"]
    date_hierarchy = "booked_at"
    autocomplete_fields = ["screening", "visitor"]
    readonly_fields = ["generated"]

    @admin.display(ordering="screening__film")
    def film(self, booking: Booking) -> str:
        return str(booking.screening.film)

    @admin.display(ordering="screening__hall")
    def hall(self, booking: Booking) -> str:
        return str(booking.screening.hall)
