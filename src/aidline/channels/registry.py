"""Which providers there are, and their configuration checked. A new provider is one import and one line."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from aidline.channels.contract import Capabilities, Provider, Secret, WrongSetting
from aidline.channels.mail_services import EmailByServices
from aidline.channels.providers import (
    africastalking,
    android_sms,
    email,
    http,
    infobip,
    instagram,
    messenger,
    signal,
    simulator,
    telegram,
    twilio,
    viber,
    vonage,
    webchat,
    whatsapp_cloud,
)

PROVIDERS: dict[str, type[Provider]] = {
    "webchat": webchat.WebChat,
    "whatsapp_cloud": whatsapp_cloud.WhatsAppCloud,
    "messenger": messenger.Messenger,
    "instagram": instagram.Instagram,
    "twilio": twilio.Twilio,
    "telegram": telegram.Telegram,
    "africastalking": africastalking.AfricasTalking,
    "infobip": infobip.Infobip,
    "android_sms": android_sms.AndroidSms,
    "email": EmailByServices,
    "vonage": vonage.Vonage,
    "viber": viber.Viber,
    "signal": signal.Signal,
    "http": http.Http,
    "simulator": simulator.Simulator,
}

CONFIGS: dict[str, type[Any]] = {
    "webchat": webchat.Config,
    "whatsapp_cloud": whatsapp_cloud.Config,
    "messenger": messenger.Config,
    "instagram": instagram.Config,
    "twilio": twilio.Config,
    "telegram": telegram.Config,
    "africastalking": africastalking.Config,
    "infobip": infobip.Config,
    "android_sms": android_sms.Config,
    "email": email.Config,
    "vonage": vonage.Config,
    "viber": viber.Config,
    "signal": signal.Config,
    "http": http.Config,
    "simulator": simulator.Config,
}


class BadConfig(Exception):
    """A configuration that cannot work. `field` names the setting; no value is ever in it."""

    def __init__(self, field: str, problem: str, words: str = "") -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem  # unknown, missing, not-text, not-an-option, wrong or no-such-provider
        self.words = words  # of the provider on what is wrong, to be translated


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One field of the set-up form. `label` and `help` are words to translate."""

    name: str
    label: str
    help: str
    secret: bool
    required: bool
    default: str
    made_by_us: bool
    expert: bool
    options: tuple[str, ...]
    long: bool


def load(name: str, config: Mapping[str, Any]) -> Provider:
    """The provider for one channel, or `BadConfig`."""
    if name not in PROVIDERS:
        raise BadConfig("provider", "no-such-provider")
    given = CONFIGS[name](**_checked(name, config))
    try:
        return PROVIDERS[name](given)
    except WrongSetting as wrong:
        raise BadConfig(wrong.field, "wrong", wrong.words) from None


def capabilities_of(name: str, config: Mapping[str, Any] | None = None) -> Capabilities:
    """Of the account where its configuration is given, else what the provider does at the least."""
    return PROVIDERS[name].capabilities if config is None else load(name, config).capabilities


@cache
def config_fields(name: str) -> tuple[ConfigField, ...]:
    hints = get_type_hints(CONFIGS[name], include_extras=True)
    return tuple(_field(field, hints[field.name]) for field in fields(CONFIGS[name]))


def _field(field: Field[Any], hint: Any) -> ConfigField:
    required = field.default is MISSING
    return ConfigField(
        name=field.name,
        label=field.metadata["label"],
        help=field.metadata["help"],
        secret=get_origin(hint) is Annotated and any(isinstance(mark, Secret) for mark in get_args(hint)),
        required=required,
        default="" if required else str(field.default),
        made_by_us=field.metadata["made_by_us"],
        expert=field.metadata["expert"],
        options=field.metadata["options"],
        long=field.metadata["long"],
    )


def _checked(name: str, config: Mapping[str, Any]) -> dict[str, str]:
    known = {field.name: field for field in config_fields(name)}
    for key, value in config.items():
        if key not in known:
            raise BadConfig(key, "unknown")
        if not isinstance(value, str):
            raise BadConfig(key, "not-text")
    given = {key: value.strip() for key, value in config.items() if value.strip()}
    for field in known.values():
        if field.required and field.name not in given:
            raise BadConfig(field.name, "missing")
        if field.options and given.get(field.name, field.default) not in field.options:
            raise BadConfig(field.name, "not-an-option")
    return given


@cache
def made_by_us(name: str) -> tuple[str, ...]:
    """Words that nobody needs to think up: we make them, the provider is told."""
    return tuple(field.name for field in config_fields(name) if field.made_by_us)
