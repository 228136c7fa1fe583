"""The catalogue, a film, a director, and what the house says about itself."""

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cinema.films.forms import CatalogueForm
from cinema.films.models import Director, Film, Genre
from cinema.films.reads import DirectorPage, FilmCard, FilmPage, FilmTile
from cinema.programme.models import Screening
from cinema.programme.reads import Stub
from matinee.reads.drf import plan_for

PAGE_SIZE = 36
NEXT_SCREENINGS = 4
SIMILAR = 6


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """List films by what the visitor asks; htmx gets the results alone. At most seven queries."""
    form = CatalogueForm(request.GET, genres=Genre.objects.all())
    films = plan_for(FilmCard()).apply(form.films())
    page = Paginator(films, PAGE_SIZE).get_page(request.GET.get("page"))
    facts = {"form": form, "page": page, "asked": urlencode(form.asked()), "now": timezone.now()}
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "films/results.html", facts)
        response["HX-Push-Url"] = _address(form, page)
    else:
        response = render(request, "films/catalogue.html", facts | {"next": _next_screenings()})
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def _address(form: CatalogueForm, page: Page) -> str:
    asked = form.asked() | ({"page": page.number} if page.number > 1 else {})
    home = reverse("films:catalogue")
    return f"{home}?{urlencode(asked)}" if asked else home


def _next_screenings() -> QuerySet[Screening]:
    coming = Screening.objects.filter(during__lower__gte=timezone.now())
    return plan_for(Stub()).apply(coming)[:NEXT_SCREENINGS]


@require_safe
def film(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:  # noqa: ARG001 - for readers of the address
    """Show one film: five queries, and one or two for somebody logged in."""
    found = _get(plan_for(FilmPage()).apply(Film.objects.filter(pk=pk)))
    if request.path != found.get_absolute_url():
        return redirect(found)  # not permanently: titles are corrected
    facts = {"film": found, "similar": _similar(found), "now": timezone.now()}
    return render(request, "films/film.html", facts)


def _similar(film: Film) -> QuerySet[Film]:
    """Return the best known of the same genre and decade, as far as the film has them."""
    alike = Q()
    if film.genre:
        alike &= Q(genre=film.genre)
    if film.released:
        first = film.released.year // 10 * 10
        alike &= Q(released__year__range=(first, first + 9))
    others = Film.objects.filter(alike).exclude(pk=film.pk) if alike else Film.objects.none()
    known_first = others.order_by(F("imdb_votes").desc(nulls_last=True), "pk")
    return plan_for(FilmTile()).apply(known_first)[:SIMILAR]


@require_safe
def director(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:  # noqa: ARG001 - as above
    """Show one director's films, the newest first: two queries."""
    found = _get(plan_for(DirectorPage()).apply(Director.objects.filter(pk=pk)))
    if request.path != found.get_absolute_url():
        return redirect(found)
    return render(request, "films/director.html", {"director": found})


def _get(queryset: QuerySet):
    found = next(iter(queryset), None)
    if found is None:
        raise Http404
    return found


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "about.html")
