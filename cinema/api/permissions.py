"""Who may write: staff what the house shows, visitors their own reviews."""

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import (
    SAFE_METHODS,
    BasePermission,
    DjangoModelPermissionsOrAnonReadOnly,
)


class StaffWrites(DjangoModelPermissionsOrAnonReadOnly):
    """Everybody reads; staff write, each within their permissions, as in the admin."""

    message = _("Only the house's staff may change this.")

    def has_permission(self, request, view) -> bool:
        if request.method in SAFE_METHODS:
            return True
        return request.user.is_staff and super().has_permission(request, view)


class AuthorsWrite(BasePermission):
    """Everybody reads; who is logged in may write, and change what they wrote themselves."""

    message = _("Log in to write a review; only its author may change one.")

    def has_permission(self, request, view) -> bool:
        return request.method in SAFE_METHODS or request.user.is_authenticated

    def has_object_permission(self, request, view, obj) -> bool:
        return request.method in SAFE_METHODS or obj.author.user_id == request.user.pk


class VisitorsBook(BasePermission):
    """Who is logged in books, and gives back what they booked; nobody sees another's seats."""

    message = _("Log in to book seats.")

    def has_permission(self, request, view) -> bool:
        return request.method in SAFE_METHODS or request.user.is_authenticated
