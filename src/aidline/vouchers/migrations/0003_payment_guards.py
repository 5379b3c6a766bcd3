"""Four eyes over money, kept by both databases whatever the code above them does.

A payment begins as a draft. `given` is the number of approvals of exactly this list, and no approval can be written
for another list, by other names, or for a payment that does not wait for one. Once handed in, the list's hash, total
and size stay as they are. It is approved by as many as the band of its total asks for. Who began it stays known.

A later migration that alters one of these tables on SQLite makes the table anew, without its triggers: it must put
them back (`forwards`).
"""

from django.db import migrations

FROZEN = ('plan_hash', 'total_cents', 'people', 'needed', 'submitted_by_id', 'valid_until')
STEPS = (
    'draw awdr apdr awap apru rusp spru rufi firu drca awca apca spca'  # a state stays, or goes one of these ways
).split()
COUNTED = (
    'SELECT count(*) FROM vouchers_approval a WHERE a.payment_id = NEW.id AND a.plan_hash = NEW.plan_hash'
)
BAND = (
    'SELECT b.approvals FROM vouchers_approvalband b WHERE b.programme_id = NEW.programme_id '
    'AND b.from_cents <= NEW.total_cents ORDER BY b.from_cents DESC LIMIT 1'
)
WATCHED = ('state', 'given', 'created_by_id', 'programme_id', *FROZEN)
WAITING = (
    'SELECT 1 FROM vouchers_payment p WHERE p.id = NEW.payment_id AND p.state = \'aw\' AND p.plan_hash <> \'\' '
    'AND p.plan_hash = NEW.plan_hash AND p.submitted_by_id = NEW.submitted_by_id '
    'AND COALESCE(p.created_by_id, p.submitted_by_id) = NEW.made_by_id'
)


def rules(other):
    """(name, event, table, when it is refused, why)."""
    frozen = ' OR '.join(f'OLD.{column} {other} NEW.{column}' for column in FROZEN)
    steps = ', '.join(f"'{step}'" for step in STEPS)
    payment = f"UPDATE OF {', '.join(WATCHED)}"
    return (
        ('payment_begins', 'INSERT', 'vouchers_payment', "NEW.state <> 'dr' OR NEW.given <> 0", 'a payment begins as a draft'),
        ('payment_author', payment, 'vouchers_payment', f'OLD.created_by_id {other} NEW.created_by_id OR OLD.programme_id <> NEW.programme_id', 'who began a payment stays known'),
        ('payment_steps', payment, 'vouchers_payment', f'OLD.state <> NEW.state AND OLD.state || NEW.state NOT IN ({steps})', 'a payment does not go this way'),
        ('payment_frozen', payment, 'vouchers_payment', f"OLD.state <> 'dr' AND NEW.state <> 'dr' AND ({frozen})", 'the list of a payment is frozen'),
        ('payment_counted', payment, 'vouchers_payment', f"NEW.given <> CASE WHEN NEW.plan_hash = '' THEN 0 ELSE ({COUNTED}) END", 'approvals are counted, not said'),
        ('payment_band', payment, 'vouchers_payment', f"NEW.state = 'ap' AND OLD.state <> 'ap' AND NEW.needed < COALESCE(({BAND}), 1)", 'this total needs more approvals'),
        ('approval_waited_for', 'INSERT', 'vouchers_approval', f'NOT EXISTS ({WAITING})', 'an approval is for a list that waits'),
        ('approval_unchanged', 'UPDATE', 'vouchers_approval', '1 = 1', 'an approval stays as it is'),
        ('payout_frozen', 'UPDATE OF cents, payment_id', 'vouchers_payout', 'OLD.cents <> NEW.cents OR OLD.payment_id <> NEW.payment_id', 'the list of a payment is frozen'),
    )  # fmt: skip


def forwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == 'postgresql'
    for name, event, table, refused, why in rules('IS DISTINCT FROM' if postgresql else 'IS NOT'):
        make = _on_postgresql if postgresql else _on_sqlite
        for statement in make(f'vouchers_{name}', event, table, refused, why):
            schema_editor.execute(statement)


def _on_postgresql(name, event, table, refused, why):
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ({refused}) THEN "
        f"RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    yield f'CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()'


def _on_sqlite(name, event, table, refused, why):
    body = f"BEGIN SELECT RAISE(ABORT, '{why}') WHERE {refused}; END"
    yield f'CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {body}'


def backwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == 'postgresql'
    for name, _, table, _, _ in rules('IS NOT'):
        schema_editor.execute(f'DROP TRIGGER vouchers_{name}' + (f' ON {table}' if postgresql else ''))
        if postgresql:
            schema_editor.execute(f'DROP FUNCTION vouchers_{name}()')


class Migration(migrations.Migration):

    dependencies = [("vouchers", "0002_only_added"), ]

    operations = [
        migrations.RunPython(forwards, backwards, elidable=False),
    ]
