"""A call in Twilio's words, and where its news go."""

from collections.abc import Mapping

from aidline.channels.models import Channel
from aidline.simulator import hooks
from aidline.simulator.lookalikes.registered import spoken_to
from aidline.simulator.models import PracticeCall
from aidline.simulator.states import Way
from aidline.simulator.wire import Post, twilio, twilio_voice

_DIRECTIONS = {Way.IN: "inbound", Way.CLIENT: "inbound", Way.OUT: "outbound-api"}


def leg(call: PracticeCall) -> twilio_voice.Leg:
    ours, theirs = str((call.channel.config or {}).get("sender", "")), call.other
    inward = call.way != Way.OUT
    called = {Way.IN: ours, Way.CLIENT: ""}.get(Way(call.way), theirs)
    caller = theirs if inward else str(program(call).get("caller_id", "") or ours)
    direction = "outbound-dial" if call.parent_id else _DIRECTIONS[Way(call.way)]
    parent = call.parent.sid if call.parent else ""
    sid = account_sid(call.channel)
    return twilio_voice.Leg(call.sid, sid, caller, called, direction, call.state, parent)


def account_sid(channel: Channel) -> str:
    return str((channel.config or {}).get("account_sid", ""))


def program(call: PracticeCall) -> dict[str, object]:
    found: dict[str, object] = call.program or {}
    return found


def signed(channel: Channel, url: str, fields: Mapping[str, str]) -> Post:
    config = channel.config or {}
    account = twilio.Account(config["account_sid"], config["auth_token"], config.get("sender", ""))
    return twilio.post(account, url, fields)


def answer_url(channel: Channel) -> str:
    """What the number asks when somebody calls it."""
    return spoken_to(str(channel.pk), "VoiceUrl") or voice_url(channel, "answer")


def fallback_url(channel: Channel) -> str:
    return spoken_to(str(channel.pk), "VoiceFallbackUrl") or voice_url(channel, "fallback")


def status_url(channel: Channel) -> str:
    return spoken_to(str(channel.pk), "StatusCallback") or hooks.hook_of(channel)


def voice_url(channel: Channel, what: str) -> str:
    return f"{hooks.public_url()}/voice/{channel.provider}/{channel.pk}/{what}"
