"""The vault's tables, found through the app registry: every package's models import the vault, so the vault's
door must be importable before any model exists."""

from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from django.db.models import Manager

    from aidline.vault.models import PersonKey, RootKeyInfo, ScopeKey


def roots() -> "Manager[RootKeyInfo]":
    return apps.get_model("vault", "RootKeyInfo").objects


def scope_keys() -> "Manager[ScopeKey]":
    return apps.get_model("vault", "ScopeKey").objects


def person_keys() -> "Manager[PersonKey]":
    return apps.get_model("vault", "PersonKey").objects
