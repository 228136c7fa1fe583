from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cinema.films.models import Film
from cinema.reviews.forms import ReviewForm
from cinema.reviews.reads import ReviewedFilm
from matinee.reads.drf import plan_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, film_pk: int) -> HttpResponse:
    """Let somebody with an account write a review of a film, or change their own."""
    film = get_object_or_404(plan_for(ReviewedFilm()).apply(Film.objects.all()), pk=film_pk)
    form = ReviewForm(request.POST or None, film=film, user=request.user)
    if form.is_bound and form.is_valid() and (review := form.save()):
        return redirect(f"{film.get_absolute_url()}#review-{review.pk}")
    return render(request, "reviews/write.html", {"film": film, "form": form})
