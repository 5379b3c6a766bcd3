"""What must hold after a run, whatever happened in it. Pure: a list of faults, empty when all is well."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aidline.conversations.states import RANK, MessageState

from .plan import Said

Row = Mapping[str, Any]
SETTLED = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.READ, MessageState.FAILED})


@dataclass(slots=True)
class Evidence:
    """All that is known after a run. `acked`: the messages of calls that were answered with success."""

    said: Mapping[tuple[str, str], Said]
    acked: frozenset[tuple[str, str]]
    rows: Sequence[Row]
    taken: Mapping[str, int] = field(default_factory=dict)  # how often a provider took each of our messages
    told: Mapping[str, Sequence[str]] = field(default_factory=dict)  # states it told of each, in any order
    counts: Mapping[str, int] = field(default_factory=dict)
    refused: Sequence[Any] = ()
    unmatchable: frozenset[str] = frozenset()  # providers whose receipts name no id of ours

    def of(self, kind: str) -> Iterator[Row]:
        return (row for row in self.rows if row["is"] == kind)

    @property
    def incoming(self) -> Iterator[Row]:
        return (row for row in self.of("message") if row["direction"] == "i")

    @property
    def outgoing(self) -> Iterator[Row]:
        return (row for row in self.of("message") if row["direction"] == "o")


def faults(evidence: Evidence) -> list[str]:
    return [fault for check in CHECKS for fault in check(evidence)]


# --- what people said ------------------------------------------------------------------------------------


def lost(evidence: Evidence) -> Iterable[str]:
    present = {(row["provider"], row["external_id"]) for row in evidence.incoming}
    return (f"lost: {key}" for key in sorted(evidence.acked - present))


def doubled(evidence: Evidence) -> Iterable[str]:
    seen = Counter((row["provider"], row["external_id"]) for row in evidence.incoming)
    return (f"doubled: {key} is there {times} times" for key, times in seen.items() if times > 1)


def invented(evidence: Evidence) -> Iterable[str]:
    for row in evidence.incoming:
        said = evidence.said.get((row["provider"], row["external_id"]))
        if said is None:
            yield f"invented: {row['id']} was never said"
        elif said.text != row["text"]:
            yield f"changed: {row['id']} says something else"


def out_of_order(evidence: Evidence) -> Iterable[str]:
    """The thread is read by (at, seq)."""
    for conversation, rows in _by_conversation(evidence.incoming).items():
        read = sorted(rows, key=lambda row: (row["at"], row["seq"]))
        known = [evidence.said.get((row["provider"], row["external_id"])) for row in read]
        orders = [said.order for said in known if said]
        if orders != sorted(orders):
            yield f"out of order: conversation {conversation} reads {orders}"


def split(evidence: Evidence) -> Iterable[str]:
    """Nobody was answered or closed away: each person has one conversation on each channel."""
    threads = Counter((row["provider"], row["address"]) for row in evidence.of("conversation"))
    yield from (
        f"split: {thread} has {times} conversations" for thread, times in threads.items() if times > 1
    )
    for conversation, rows in _by_conversation(evidence.incoming).items():
        people = {
            said.thread for row in rows if (said := evidence.said.get((row["provider"], row["external_id"])))
        }
        if len(people) > 1:
            yield f"mixed: conversation {conversation} holds {len(people)} people"


def gaps(evidence: Evidence) -> Iterable[str]:
    rows = _by_conversation(evidence.of("message"))
    for conversation in evidence.of("conversation"):
        found = sorted(row["seq"] for row in rows.get(conversation["id"], ()))
        if found != list(range(1, conversation["last_seq"] + 1)):
            yield f"gap: conversation {conversation['id']} counts {found} to {conversation['last_seq']}"


def unfinished(evidence: Evidence) -> Iterable[str]:
    for what in ("pending", "quarantined", "queued", "sending", "parked", "spooled"):
        if evidence.counts.get(what):
            yield f"unfinished: {evidence.counts[what]} {what}"


def turned_away(evidence: Evidence) -> Iterable[str]:
    if evidence.refused:
        yield f"turned away: {len(evidence.refused)} calls, the first with {evidence.refused[0]}"


# --- what we said ----------------------------------------------------------------------------------------


def backwards(evidence: Evidence) -> Iterable[str]:
    """Before a provider has taken it a message may go back to the queue; afterwards never."""
    for change in evidence.of("change"):
        old, new = change["old"], change["new"]
        if RANK[old] >= RANK[MessageState.SENT] and RANK[new] < RANK[old]:
            yield f"backwards: {change['message']} from {old} to {new}"


def wrong_end(evidence: Evidence) -> Iterable[str]:
    """The highest of all states told of a message is the one it ends in."""
    ends = {word.name.lower(): word for word in SETTLED}
    for row in evidence.outgoing:
        told = [ends[word] for word in evidence.told.get(row["id"], ())]
        expected = max(told, key=lambda word: RANK[word]) if told else None
        if row["provider"] in evidence.unmatchable and row["state"] == MessageState.UNKNOWN:
            continue  # its answer was lost, and with it the only name its receipts have
        if expected and row["state"] != expected:
            yield f"wrong end: {row['id']} at {row['provider']} is {row['state']}, told {sorted(told)}"


def sent_twice(evidence: Evidence) -> Iterable[str]:
    return (f"sent twice: {message}, {times} times" for message, times in evidence.taken.items() if times > 1)


def dropped(evidence: Evidence) -> Iterable[str]:
    """What no provider took must say so: unknown, or failed; never as if it had gone out."""
    for row in evidence.outgoing:
        untaken = row["provider"] != "webchat" and not evidence.taken.get(row["id"])
        if untaken and row["state"] in SETTLED - {MessageState.FAILED}:
            yield f"dropped: {row['id']} is {row['state']}, but no provider took it"
        elif not untaken and row["state"] not in SETTLED | {MessageState.UNKNOWN}:
            yield f"dropped: {row['id']} is {row['state']}, although it was taken"


CHECKS = (
    lost,
    doubled,
    invented,
    out_of_order,
    split,
    gaps,
    unfinished,
    turned_away,
    backwards,
    wrong_end,
    sent_twice,
    dropped,
)


def _by_conversation(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["conversation"]].append(row)
    return found
