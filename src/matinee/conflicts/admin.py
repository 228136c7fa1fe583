"""The admin shows what the database refuses in the form, where it would be a server error."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import router, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from matinee.conflicts import add_errors, attempt, validation_error
from matinee.exceptions import ConflictError

__all__ = ["ShowsConflicts"]

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Admin = ModelAdmin[Any]
else:
    _Admin = object

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_CONFLICT = "_matinee_conflict"


class ShowsConflicts(_Admin):
    """A mixin for ``ModelAdmin``: what the database refuses is an error of the form.

    A race that was lost, say. What a deadlock ended is saved once more. In lists and when
    something is deleted, it is said in a message.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = partial(super().changeform_view, request, *args, **kwargs)
        if request.method in _SAFE:
            return answer()
        try:
            return self._attempted(request, answer)
        except ConflictError as error:
            # Once more, not to be saved: its form has the error, with all that was entered.
            setattr(request, _CONFLICT, error)
            _rewind(request)
            return answer()

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        error = getattr(request, _CONFLICT, None)
        return form if error is None else _refused(form, error)

    def save_related(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().save_related(request, *args, **kwargs)
        # Else deferred constraints would speak up when success has been reported.
        transaction.get_connection(router.db_for_write(self.model)).check_constraints()

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._told(request, partial(super().changelist_view, request, *args, **kwargs))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._told(request, partial(super().delete_view, request, *args, **kwargs))

    def _told(self, request: HttpRequest, answer: Any) -> HttpResponse:
        if request.method in _SAFE:
            return answer()  # type: ignore[no-any-return]
        try:
            return self._attempted(request, answer)
        except ConflictError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def _attempted(self, request: HttpRequest, answer: Any) -> HttpResponse:
        def answered() -> HttpResponse:
            _rewind(request)
            return answer()  # type: ignore[no-any-return]

        return attempt(answered, using=router.db_for_write(self.model))


def _rewind(request: HttpRequest) -> None:
    """Let uploaded files be read once more."""
    for files in request.FILES.lists():
        for each in files[1]:
            each.seek(0)


def _refused(form: Any, error: ConflictError) -> Any:
    """Return a form class like *form* that is never valid: *error* is among its errors."""

    def _post_clean(self: Any) -> None:
        form._post_clean(self)  # noqa: SLF001  Django has no public place after this
        if not self.errors:
            add_errors(self, validation_error(error, self.instance))

    return type(form)(form.__name__, (form,), {"_post_clean": _post_clean})
