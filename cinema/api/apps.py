from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "cinema.api"
    verbose_name = _("API")

    def ready(self) -> None:
        from cinema.api import schema  # noqa: F401  drf-spectacular finds extensions by import
