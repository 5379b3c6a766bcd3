"""Writing many rows with one statement, on both databases. The only place with SQL of our own for rows.

Measured: the ORM writes about 1,400 messages a second in batches, this about 12,000 on SQLite and 6,000 on
PostgreSQL, on two cores; see docs/decisions/0003-row-as-queue.md.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

Adapter = Callable[[Any], Any]


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> None:
    """`columns` are attribute names ("conversation_id"); every column without a null must be among them."""
    fields = [_field(model, column) for column in columns]
    adapted = _adapted(rows, [_adapter(field) for field in fields])
    if not adapted:
        return
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places}){conflict}'  # noqa: S608 (names from models)
    with connection.cursor() as cursor:
        cursor.executemany(statement, adapted)


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Each row holds the new values in the order of `columns`, then the primary key."""
    fields = [_field(model, column) for column in columns]
    key = model._meta.pk
    adapted = _adapted(rows, [_adapter(field) for field in (*fields, key)])
    if not adapted:
        return
    changes = ", ".join(f'"{field.column}" = %s' for field in fields)
    statement = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "{key.column}" = %s'  # noqa: S608 (names from models)
    with connection.cursor() as cursor:
        cursor.executemany(statement, adapted)


def execute_many(
    model: type[models.Model], statement: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """A statement of the caller's; `columns` tells for each place which field its value belongs to."""
    adapted = _adapted(rows, [_adapter(_field(model, column)) for column in columns])
    if adapted:
        with connection.cursor() as cursor:
            cursor.executemany(statement, adapted)


def _adapted(rows: Iterable[Sequence[Any]], adapters: Sequence[Adapter | None]) -> list[list[Any]]:
    return [
        [
            value if adapter is None or value is None else adapter(value)
            for value, adapter in zip(row, adapters, strict=True)
        ]
        for row in rows
    ]


@lru_cache(maxsize=200)
def _field(model: type[models.Model], attribute: str) -> "models.Field[Any, Any]":
    for field in model._meta.concrete_fields:
        if field.attname == attribute:
            return field
    raise LookupError(attribute)


def _adapter(field: "models.Field[Any, Any]") -> Adapter | None:
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, models.UUIDField) and connection.vendor == "sqlite":
        return _hex
    if isinstance(target, models.DateTimeField):
        return _naive if connection.vendor == "sqlite" else None
    return None


def _hex(value: UUID) -> str:
    return value.hex


def _naive(value: datetime) -> str:
    """As Django writes it on SQLite: in UTC, without a zone."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
