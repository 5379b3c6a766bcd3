"""Writing many rows with one statement, on both databases. The only place with SQL of our own for rows.

SQLite is quickest with one prepared statement for all rows; PostgreSQL with COPY for new rows and one statement over
arrays for changed ones. Measured against the ORM in docs/decisions/0003-row-as-queue.md.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

Adapter = Callable[[Any], Any]
Row = Sequence[Any]

_PLACE = re.compile(r"\{(\w+)\}")


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> None:
    """`columns` are attribute names ("conversation_id"); every column without a null must be among them."""
    listed = list(rows)
    if not listed:
        return
    fields = [_field(model, column) for column in columns]
    names = ", ".join(f'"{field.column}"' for field in fields)
    target = f'"{model._meta.db_table}" ({names})'
    if connection.vendor == "postgresql" and not ignore_conflicts:
        _copy(target, listed)
        return
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    if connection.vendor == "postgresql":
        arrays = ", ".join(_array(field) for field in fields)
        _run(f"INSERT INTO {target} SELECT * FROM unnest({arrays}){conflict}", listed)  # noqa: S608
        return
    places = ", ".join(["%s"] * len(fields))
    _run_each(f"INSERT INTO {target} VALUES ({places}){conflict}", _adapted(fields, listed))  # noqa: S608


def update_each(
    model: type[models.Model], assignments: str, columns: Sequence[str], rows: Iterable[Row]
) -> None:
    """Change each row in its own way. `assignments` is SQL in which {column} stands for the row's new value;

    a row holds the values of `columns` in order, and then the primary key.
    """
    listed = list(rows)
    if not listed:
        return
    table, key = model._meta.db_table, model._meta.pk
    fields = [*(_field(model, column) for column in columns), key]
    if connection.vendor == "postgresql":
        changes = _PLACE.sub(r"v.new_\1", assignments)
        arrays = ", ".join(_array(field) for field in fields)
        names = ", ".join(f"new_{name}" for name in (*columns, "pk"))
        _run(
            f'UPDATE "{table}" SET {changes} FROM unnest({arrays}) AS v({names}) '  # noqa: S608
            f'WHERE "{table}"."{key.column}" = v.new_pk',
            listed,
        )
        return
    places = [columns.index(name) for name in _PLACE.findall(assignments)] + [len(columns)]
    statement = f'UPDATE "{table}" SET {_PLACE.sub("%s", assignments)} WHERE "{key.column}" = %s'  # noqa: S608
    adapted = _adapted(fields, listed)
    _run_each(statement, [[row[place] for place in places] for row in adapted])


# --- SQLite ----------------------------------------------------------------------------------------------


def _run_each(statement: str, rows: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _adapted(fields: Sequence["models.Field[Any, Any]"], rows: list[Row]) -> list[list[Any]]:
    adapters = [_adapter(field) for field in fields]
    return [
        [
            value if adapter is None or value is None else adapter(value)
            for value, adapter in zip(row, adapters, strict=True)
        ]
        for row in rows
    ]


def _adapter(field: "models.Field[Any, Any]") -> Adapter | None:
    target = _plain(field)
    if isinstance(target, models.UUIDField):
        return _hex
    if isinstance(target, models.DateTimeField):
        return _naive
    return None


def _hex(value: UUID) -> str:
    return value.hex


def _naive(value: datetime) -> str:
    """As Django writes it on SQLite: in UTC, without a zone."""
    if value.tzinfo is UTC:
        return value.isoformat(" ")[:-6]  # twice as fast, and what we always have
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


# --- PostgreSQL ------------------------------------------------------------------------------------------


def _copy(target: str, rows: list[Row]) -> None:
    statement = f"COPY {target} FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _run(statement: str, rows: list[Row]) -> None:
    """Values travel as one array a column; psycopg's own cursor binds them on the server."""
    from psycopg import Cursor  # deferred: an installation on SQLite need not load psycopg

    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)], prepare=True)


def _array(field: "models.Field[Any, Any]") -> str:
    kind = (field.db_type(connection) or "text").split("(")[0]
    return f"%s::{kind}[]"


# --- fields ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=200)
def _field(model: type[models.Model], attribute: str) -> "models.Field[Any, Any]":
    for field in model._meta.concrete_fields:
        if field.attname == attribute:
            return field
    raise LookupError(attribute)


def _plain(field: "models.Field[Any, Any]") -> Any:
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    return target
