"""The tables of the register. What names a person is ciphertext here; what is not, is needed to find an entry.

A ledger entry tells in clear: its number, when it was recorded, what kind it is, which person (a number without meaning
outside this database), the reporting year, who made it and in which delivery, and the municipality where no person is
concerned. Everything else, with the date of the event and the reason given, is in the ciphertext.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Person(models.Model):
    """Somebody the register knows, as a number and a wrapped data key. No key: erased."""

    number = models.BigIntegerField(primary_key=True)
    wrapped_key = models.BinaryField(null=True)


class PersonIndex(models.Model):
    """Finds a person by the keyed hash of a national id, D-number or DUF number; one person may have several."""

    hashed = models.BinaryField()
    # No index of its own: only erasure, which is rare, looks the other way, and every row would be written once more.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hashed", "person"], name="one_line_per_id_and_person")
        ]


class LedgerEntry(models.Model):
    """One link of the chain. Rows are only ever added; the hash is over everything else in the row and the hash before."""

    sequence = models.BigIntegerField(primary_key=True)
    recorded = models.BigIntegerField()
    """Microseconds since 1970, UTC: a whole number has one spelling on every database, and the hash needs that."""
    kind = models.CharField(max_length=32)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    subject = models.CharField(max_length=200)
    """What the entry is about; a keyed hash of it where it concerns a person."""
    year = models.SmallIntegerField(null=True)
    municipality = models.CharField(max_length=4, null=True)
    actor = models.CharField(max_length=200)
    delivery = models.CharField(max_length=40, null=True)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    hash = models.BinaryField()


class LedgerHead(models.Model):
    """The one row that is locked by whoever appends: where the chain ends, and how many persons and deliveries
    have been given a number."""

    id = models.SmallIntegerField(primary_key=True)
    sequence = models.BigIntegerField()
    hash = models.BinaryField()
    persons = models.BigIntegerField()
    deliveries = models.BigIntegerField()
    master = models.CharField(max_length=16)
    """Names the master key the entries are made with."""


class DeliveryRow(models.Model):
    """A delivery that was received, with its receipt, whatever came of it."""

    id = models.CharField(primary_key=True, max_length=40)
    number = models.BigIntegerField(unique=True)
    year = models.SmallIntegerField()
    kind = models.CharField(max_length=20, null=True)
    sender = models.CharField(max_length=20)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    rule_set = models.CharField(max_length=64)
    received = models.DateTimeField()
    status = models.CharField(max_length=10)
    actor = models.CharField(max_length=200)
    receipt = models.BinaryField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sha256"], name="delivery_by_content"),
            models.Index(fields=["year", "sender"], name="delivery_by_year_and_sender"),
        ]


class RejectedRow(models.Model):
    """A row that was not taken, as it came, until it is mended: ciphertext under the register's key."""

    delivery = models.ForeignKey(DeliveryRow, on_delete=models.PROTECT)
    line = models.BigIntegerField()
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()


class Preparation(models.Model):
    """Somebody prepared an edition from a snapshot; `digest` names exactly the bytes that may be approved."""

    year = models.SmallIntegerField()
    snapshot = models.IntegerField()
    digest = models.CharField(max_length=64)
    prepared_by = models.CharField(max_length=200)
    prepared = models.DateTimeField()
    policy = models.CharField(max_length=60)
    decision = models.TextField()
    safe = models.BooleanField()


class ReviewRow(models.Model):
    """Another one approved it."""

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT)
    approved_by = models.CharField(max_length=200)
    approved = models.DateTimeField()
    next_release = models.DateField(null=True)
    public_reason = models.TextField(blank=True)
    public_reason_nn = models.TextField(blank=True, default="")
    public_reason_en = models.TextField(blank=True, default="")


class Representation(models.Model):
    """A user of the desk speaks for a municipality; one user may for several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    municipality = models.CharField(max_length=4)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "municipality"], name="one_line_per_user_and_municipality")
        ]
