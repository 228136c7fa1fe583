"""What the database refuses in a view that says nothing of it: 409 or 400, not a server error."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.deprecation import MiddlewareMixin

from matinee.conflicts import Problem, problem

__all__ = ["ConflictsMiddleware"]


class ConflictsMiddleware(MiddlewareMixin):
    """Answer what views leave to it: as JSON who asks for that, else a short page.

    Also what is refused when the transaction of ``ATOMIC_REQUESTS`` commits. The page is the
    template ``409.html`` if there is one; ``problem`` is in its context.
    """

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        found = problem(error)
        return None if found is None else _answer(request, found)


def _answer(request: HttpRequest, found: Problem) -> HttpResponse:
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse(found.body, status=found.status)
    try:
        page = loader.get_template("409.html")
    except loader.TemplateDoesNotExist:
        return HttpResponse(found.detail, status=found.status, content_type="text/plain")
    return HttpResponse(page.render({"problem": found}, request), status=found.status)
