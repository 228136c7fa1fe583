"""What every resource's serializer has in common."""

from django.db import transaction
from rest_framework import serializers

from cinema.api.sparse import SparseFields


class Resource(SparseFields, serializers.ModelSerializer):
    def save(self, **kwargs):
        with transaction.atomic():  # many-to-many rows are written after the row itself
            return super().save(**kwargs)
