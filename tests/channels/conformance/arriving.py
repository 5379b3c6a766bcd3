"""Checks of what comes in. Each is a sentence about every provider; it raises AssertionError if it is false."""

from dataclasses import replace
from itertools import permutations

import pytest

from aidline.channels.contract import (
    QUERY,
    AddressChange,
    Incoming,
    Kind,
    Malformed,
    Preference,
    Receipt,
    ReceiptUpTo,
    SharesOneHook,
    Unknown,
)
from channels.conformance.bench import Bench
from channels.conformance.proofs import proof_of
from payloads.kit import SAID, SAID_SECONDS


def a_handshake_is_answered_only_with_the_right_word(bench: Bench) -> None:
    for request, (status, body) in bench.kit.handshakes:
        answer = bench.provider().handshake(request)
        assert answer is not None
        assert (answer.status, answer.body) == (status, body)
    assert bench.provider().handshake(bench.hook(_a_text(bench))) is None


def who_is_never_called_refuses_every_call(bench: Bench) -> None:
    if not bench.kit.called:
        for body, _ in bench.kit.said.values():
            assert not bench.accepts(bench.hook(body))


def a_good_signature_is_accepted(bench: Bench) -> None:
    if not bench.kit.called:
        return
    for body, _ in bench.kit.said.values():
        assert bench.accepts(bench.hook(body))


def a_missing_short_or_doubled_signature_is_refused(bench: Bench) -> None:
    proven = proof_of(bench.kit, bench.hook(_a_text(bench)))
    word = proven.word
    other_case = () if bench.kit.proof_is_hex else (word.swapcase(),)
    for wrong in (None, "", word[:-1], word + word, f"{word},{word}", *other_case, "sha256=", "é\udc80"):
        assert not bench.accepts(proven.with_word(wrong)), wrong


def a_flipped_bit_anywhere_in_the_body_is_refused(bench: Bench) -> None:
    if not bench.kit.signs_body:
        return
    request = bench.hook(_a_text(bench))
    for at in range(0, len(request.body), 7):
        flipped = bytearray(request.body)
        flipped[at] ^= 1
        assert not bench.accepts(replace(request, body=bytes(flipped))), at


def an_old_and_a_new_secret_are_both_good_while_it_is_changed(bench: Bench) -> None:
    if not bench.kit.called:
        return
    body, kit = _a_text(bench), bench.kit
    old, fresh = dict(kit.config), {**kit.config, kit.secret: "CANARYSECRET-fresh"}
    changing = {**fresh, kit.previous_secret: old[kit.secret]}
    assert bench.accepts(bench.hook(body, old), changing)
    assert bench.accepts(bench.hook(body, fresh), changing)
    assert not bench.accepts(bench.hook(body, old), fresh)
    assert not bench.accepts(bench.hook(body, {**old, kit.secret: ""}), fresh)


def a_right_signature_for_another_channel_brings_nothing_in(bench: Bench) -> None:
    """Either the signature is of that channel alone, or the body names it and this one leaves it be."""
    body, kit = _a_text(bench), bench.kit
    misdirected = proof_of(kit, bench.hook(body, kit.other_config)).with_word(
        proof_of(kit, bench.hook(body)).word
    )
    if bench.accepts(misdirected, kit.other_config):
        provider = bench.provider(kit.other_config)
        assert isinstance(provider, SharesOneHook)
        assert provider.account not in provider.accounts(body)
        assert bench.provider().account in provider.accounts(body)  # type: ignore[attr-defined]
        assert all(isinstance(event, Unknown) for event in bench.parse(body, kit.other_config))


def a_changed_address_is_refused_where_it_is_signed(bench: Bench) -> None:
    """Our message id stands in the query of a status callback: nobody may put another there."""
    if bench.kit.signs_address:
        for body, _ in bench.kit.receipts.values():
            request = bench.hook(body)
            assert bench.accepts(request)
            assert not bench.accepts(replace(request, url=request.url[:-1] + "9"))
            assert not bench.accepts(replace(request, url=request.url.partition("?")[0]))


def every_kind_is_read_whole(bench: Bench) -> None:
    assert set(bench.kit.said) == set(bench.can.inbound)
    for kind, (body, expected) in bench.kit.said.items():
        assert bench.parse(body) == [expected], kind
        assert isinstance(expected, Incoming)
        assert expected.kind is kind


def what_is_done_rather_than_said_is_read_too(bench: Bench) -> None:
    for body, expected in bench.kit.unsaid:
        assert bench.parse(body) == expected


def a_replay_gives_equal_events(bench: Bench) -> None:
    for body, _ in bench.kit.said.values():
        assert bench.parse(body) == bench.parse(body)


def a_batch_gives_every_message_in_order(bench: Bench) -> None:
    body, ids = bench.kit.batch
    if ids:
        said = [event.external_id for event in bench.parse(body) if isinstance(event, Incoming)]
        assert said == ids


def each_status_is_read_whatever_came_before(bench: Bench) -> None:
    assert set(bench.kit.receipts) == set(bench.can.receipts)
    expected = dict(bench.kit.receipts.values())
    for order in list(permutations(expected))[:6]:
        assert [bench.parse(body)[0] for body in order] == [expected[body] for body in order]
    for status, (_, receipt) in bench.kit.receipts.items():
        assert isinstance(receipt, Receipt | ReceiptUpTo)
        told = isinstance(receipt, Receipt) and bool(receipt.message)
        assert told is (bench.kit.knows_our_id and status not in bench.kit.names_no_message)


def words_that_stop_contact_are_recognised(bench: Bench) -> None:
    for body in bench.kit.stops:
        events = bench.parse(body)
        assert any(
            (isinstance(event, Incoming) and event.opt_out)
            or (isinstance(event, Preference) and event.opted_out)
            for event in events
        ), body


def what_is_not_known_brings_no_message_and_no_error(bench: Bench) -> None:
    for body in bench.kit.strange:
        events = bench.parse(body)
        assert all(isinstance(event, Unknown) for event in events), body
        assert all(len(event.kind) <= 60 for event in events if isinstance(event, Unknown))


def an_unknown_field_changes_nothing(bench: Bench) -> None:
    assert bench.kit.with_unknown_field
    body, expected = bench.kit.with_unknown_field
    assert bench.parse(body) == [expected]


def what_cannot_be_read_is_malformed_and_nothing_worse(bench: Bench) -> None:
    for body in bench.kit.malformed:
        with pytest.raises(Malformed):
            bench.provider().parse(body, {**bench.hook(b"").headers, QUERY: ""}, SAID)
        bench.accepts(replace(bench.hook(_a_text(bench)), body=body))  # any verdict, no other error


def times_are_the_providers_own_and_never_guessed(bench: Bench) -> None:
    assert int(SAID.timestamp()) == int(SAID_SECONDS)
    for _, expected in bench.kit.said.values():
        assert isinstance(expected, Incoming)
        assert expected.sent_at in (SAID, None)


def addresses_are_normal(bench: Bench) -> None:
    for body, _ in bench.kit.said.values():
        for event in bench.parse(body):
            assert isinstance(event, Incoming)
            assert {one.scheme for one in event.senders} <= set(bench.can.schemes)
    assert not any(
        isinstance(event, AddressChange) and not event.new
        for body, _ in bench.kit.unsaid
        for event in bench.parse(body)
    )


def _a_text(bench: Bench) -> bytes:
    return bench.kit.said[Kind.TEXT][0]
