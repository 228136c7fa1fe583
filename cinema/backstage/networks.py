"""Lets into the office who comes from an allowed network, if any are named."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from cinema.backstage.models import AllowedNetwork

__all__ = ["OfficeNetworks", "address_of"]


class OfficeNetworks(MiddlewareMixin):
    """Answers 403 to all others. At most two queries, on pages of the office alone."""

    def process_view(
        self, request: HttpRequest, _view: Callable, _args: list, _kwargs: dict
    ) -> None:
        is_office = request.resolver_match.app_name == "admin"
        if is_office and not AllowedNetwork.objects.allow(address_of(request)):
            raise PermissionDenied


def address_of(request: HttpRequest) -> str:
    """Return where *request* comes from. Behind a proxy, this would be the proxy's address."""
    return request.META.get("REMOTE_ADDR", "")
