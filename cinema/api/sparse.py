"""``?fields=id,title``: a serializer that shows no more than it is asked for."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

PARAMETER = "fields"


class SparseFields:
    """Keeps the fields that ``context["fields"]`` names; without that, all of them.

    Only the outermost serializer listens: what is nested comes whole or not at all.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        wanted = self.context.get(PARAMETER) if _is_outermost(self) else None
        if not wanted:
            return fields
        if unknown := [name[:100] for name in wanted if name not in fields]:
            message = _("There is no field %(unknown)s. Known are: %(known)s.") % {
                "unknown": ", ".join(unknown[:10]),
                "known": ", ".join(fields),
            }
            raise serializers.ValidationError({PARAMETER: [message]})
        return {name: field for name, field in fields.items() if name in wanted}


def wanted_fields(request: Request | None) -> tuple[str, ...]:
    """Return the names a reading request asks for; () stands for all. A write shows all."""
    if request is None or request.method not in SAFE_METHODS:
        return ()
    names = request.query_params.get(PARAMETER, "").split(",")
    return tuple(name.strip() for name in names if name.strip())


def _is_outermost(serializer: serializers.BaseSerializer) -> bool:
    parent = serializer.parent
    return parent is None or (
        isinstance(parent, serializers.ListSerializer) and parent.parent is None
    )
