"""What drf-spectacular cannot see by itself."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import BasicScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from cinema.api.sparse import SparseFields

FIELDS = OpenApiParameter(
    "fields",
    str,
    description=_("Only these fields, separated by commas. What is not asked for is not read."),
    examples=[],
)


class PasswordScheme(BasicScheme):
    target_class = "cinema.api.authentication.PasswordAuthentication"


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[OpenApiParameter]:
        sparse = self.method == "GET" and issubclass(self._serializer_class(), SparseFields)
        return [FIELDS] if sparse else []

    def _serializer_class(self) -> type:
        view = self.view
        return view.get_serializer_class() if hasattr(view, "get_serializer_class") else object
