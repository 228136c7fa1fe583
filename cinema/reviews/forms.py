from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cinema.films.models import Film
from cinema.reviews.models import Review, Reviewer

WORDS = {5: _("wonderful"), 4: _("good"), 3: _("fair"), 2: _("weak"), 1: _("poor")}
STARS = [(stars, format_lazy("{} {}", "★" * stars, word)) for stars, word in WORDS.items()]


class ReviewForm(forms.ModelForm):
    """One visitor's review of one film; the first one asks for a pen name too."""

    stars = forms.TypedChoiceField(
        label=_("Stars"), choices=STARS, coerce=int, widget=forms.RadioSelect
    )
    pen_name = forms.CharField(
        label=_("Your pen name"),
        max_length=60,
        help_text=_("Your reviews are signed with it. You choose it once."),
    )

    class Meta:
        model = Review
        fields = ["stars", "text"]
        labels = {"text": _("Your review")}
        widgets = {"text": forms.Textarea({"rows": 6})}

    field_order = ["stars", "text", "pen_name"]

    def __init__(self, *args, film: Film, user: AbstractBaseUser, **kwargs) -> None:
        self.reviewer = Reviewer.objects.filter(user=user).first()
        own = Review.objects.filter(film=film, author=self.reviewer) if self.reviewer else None
        review = own.first() if own is not None else None
        review = review or Review(film=film)
        super().__init__(*args, instance=review, label_suffix="", **kwargs)
        self.user = user
        if self.reviewer:
            del self.fields["pen_name"]

    @property
    def is_new(self) -> bool:
        return self.instance.pk is None

    def clean_pen_name(self) -> str:
        name = self.cleaned_data["pen_name"]
        if Reviewer.objects.filter(name=name).exists():
            raise ValidationError(
                _("Somebody signs with this name already. Choose another one."), code="taken"
            )
        return name

    def save(self, commit: bool = True) -> Review | None:
        """Save review and pen name; say so and return None where another tab was faster."""
        try:
            with transaction.atomic():
                if self.reviewer is None:
                    name = self.cleaned_data["pen_name"]
                    self.reviewer = Reviewer.objects.create(name=name, user=self.user)
                self.instance.author = self.reviewer
                self.instance.generated = False
                return super().save(commit)
        except IntegrityError:
            self.add_error(None, _("This was sent twice. Load the page again to see your review."))
            return None
