from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BackstageConfig(AppConfig):
    name = "cinema.backstage"
    verbose_name = _("backstage")

    def ready(self) -> None:
        if settings.CINEMA_BREAK_IT:
            autodiscover_modules("faults")
