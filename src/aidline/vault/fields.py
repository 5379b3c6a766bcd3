"""Sealed columns of a model, read and written as plain attributes.

    class Message(models.Model):
        text_sealed = models.BinaryField(null=True, editable=False)
        text = Sealed("text_sealed")

The model gives `seal_key` (person or centre id, used when writing) and `seal_scope` (centre id). Nothing
readable is kept on the instance. The empty string is stored as NULL where the column allows it.
"""

import json
from typing import TYPE_CHECKING, Any, Protocol, Self, cast, overload
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from aidline.vault import sealing

if TYPE_CHECKING:
    from django.db.models import Model
    from django.db.models.options import Options


_COMPACT: Any = {"ensure_ascii": False, "separators": (",", ":"), "cls": DjangoJSONEncoder}


class SealedRow(Protocol):
    @property
    def pk(self) -> UUID: ...
    @property
    def seal_key(self) -> UUID: ...
    @property
    def seal_scope(self) -> UUID: ...


class _Column:
    def __init__(self, stored: str) -> None:
        self._stored = stored

    def _open(self, row: "Model") -> bytes | None:
        blob = getattr(row, self._stored)
        if blob is None:
            return None
        place = cast(SealedRow, row)
        return sealing.open(
            blob, scope=place.seal_scope, table=_options(row).db_table, column=self._stored, row=place.pk
        )

    def _seal(self, row: "Model", plain: str | bytes) -> None:
        place = cast(SealedRow, row)
        blob = sealing.seal(
            plain,
            key=place.seal_key,
            scope=place.seal_scope,
            table=_options(row).db_table,
            column=self._stored,
            row=place.pk,
        )
        setattr(row, self._stored, blob)

    def _empty(self, row: "Model") -> bool:
        """Leaves the column NULL, if it may be."""
        if not _options(row).get_field(self._stored).null:
            return False
        setattr(row, self._stored, None)
        return True


class Sealed(_Column):
    @overload
    def __get__(self, row: None, model: "type[Model]") -> Self: ...
    @overload
    def __get__(self, row: "Model", model: "type[Model]") -> str: ...
    def __get__(self, row: "Model | None", model: "type[Model]") -> Self | str:
        if row is None:
            return self
        return (self._open(row) or b"").decode()

    def __set__(self, row: "Model", value: str) -> None:
        if value or not self._empty(row):
            self._seal(row, value)


class SealedBytes(_Column):
    @overload
    def __get__(self, row: None, model: "type[Model]") -> Self: ...
    @overload
    def __get__(self, row: "Model", model: "type[Model]") -> bytes: ...
    def __get__(self, row: "Model | None", model: "type[Model]") -> Self | bytes:
        if row is None:
            return self
        return self._open(row) or b""

    def __set__(self, row: "Model", value: bytes) -> None:
        if value or not self._empty(row):
            self._seal(row, value)


class SealedJSON(_Column):
    """Any JSON value; `None` is NULL."""

    @overload
    def __get__(self, row: None, model: "type[Model]") -> Self: ...
    @overload
    def __get__(self, row: "Model", model: "type[Model]") -> Any: ...
    def __get__(self, row: "Model | None", model: "type[Model]") -> Any:
        if row is None:
            return self
        plain = self._open(row)
        return None if plain is None else json.loads(plain)

    def __set__(self, row: "Model", value: Any) -> None:
        if value is not None or not self._empty(row):
            self._seal(row, json.dumps(value, **_COMPACT))


def _options(row: "Model") -> "Options[Model]":
    return row._meta  # public in all but name: Django documents it as its API
