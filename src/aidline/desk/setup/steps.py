"""The five steps of a channel, and what the light at their side says."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aidline.channels.models import Channel, Template
from aidline.channels.registry import BadConfig, capabilities_of
from aidline.desk.health.lights import ICONS, Light, state_of
from aidline.kernel.clock import now
from aidline.vault import VaultError


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    url: str
    state: str  # done, now or later


def steps_of(channel: Channel | None, current: str) -> list[Step]:
    """Before the channel is there, only the first step can be gone to."""
    done = _done(channel)
    return [
        Step(label, _url(channel, name), "now" if name == current else "done" if name in done else "later")
        for name, label in _steps()
    ]


def _steps() -> list[tuple[str, str]]:
    return [
        ("channel", _("Account")),
        ("channel_keys", _("Keys")),
        ("channel_test", _("Test")),
        ("channel_hours", _("Languages and hours")),
        ("channel_open", pgettext("verb", "Open")),
    ]


def _url(channel: Channel | None, name: str) -> str:
    return reverse(f"setup:{name}", args=[channel.centre.slug, channel.pk]) if channel else ""


def _done(channel: Channel | None) -> set[str]:
    """What is really done, wherever one has been meanwhile."""
    if channel is None:
        return set()
    done = {
        "channel": True,
        "channel_keys": channel.config_sealed is not None,
        "channel_test": channel.last_in_at is not None,
        "channel_hours": channel.is_open,
        "channel_open": channel.is_open,
    }
    return {name for name, is_done in done.items() if is_done}


@dataclass(frozen=True, slots=True)
class Check:
    light: Light
    title: str
    detail: str

    @property
    def icon(self) -> str:
        return ICONS[self.light]


def checks_of(channel: Channel) -> list[Check]:
    checks = [_keys(channel), *_known(channel), _arrives(channel), _signed(channel), _replies(channel)]
    if _has_templates(channel):
        checks.append(_templates(channel))
    return checks


def _has_templates(channel: Channel) -> bool:
    """Not, where what is stored is that of an older release or cannot be read: the page says what it can."""
    try:
        return bool(channel.config) and bool(capabilities_of(channel.provider, channel.config).templates)
    except (BadConfig, VaultError):
        return False


def _has_keys(channel: Channel) -> bool:
    try:
        return channel.config is not None
    except VaultError:
        return False


def _keys(channel: Channel) -> Check:
    if not _has_keys(channel):
        return Check(Light.DOWN, _("Keys are missing"), _("Enter them in step 2."))
    if channel.open_until and channel.open_until > now():
        return Check(Light.DOWN, _("Keys are refused"), _("The provider does not accept them. Check step 2."))
    return Check(Light.OK, _("Keys are complete"), _("Kept sealed."))


def _known(channel: Channel) -> list[Check]:
    """Where the vendor tells whether it has our address, and how its last call went."""
    if not channel.hook:
        return []
    if channel.hook.get("error") and state_of(channel).hook_error:
        return [Check(Light.DOWN, _("The provider cannot reach us"), str(channel.hook["error"]))]
    if not channel.hook.get("known"):
        return [Check(Light.DOWN, _("Our address is not known"), _("Give it to the provider in step 3."))]
    return [Check(Light.OK, _("The provider knows our address"), _("By its own word."))]


def _arrives(channel: Channel) -> Check:
    if channel.last_in_at is None:
        return Check(Light.SLOW, _("Nothing has arrived yet"), _("Send yourself a message in step 3."))
    return Check(
        Light.OK, _("Messages arrive"), _("Last one at %(time)s") % {"time": _at(channel.last_in_at)}
    )


def _signed(channel: Channel) -> Check:
    if channel.last_in_at is None:
        return Check(Light.SLOW, _("Signature not seen yet"), _("It is checked with every message."))
    return Check(Light.OK, _("Signature checked"), _("Forged messages are turned away."))


def _replies(channel: Channel) -> Check:
    if channel.last_out_at is None:
        return Check(Light.SLOW, _("Replies not tried yet"), _("Answer your own message on the desk."))
    return Check(
        Light.OK, _("Replies go out"), _("Last one at %(time)s") % {"time": _at(channel.last_out_at)}
    )


def _templates(channel: Channel) -> Check:
    approved = Template.objects.filter(channel=channel, state=Template.State.APPROVED).count()
    if not approved:
        return Check(
            Light.DOWN,
            _("No approved message yet"),
            _("Without one, nobody can be reached after 24 hours."),
        )
    return Check(Light.OK, _("Approved messages"), str(approved))


def _at(time: datetime) -> str:
    return date_format(localtime(time), "SHORT_DATETIME_FORMAT")


def overall(checks: list[Check]) -> Light:
    lights = [check.light for check in checks]
    return next((light for light in (Light.DOWN, Light.SLOW) if light in lights), Light.OK)
