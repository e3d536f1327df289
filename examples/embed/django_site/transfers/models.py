"""What the site keeps itself, beside the tables of the campaign in the same database."""

from django.db import models


class Application(models.Model):
    """A letter that came in, and the event of the ledger by which it was answered."""

    reference = models.CharField(max_length=40, unique=True)
    branch = models.CharField(max_length=80)
    event = models.PositiveIntegerField()
    allowed = models.BooleanField()
