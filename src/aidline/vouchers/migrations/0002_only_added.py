"""The books are only ever added to: both databases refuse to change or delete a posting, or what a device signed.
Of a use only that it was taken back, and that it was settled, may be written later.

A later migration that alters one of these tables on SQLite makes the table anew, without its triggers: it must put
them back (`forwards`).
"""

from django.db import migrations

WORDS = 'the books are only ever added to'
WHOLE = ('vouchers_posting', 'vouchers_devicerecord')
USE = 'vouchers_redemption'
USE_FIXED = (
    'id', 'programme_id', 'voucher_id', 'shop_id', 'till_id', 'key', 'body_hash', 'cents', 'overdrawn_cents',
    'unpaid_cents', 'left_cents', 'receipt', 'at', 'received_at', 'offline', 'device_id', 'hold_id',
)

FUNCTION = f"""
CREATE OR REPLACE FUNCTION vouchers_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def forwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == 'postgresql'
    if postgresql:
        schema_editor.execute(FUNCTION)
    for name, event, table, when in _triggers(postgresql):
        body = (
            'EXECUTE FUNCTION vouchers_only_added()'
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
        schema_editor.execute(f'CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} {body}')


def backwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == 'postgresql'
    for name, _, table, _ in _triggers(postgresql):
        schema_editor.execute(f'DROP TRIGGER {name}' + (f' ON {table}' if postgresql else ''))


def _triggers(postgresql):
    for table in WHOLE:
        yield f'{table}_unchanged', 'UPDATE', table, ''
        yield f'{table}_undeleted', 'DELETE', table, ''
    other = 'IS DISTINCT FROM' if postgresql else 'IS NOT'
    changed = ' OR '.join(f'OLD.{column} {other} NEW.{column}' for column in USE_FIXED)
    yield f'{USE}_unchanged', 'UPDATE', USE, f'WHEN ({changed})'
    yield f'{USE}_undeleted', 'DELETE', USE, ''


class Migration(migrations.Migration):

    dependencies = [("vouchers", "0001_initial"), ]

    operations = [
        migrations.RunPython(forwards, backwards, elidable=False),
    ]
