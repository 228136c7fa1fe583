"""From where the office may be entered."""

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from matinee.exceptions import RangesError
from matinee.ranges import NoOverlap
from matinee.ranges.types import InetRangeField


class NetworkQuerySet(models.QuerySet):
    def allow(self, address: str) -> bool:
        """Say whether *address* is in one of these; where there are none, all are. Two queries."""
        return self.contain(address) or not self.exists()

    def contain(self, address: str) -> bool:
        """Say whether *address* is in one of these; what is no address is in none."""
        try:
            return self.filter(addresses__contains=address).exists()
        except RangesError:
            return False


class AllowedNetwork(models.Model):
    """Addresses from which staff work. Where none are named, the office is open to all."""

    note = models.CharField(_("note"), max_length=60)
    addresses = InetRangeField(_("addresses"), default_bounds="[]")

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["addresses"]
        verbose_name = _("allowed network")
        verbose_name_plural = _("allowed networks")
        indexes = [GistIndex(fields=["addresses"], name="network_addresses")]
        constraints = [NoOverlap("addresses", name="network_addresses_once", names="object")]

    def __str__(self) -> str:
        return self.note
