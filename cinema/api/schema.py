"""What drf-spectacular cannot see by itself: sparse fields, refusals, who may read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import BasicScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from cinema.api.sparse import PARAMETER, SparseFields

FIELDS = OpenApiParameter(
    PARAMETER,
    str,
    description=_(
        "Only these fields, separated by commas: id,title. What is not asked for is not read."
    ),
)


class Problem(serializers.Serializer):
    """Why a request was refused."""

    detail = serializers.CharField()


class Clash(Problem):
    """Why a request does not fit with what is there."""

    code = serializers.CharField(help_text=_("Which conflict it is: conflict.overlap, say."))


INVALID = OpenApiResponse(
    OpenApiTypes.OBJECT, description=_("What is wrong, under the name of the field or parameter.")
)
FORBIDDEN = OpenApiResponse(Problem, description=_("Not for whom this was asked by."))
MISSING = OpenApiResponse(Problem, description=_("No such row, or no such page."))
CONFLICT = OpenApiResponse(Clash, description=_("Others stand in the way."))
TOO_MANY = OpenApiResponse(Problem, description=_("Too many requests a minute."))


class PasswordScheme(BasicScheme):
    target_class = "cinema.api.authentication.PasswordAuthentication"


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[OpenApiParameter]:
        serializer = self.get_response_serializer()
        return [FIELDS] if self.method == "GET" and isinstance(serializer, SparseFields) else []

    def get_description(self) -> str:
        return str(self.view.description)

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Say that everybody reads: {} is nobody in particular."""
        return [*([{}] if self.method == "GET" else []), *super().get_auth()]

    def get_response_serializer(self) -> Any:
        return super().get_response_serializers()

    def get_response_serializers(self) -> Any:
        """Name what can go wrong beside what is answered when nothing does."""
        serializer = self.get_response_serializer()
        match self.method:
            case "GET":
                return {200: serializer, 400: INVALID, 404: MISSING, 429: TOO_MANY}
            case "DELETE":
                answers: dict[int, Any] = {204: None}
            case "POST":
                answers = {201: serializer, 400: INVALID}
            case _:
                answers = {200: serializer, 400: INVALID}
        row = {} if self.method == "POST" else {404: MISSING}
        return answers | {403: FORBIDDEN, 409: CONFLICT, 429: TOO_MANY} | row
