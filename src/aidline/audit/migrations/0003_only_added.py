"""Rows of the audit log and of its chain are only ever added: both databases refuse to change or delete one.

A later migration that alters one of these tables on SQLite makes the table anew, without its triggers: it must put
them back (`forwards`). `aidline doctor` looks whether they are there.
"""

from django.db import migrations

TABLES = ('audit_entry', 'audit_link')
WORDS = 'rows of the audit log are only ever added'

SQLITE = """
CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END
""", """
CREATE TRIGGER {table}_undeleted BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION audit_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_only_added()
""", """
CREATE TRIGGER {table}_undeleted BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_only_added()
"""


def forwards(apps, schema_editor):
    here = schema_editor.connection.vendor
    if here == 'postgresql':
        schema_editor.execute(FUNCTION.format(words=WORDS))
    for statement in POSTGRESQL if here == 'postgresql' else SQLITE:
        for table in TABLES:
            schema_editor.execute(statement.format(table=table, words=WORDS))


def backwards(apps, schema_editor):
    on = ' ON {table}' if schema_editor.connection.vendor == 'postgresql' else ''
    for table in TABLES:
        for name in ('unchanged', 'undeleted'):
            schema_editor.execute(f'DROP TRIGGER {table}_{name}' + on.format(table=table))


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_chain'),
    ]

    operations = [
        migrations.RunPython(forwards, backwards, elidable=False),
    ]
