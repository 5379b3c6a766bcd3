"""The suite itself is tested: each provider below is broken in one way, and a sentence must say so."""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from aidline.channels.contract import (
    BadSignature,
    ChannelDown,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    Incoming,
    MediaRef,
    Outgoing,
    RetryLater,
    SendError,
    Sent,
    Uncertain,
)
from aidline.channels.contract.voice import CallRequest, Dialled, Script
from aidline.channels.mail_services import EmailByServices
from aidline.channels.providers.africastalking import AfricasTalking
from aidline.channels.providers.simulator import Simulator
from aidline.channels.providers.twilio import Twilio
from aidline.channels.providers.vonage import Vonage
from aidline.channels.providers.whatsapp_cloud import Config, WhatsAppCloud
from aidline.channels.wire.mail_events import Desk
from channels.conformance import arriving, calling, leaving, silence
from channels.conformance.bench import Bench, bench
from channels.conformance.test_conformance import Check
from payloads import africastalking, email, simulator, twilio, vonage, whatsapp_cloud

log = logging.getLogger("aidline.broken")


class AcceptsEverything(WhatsAppCloud):
    def verify(self, request: HookRequest) -> None:
        pass


class SignsWhatWasReadAgain(WhatsAppCloud):
    """Writes the JSON anew before it checks, as frameworks like to do."""

    def verify(self, request: HookRequest) -> None:
        anew = json.dumps(json.loads(request.body), ensure_ascii=False).encode()
        super().verify(HookRequest(request.method, request.url, request.query, request.headers, anew))


class ComparesTheBeginning(WhatsAppCloud):
    def verify(self, request: HookRequest) -> None:
        word = request.headers.get("x-hub-signature-256", "")[:71]
        headers = {**request.headers, "x-hub-signature-256": word}
        super().verify(HookRequest(request.method, request.url, request.query, headers, request.body))


class ForgetsTheOldSecret(WhatsAppCloud):
    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.secrets = self.secrets[:1]


class GreetsAnyone(WhatsAppCloud):
    def handshake(self, request: HookRequest) -> HookAnswer | None:
        return HookAnswer(body=request.query.get("hub.challenge", "").encode())


class IgnoresTheQuery(Twilio):
    def verify(self, request: HookRequest) -> None:
        bare = request.url.partition("?")[0]
        super().verify(HookRequest(request.method, bare, request.query, request.headers, request.body))


class BelievesAnyForm(Vonage):
    def verify(self, request: HookRequest) -> None:
        pass


class SignsTheTextAlone(Vonage):
    """The rest of the form may say what it likes."""

    def verify(self, request: HookRequest) -> None:
        fields = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if len(fields.get("sig", "")) != 64 or "CANARYWORDS" not in fields.get("text", ""):
            raise BadSignature("sig")


class BelievesAnyAddress(AfricasTalking):
    def verify(self, request: HookRequest) -> None:
        pass


class TakesTheFirst(WhatsAppCloud):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        return super().parse(body, headers, received_at)[:1]


class TakesOthersToo(WhatsAppCloud):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        whole = json.loads(body)
        for entry in whole["entry"]:
            for change in entry["changes"]:
                change["value"].get("metadata", {}).pop("phone_number_id", None)
        return super().parse(json.dumps(whole).encode(), headers, received_at)


class FallsOverTheUnknown(WhatsAppCloud):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]["from"]
        return super().parse(body, headers, received_at)


class CountsItsCalls(Simulator):
    """The same body, another event: a replay would be a second message."""

    calls = 0

    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        CountsItsCalls.calls += 1
        found = super().parse(body, headers, received_at)
        return [
            Incoming(f"{CountsItsCalls.calls}", e.senders, e.kind) if isinstance(e, Incoming) else e
            for e in found
        ]


class TellsTheBody(Simulator):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        log.debug("read %s", body.decode("utf-8", "replace"))
        return super().parse(body, headers, received_at)


class TellsTheNumberInAnError(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        raise GiveUp(f"cannot reach {out.to.value}")


class TellsTheSecretInAChain(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        try:
            raise ValueError(self.secret)
        except ValueError as error:
            raise GiveUp("no") from error


class TriesAgainBlindly(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        for _ in range(2):
            with suppress(Uncertain):
                return super().send(http, out)
        raise Uncertain("no-answer")


class TriesAgainAtOnce(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        try:
            return super().send(http, out)
        except RetryLater:
            return super().send(http, out)


class CallsSilenceAFailure(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        try:
            return super().send(http, out)
        except Uncertain as error:
            raise RetryLater(error.code) from None


class CutsLongTexts(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        return super().send(http, Outgoing(out.message, out.to, out.kind, out.text[:1000]))


class DropsCaptions(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        return super().send(http, replace(out, text="") if out.file else out)


class SendsAnySize(Simulator):
    def _upload(self, http: httpx.Client, out: Outgoing) -> dict[str, str]:
        assert out.file
        http.post(f"{self.api}/media", content=out.file.content())
        return {"id": "x"}


class MistakesRefusals(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        try:
            return super().send(http, out)
        except SendError as error:
            raise ChannelDown(error.code) from None


class LeaksWhatHttpxRaises(Simulator):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        http.post(f"{self.api}/messages?to={out.to.value}").raise_for_status()
        return Sent("s-1")


class WalksAbout(Simulator):
    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Any:
        http.get(f"{self.api}/media/{ref.ref}")
        raise GiveUp("gone")


class OpensToCallers(EmailByServices):
    """A mailbox is looked into; who calls all the same may be anybody."""

    def verify(self, request: HookRequest) -> None:
        pass


class HandsInTwice(EmailByServices):
    """The final dot was said, the answer was lost: a second mail would say the same thing again."""

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        try:
            return super().send(http, out)
        except Uncertain:
            return super().send(http, out)


class GivesUpOnBusyServers(EmailByServices):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        try:
            return super().send(http, out)
        except RetryLater as error:
            raise GiveUp(error.code) from None


class TakesItsOwnMail(EmailByServices):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        self.desk = Desk("nobody@aid.example.org", self.desk.domain)
        return super().parse(body, headers, received_at)


class LeavesCallersInSilence(Twilio):
    """Nobody pressed anything, and nothing comes after."""

    def script(self, script: Script) -> HookAnswer:
        found = super().script(script)
        body = found.body.partition(b"<Redirect")[0] + b"</Response>"
        return HookAnswer(
            found.status, found.content_type, body if b"<Redirect" in found.body else found.body
        )


class NamesItselfByItsPath(Twilio):
    def script(self, script: Script) -> HookAnswer:
        found = super().script(script)
        return HookAnswer(found.status, found.content_type, found.body.replace(b"https://help.example", b""))


class MistakesKeys(Twilio):
    def call_request(self, request: HookRequest) -> CallRequest:
        return replace(super().call_request(request), digits="1")


class AcceptsNoCall(AfricasTalking):
    """The word is looked for where the hook has it."""

    def verify(self, request: HookRequest) -> None:
        if "/voice/" in request.url:
            raise BadSignature("address")
        super().verify(request)


class RingsTwice(Twilio):
    def dial(self, http: httpx.Client, call: Dialled) -> str:
        try:
            return super().dial(http, call)
        except Uncertain:
            return super().dial(http, call)


class CannotHangUpTwice(Twilio):
    def hang_up(self, http: httpx.Client, call_id: str) -> None:
        self.redirect(http, call_id, "https://help.example/bye")


class FindsWhateverIsNamed(AfricasTalking):
    """The address of a recording is anybody's to say."""

    def fetch_recording(self, http: httpx.Client, ref: str) -> Fetched:
        found = http.get(f"{self.api}/{ref}")
        return Fetched(found.content, "audio/mpeg")


def _silent_after(check: Check) -> Check:
    def also_silent(bench: Bench) -> None:
        with suppress(AssertionError, Exception):
            check(bench)
        silence.assert_silent(bench)

    return also_silent


FAULTS: list[tuple[type, Callable[[Bench], None]]] = [
    (AcceptsEverything, arriving.a_flipped_bit_anywhere_in_the_body_is_refused),
    (AcceptsEverything, arriving.a_missing_short_or_doubled_signature_is_refused),
    (SignsWhatWasReadAgain, arriving.a_good_signature_is_accepted),
    (ComparesTheBeginning, arriving.a_missing_short_or_doubled_signature_is_refused),
    (ForgetsTheOldSecret, arriving.an_old_and_a_new_secret_are_both_good_while_it_is_changed),
    (GreetsAnyone, arriving.a_handshake_is_answered_only_with_the_right_word),
    (IgnoresTheQuery, arriving.a_changed_address_is_refused_where_it_is_signed),
    (BelievesAnyForm, arriving.a_flipped_bit_anywhere_in_the_body_is_refused),
    (BelievesAnyForm, arriving.a_missing_short_or_doubled_signature_is_refused),
    (SignsTheTextAlone, arriving.a_flipped_bit_anywhere_in_the_body_is_refused),
    (BelievesAnyAddress, arriving.a_missing_short_or_doubled_signature_is_refused),
    (BelievesAnyAddress, arriving.a_right_signature_for_another_channel_brings_nothing_in),
    (TakesTheFirst, arriving.a_batch_gives_every_message_in_order),
    (TakesOthersToo, arriving.a_right_signature_for_another_channel_brings_nothing_in),
    (FallsOverTheUnknown, arriving.what_is_not_known_brings_no_message_and_no_error),
    (FallsOverTheUnknown, arriving.what_cannot_be_read_is_malformed_and_nothing_worse),
    (CountsItsCalls, arriving.a_replay_gives_equal_events),
    (TellsTheBody, _silent_after(arriving.every_kind_is_read_whole)),
    (TellsTheNumberInAnError, _silent_after(leaving.every_kind_is_sent_once_and_its_id_comes_back)),
    (TellsTheSecretInAChain, _silent_after(leaving.every_kind_is_sent_once_and_its_id_comes_back)),
    (TriesAgainBlindly, leaving.silence_after_the_call_is_uncertain_and_never_repeated),
    (TriesAgainAtOnce, leaving.a_busy_or_broken_provider_is_tried_again_later),
    (CallsSilenceAFailure, leaving.a_slow_answer_is_uncertain),
    (CallsSilenceAFailure, leaving.garbage_after_success_is_uncertain),
    (CutsLongTexts, leaving.a_long_text_goes_in_parts_that_say_it_all),
    (DropsCaptions, leaving.words_beside_a_file_travel_with_it),
    (SendsAnySize, leaving.a_file_over_the_limit_is_given_up_unread),
    (MistakesRefusals, leaving.each_refusal_has_its_meaning),
    (LeaksWhatHttpxRaises, leaving.a_busy_or_broken_provider_is_tried_again_later),
    (OpensToCallers, arriving.who_is_never_called_refuses_every_call),
    (HandsInTwice, leaving.silence_after_the_call_is_uncertain_and_never_repeated),
    (GivesUpOnBusyServers, leaving.a_busy_or_broken_provider_is_tried_again_later),
    (TakesItsOwnMail, arriving.what_is_not_known_brings_no_message_and_no_error),
    (LeavesCallersInSilence, calling.every_script_becomes_a_whole_document),
    (NamesItselfByItsPath, calling.every_script_becomes_a_whole_document),
    (MistakesKeys, calling.a_question_about_a_call_proves_itself_and_is_understood),
    (AcceptsNoCall, calling.a_question_about_a_call_proves_itself_and_is_understood),
    (RingsTwice, calling.a_ring_without_an_answer_is_uncertain_and_never_repeated),
    (CannotHangUpTwice, calling.a_call_that_is_over_is_hung_up_without_an_error),
    (FindsWhateverIsNamed, calling.ids_of_calls_cannot_walk_about),
    (WalksAbout, leaving.ids_of_files_cannot_walk_about),
]
KITS = {
    WhatsAppCloud: whatsapp_cloud.KITS[0],
    Twilio: twilio.PHONE_KIT,
    Simulator: simulator.KITS[0],
    Vonage: vonage.KITS[1],
    AfricasTalking: africastalking.KITS[0],
    EmailByServices: email.KITS[0],
}


@pytest.mark.parametrize(("broken", "check"), FAULTS, ids=lambda one: one.__name__)
def test_the_suite_catches(broken: type, check: Check) -> None:
    kit = next(kit for sound, kit in KITS.items() if issubclass(broken, sound))
    with bench(kit) as sound:
        check(sound)
    with bench(kit, broken) as found, pytest.raises((Exception, pytest.fail.Exception)):
        check(found)
