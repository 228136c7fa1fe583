"""What every resource's serializer has in common."""

from copy import copy

from django.core.exceptions import ValidationError
from django.db import transaction
from rest_framework import serializers
from rest_framework.fields import get_error_detail

from cinema.api.sparse import SparseFields


class Resource(SparseFields, serializers.ModelSerializer):
    def save(self, **kwargs):
        with transaction.atomic():  # many-to-many rows are written after the row itself
            return super().save(**kwargs)


class Cleaned(Resource):
    """Asks the model's ``clean`` in the transaction that saves, so that nobody comes between."""

    def save(self, **kwargs):
        with transaction.atomic():
            self._clean()
            return super().save(**kwargs)

    def _clean(self) -> None:
        row = self.Meta.model() if self.instance is None else copy(self.instance)
        for name, value in self.validated_data.items():
            setattr(row, name, value)
        try:
            row.clean()
        except ValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
