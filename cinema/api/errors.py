"""What the database and Django refuse, as an answer that says so."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.response import Response

from matinee.conflicts.drf import exception_handler

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class Conflict(APIException):
    """The request is well formed, but does not fit with what is there."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def handle(exc: Exception, context: dict) -> Response | None:
    """Answer 409 to a delete that others stand in the way of, as to a race that was lost.

    What is more than Django reads is a 400 here too, in the format of every other one.
    """
    if isinstance(exc, ProtectedError):
        exc = Conflict(
            {
                "detail": _("It is still in use, so it cannot be deleted."),
                "code": "conflict.reference",
            }
        )
    elif isinstance(exc, TOO_MUCH):
        exc = ParseError(_("The request is larger than anything this API takes."))
    return exception_handler(exc, context)
