"""The store as a Django app: its label is what migrations and tables are named after."""

from __future__ import annotations

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """`storage`: the ledger, the deliveries and the work on an edition."""

    name = "introstat.storage"
    label = "storage"
