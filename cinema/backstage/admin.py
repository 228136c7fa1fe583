"""Networks for staff: an address that is searched for finds the network it is in."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cinema.backstage.networks import address_of
from cinema.office import OfficeAdmin
from matinee.exceptions import RangesError

from .models import AllowedNetwork


class NetworkForm(forms.ModelForm):
    """Nobody locks themselves out."""

    address: str

    def clean(self) -> None:
        super().clean()
        addresses = self.cleaned_data.get("addresses")
        others = AllowedNetwork.objects.exclude(pk=self.instance.pk)
        if addresses is None or self.address in addresses or others.contain(self.address):
            return
        message = _("You would lock yourself out: your address is %(address)s.")
        raise ValidationError(message, "locked_out", {"address": self.address})


@admin.register(AllowedNetwork)
class AllowedNetworkAdmin(OfficeAdmin):
    form = NetworkForm
    list_display = ["note", "addresses"]
    search_fields = ["note"]
    search_help_text = _("Part of the note, or an address")

    def get_form(self, request: HttpRequest, *args: object, **kwargs: object) -> type:
        form = super().get_form(request, *args, **kwargs)
        form.address = address_of(request)
        return form

    def has_delete_permission(
        self, request: HttpRequest, obj: AllowedNetwork | None = None
    ) -> bool:
        allowed = super().has_delete_permission(request, obj)
        if not allowed or obj is None or address_of(request) not in obj.addresses:
            return allowed
        return not AllowedNetwork.objects.exclude(pk=obj.pk).exists()  # then all are let in

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        try:
            return queryset.filter(addresses__contains=search_term.strip()), False
        except RangesError:  # no address: then it is a word
            return super().get_search_results(request, queryset, search_term)
