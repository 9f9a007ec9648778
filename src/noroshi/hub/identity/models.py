"""Products: identities as integers."""

from __future__ import annotations

from django.db import models


class Product(models.Model):
    """A product identity (`noroshi.core.identity` says how names are written)."""

    scheme = models.CharField(max_length=8)
    name = models.CharField(max_length=1024)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "name"], name="product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.name}"
