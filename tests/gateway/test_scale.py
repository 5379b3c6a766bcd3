"""The way of a message costs the same with a thousand messages in the house and with a million."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from aidline.channels.models import Channel
from aidline.conversations.models import Conversation
from aidline.conversations.sending import send_reply
from aidline.gateway import inbound, outbound, receipts
from aidline.routing.models import Presence
from aidline.routing.states import PresenceState
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, status, text_message

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL walks small tables, rightly"),
]

AMAL, BASIM = "447700900123", "447700900456"
# What grows for ever; tables of a house's staff and settings may be walked.
GROWING = (
    "channels_delivery",
    "conversations_message",
    "conversations_conversation",
    "conversations_liveevent",
    "people_person",
    "people_address",
    "vault_personkey",
    "audit_entry",
)

# Partial indexes: they hold only what waits.
WAITING = ("delivery_pending", "message_due", "message_lease", "message_queued")


@contextmanager
def plans() -> Iterator[list[str]]:
    """Each step of each statement's plan, as SQLite would go about it."""
    found: list[str] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            given = next(iter(params), ()) if many else params
            with connection.cursor() as cursor:
                raw = cursor.cursor.execute("EXPLAIN QUERY PLAN " + sql, given or ())
                found.extend(f"{row[3]} | {sql[:300]}" for row in raw.fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def walked(found: list[str]) -> list[str]:
    """SCAN … without an index, or over the whole of one; an index of what is waiting may be walked."""
    scans = [step for step in found if any(step.startswith(f"SCAN {table} ") for table in GROWING)]
    return [step for step in scans if not any(f"INDEX {index} " in step for index in WAITING)]


def scene() -> Channel:
    centre = make_centre()
    channel = make_channel(centre)
    _, member = make_agent(centre, "Mira")
    Presence.objects.create(membership=member, state=PresenceState.AVAILABLE)
    return channel


def test_what_comes_in_is_found_by_indexes() -> None:
    channel = scene()
    arrive(channel, body(text_message(AMAL, "hello", "wamid.1"), text_message(BASIM, "hello", "wamid.2")))
    inbound.drain()
    answer = {**text_message(AMAL, "yes", "wamid.3"), "context": {"id": "wamid.1"}}
    told = status("wamid.9", "delivered"), status("wamid.8", "read")
    arrive(channel, body(answer, text_message(AMAL, "hello", "wamid.1")), body(statuses=told))
    with plans() as found:
        inbound.drain()
    assert len(found) > 10
    assert walked(found) == [], chr(10).join(walked(found))


def test_what_goes_out_is_found_by_indexes() -> None:
    channel = scene()
    arrive(channel, body(text_message(AMAL, "hello", "wamid.1")))
    inbound.drain()
    conversation = Conversation.objects.select_related("channel", "centre").get()
    send_reply(by=None, conversation=conversation, text="Hello")
    with plans() as found:
        for message in outbound.due():
            outbound.send(message)
        outbound.give_up_on_lost()
        receipts.match_parked()
    assert len(found) > 5
    assert walked(found) == [], chr(10).join(walked(found))


def test_a_walk_through_a_growing_table_is_seen() -> None:
    with plans() as found:
        list(Conversation.objects.filter(outcome="answered"))
    assert walked(found)
