"""Runs in the environment of the installation under test and answers questions about it, one JSON line each.

`python -m tests.faults.inside`; it only reads, but for replies, which it writes like the web process does.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import Error as DatabaseError  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from tests.faults.lines import configs  # noqa: E402

from aidline import vault  # noqa: E402
from aidline.centres.models import Centre, Staff  # noqa: E402
from aidline.centres.services import add_member, create_centre, create_organisation, create_staff  # noqa: E402
from aidline.centres.states import Role  # noqa: E402
from aidline.channels.models import Channel, Delivery  # noqa: E402
from aidline.channels.services import create_channel  # noqa: E402
from aidline.conversations.models import Conversation, Message, ParkedReceipt  # noqa: E402
from aidline.conversations.sending import send_reply  # noqa: E402
from aidline.conversations.states import Direction, MessageState  # noqa: E402
from aidline.gateway import outbound, spool  # noqa: E402
from aidline.kernel.clock import now  # noqa: E402
from aidline.routing.models import Presence  # noqa: E402
from aidline.routing.states import PresenceState  # noqa: E402

AGENTS = 8
_SQLITE_HISTORY = """
CREATE TABLE fault_history (n INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT, old TEXT, new TEXT);
CREATE TRIGGER fault_states AFTER UPDATE OF state ON conversations_message WHEN old.state <> new.state
BEGIN INSERT INTO fault_history (message, old, new) VALUES (new.id, old.state, new.state); END;
"""
_POSTGRES_HISTORY = """
CREATE TABLE fault_history (n bigserial PRIMARY KEY, message text, old text, new text);
CREATE FUNCTION fault_note() RETURNS trigger AS $$ BEGIN
INSERT INTO fault_history (message, old, new) VALUES (new.id::text, old.state, new.state); RETURN new;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER fault_states AFTER UPDATE OF state ON conversations_message FOR EACH ROW
WHEN (old.state IS DISTINCT FROM new.state) EXECUTE FUNCTION fault_note();
"""


# --- setting up ------------------------------------------------------------------------------------------


def prepare(
    *,
    provider_url: str,
    history: bool = True,
    agents: int = AGENTS,
    others: dict[str, dict[str, str]] | None = None,
) -> dict[str, str]:
    """A migrated database, one centre, its channels, agents at their desks. Channel ids by provider."""
    call_command("migrate", interactive=False, verbosity=0)
    vault.check_root()
    organisation = create_organisation(name="Harbour Aid Network")
    centre = create_centre(
        by=None, organisation=organisation, name="Port Merin", slug="port-merin", languages=["ar", "fr", "en"]
    )
    Centre.objects.update(asks_language=False)  # every message of ours is one that the run asked for
    for number in range(agents):
        _agent(centre, number)
    if history:
        _keep_history()
    return {
        provider: str(
            create_channel(by=None, centre=centre, provider=provider, name=provider, config=config).pk
        )
        for provider, config in {**configs(provider_url), **(others or {})}.items()
    }


def _agent(centre: Centre, number: int) -> None:
    """At the desk for the whole run."""
    staff = create_staff(organisation=centre.organisation, email=f"agent{number}@example.org", name="Mira")
    member = add_member(by=None, staff=staff, centre=centre, role=Role.AGENT, languages=["ar", "fr", "en"])
    Presence.objects.create(
        membership=member, state=PresenceState.AVAILABLE, seen_at=now() + timedelta(hours=2)
    )


def _keep_history() -> None:
    """Every change of a message's state, written down by the database itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRES_HISTORY)
        return
    connection.ensure_connection()
    connection.connection.executescript(_SQLITE_HISTORY)


# --- acting ----------------------------------------------------------------------------------------------


def reply(*, count: int) -> int:
    """Answers up to `count` conversations that have no answer yet; the same one is never answered twice."""
    answered = Message.objects.filter(direction=Direction.OUT).values("conversation_id")
    waiting = Conversation.objects.exclude(pk__in=answered).select_related("channel", "centre")
    by = Staff.objects.first()
    done = 0
    for conversation in waiting.order_by("pk")[:count]:
        key = uuid5(NAMESPACE_URL, str(conversation.pk))
        send_reply(by=by, conversation=conversation, text=f"Reply {key.hex[:8]} مرحبا", client_key=key)
        done += 1
    Message.objects.filter(state=MessageState.QUEUED, attempts=0).update(due_at=now())
    return done


def let_leases_end() -> int:
    """As if the time of a call had passed: what a killed worker had begun to send."""
    rows = Message.objects.filter(state=MessageState.SENDING)
    rows.update(lease_until=now() - timedelta(seconds=1))
    return outbound.give_up_on_lost()


def let_retries_come() -> int:
    """As if the pauses between tries had passed."""
    with transaction.atomic():
        Delivery.objects.filter(state="p").update(next_at=None)
        return Message.objects.filter(state=MessageState.QUEUED).update(due_at=now())


def bring_in_spool() -> int:
    return spool.bring_in()


# --- looking ---------------------------------------------------------------------------------------------


def counts(*, unmatchable: list[str] | None = None) -> dict[str, int]:
    """`unmatchable`: providers whose receipts name no id of ours, so that some of them wait for nothing."""
    others = Channel.objects.exclude(provider__in=unmatchable or []).values("pk")
    return {
        "deliveries": Delivery.objects.count(),
        "pending": Delivery.objects.filter(state="p").count(),
        "quarantined": Delivery.objects.filter(state="q").count(),
        "messages": Message.objects.filter(direction=Direction.IN).count(),
        "queued": Message.objects.filter(state=MessageState.QUEUED).count(),
        "sending": Message.objects.filter(state=MessageState.SENDING).count(),
        "parked": ParkedReceipt.objects.filter(channel_id__in=others).count(),
        "spooled": spool.waiting(),
    }


def channels() -> list[dict[str, Any]]:
    columns = ("provider", "failures", "error_code", "open_until")
    return list(Channel.objects.values(*columns))


def dump(*, path: str) -> int:
    """All messages, conversations and changes of state, as JSON lines in a file."""
    with open(path, "w") as file:
        rows = 0
        for row in (*_messages(), *_conversations(), *_history()):
            file.write(json.dumps(row, default=str) + "\n")
            rows += 1
    return rows


def _messages() -> Iterator[dict[str, Any]]:
    names = dict(Channel.objects.values_list("pk", "provider"))
    for row in Message.objects.order_by("conversation_id", "seq"):
        yield {
            "is": "message",
            "id": str(row.pk),
            "provider": names.get(row.channel_id, ""),
            "conversation": str(row.conversation_id),
            "seq": row.seq,
            "direction": row.direction,
            "state": row.state,
            "at": row.at.timestamp(),
            "external_id": row.external_id if row.external_sealed else "",
            "text": row.text if row.text_sealed else "",
        }


def _conversations() -> Iterator[dict[str, Any]]:
    names = dict(Channel.objects.values_list("pk", "provider"))
    for row in Conversation.objects.select_related("address"):
        yield {
            "is": "conversation",
            "id": str(row.pk),
            "provider": names.get(row.channel_id, ""),
            "last_seq": row.last_seq,
            "address": row.address.value if row.address else "",
        }


def _history() -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT message, old, new FROM fault_history ORDER BY n")
        for message, old, new in cursor.fetchall():
            dashed = message if "-" in message else _dashed(message)
            yield {"is": "change", "message": dashed, "old": old, "new": new}


def _dashed(hex_id: str) -> str:
    return "-".join((hex_id[:8], hex_id[8:12], hex_id[12:16], hex_id[16:20], hex_id[20:]))


# --- answering -------------------------------------------------------------------------------------------

VERBS: dict[str, Callable[..., Any]] = {
    verb.__name__: verb
    for verb in (
        prepare,
        reply,
        let_leases_end,
        let_retries_come,
        bring_in_spool,
        counts,
        channels,
        dump,
    )
}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_answer(asked), default=str), flush=True)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": VERBS[asked.pop("do")](**asked)}
    except DatabaseError as error:
        connection.close()
        return {"error": f"{type(error).__name__}: {error}"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}", "fatal": True}


if __name__ == "__main__":
    main()
