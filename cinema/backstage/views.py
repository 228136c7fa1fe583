from urllib.parse import unquote, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cinema.backstage import again, breaking
from cinema.backstage.middleware import BARE_APPS

FRAGMENT = "X-Backstage"  # the drawer's script asks for the inside of the page alone


@require_safe
@never_cache
def compare(request: HttpRequest) -> HttpResponse:
    """Show what a page of this site costs with Matinee, and without."""
    page = request.GET.get("page", "")
    if not _is_ours(page):
        return HttpResponseBadRequest("page must be a path on this site, such as /films/.")
    facts = {
        "page": page,
        "comparison": again.compare(request, page, chain=request.backstage_chain),
    }
    part = "comparison" if FRAGMENT in request.headers else "compare"
    response = render(request, f"backstage/{part}.html", facts)
    response.headers["Vary"] = FRAGMENT
    return response


def _is_ours(page: str) -> bool:
    if not page.startswith("/") or not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        return False
    try:
        match = resolve(unquote(urlsplit(page).path))
    except Resolver404:
        return True  # the page that says so is a page too
    return match.app_name not in BARE_APPS and match.view_name != "backstage:compare"


@login_required
@require_safe
@never_cache
def break_it(request: HttpRequest) -> HttpResponse:
    """Show what staff may break."""
    _only_staff(request)
    # Each outcome is shown beside its button, and so not once more at the head of the page.
    outcomes = list(messages.get_messages(request))
    facts = {"faults": breaking.faults(), "outcomes": outcomes, "messages": []}
    return render(request, "backstage/break.html", facts)


@login_required
@require_POST
def do_break(request: HttpRequest, name: str) -> HttpResponse:
    _only_staff(request)
    try:
        fault = breaking.faults()[name]
    except KeyError:
        raise Http404 from None
    messages.info(request, fault.run(), extra_tags=fault.name)
    return redirect("backstage:break")


def _only_staff(request: HttpRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied
