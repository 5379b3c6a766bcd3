"""One row, one plain INSERT: for the till, where COPY and the ORM both cost more than the row itself."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models


def insert_one(model: type[models.Model], columns: Sequence[str], values: Sequence[object]) -> None:
    """`columns` are those of the table; every one without a null must be among them."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(model._meta.db_table, tuple(columns)), [adapted(value) for value in values])


def change_one(statement: str, values: Sequence[object]) -> int | None:
    """What an UPDATE … RETURNING of one number gives; None where no row was as wanted."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [adapted(value) for value in values])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def adapted(value: object) -> Any:
    """As this database wants it: SQLite has neither UUIDs nor times."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


@lru_cache(maxsize=20)
def _statement(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608
