"""The registry checks a configuration before anyone relies on it, and tells which field is wrong, never its value."""

import pytest

from aidline.channels import registry
from aidline.channels.contract import (
    AnswersHooks,
    Attends,
    ListsMessages,
    MarksRead,
    Probes,
    ProvesByAddress,
    Reacts,
    ReadsQueries,
    RegistersHooks,
    SharesOneHook,
    SyncsTemplates,
)
from payloads import whatsapp_cloud

GOOD = whatsapp_cloud.CONFIG


def test_a_whole_configuration_loads_with_its_defaults() -> None:
    provider = registry.load("whatsapp_cloud", {**GOOD, "api_version": " ", "base_url": ""})
    assert provider.api == "https://graph.facebook.com/v25.0"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "config", "field", "problem"),
    [
        ("pigeon", {}, "provider", "no-such-provider"),
        ("whatsapp_cloud", {**GOOD, "app_secret": "  "}, "app_secret", "missing"),
        ("whatsapp_cloud", {**GOOD, "colour": "CANARY"}, "colour", "unknown"),
        ("whatsapp_cloud", {**GOOD, "app_secret": 7}, "app_secret", "not-text"),
    ],
)
def test_a_wrong_one_names_the_field_and_no_value(name: str, config: dict, field: str, problem: str) -> None:
    with pytest.raises(registry.BadConfig) as caught:
        registry.load(name, config)
    assert (caught.value.field, caught.value.problem) == (field, problem)
    assert "CANARY" not in str(caught.value)


def test_the_set_up_form_has_every_field_in_order() -> None:
    fields = registry.config_fields("whatsapp_cloud")
    assert [field.name for field in fields if field.required] == list(GOOD)
    assert [field.name for field in fields if field.secret] == [
        "access_token",
        "app_secret",
        "verify_token",
        "previous_app_secret",
    ]


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("whatsapp_cloud", {SyncsTemplates, MarksRead, Reacts, SharesOneHook, Probes, RegistersHooks}),
        ("messenger", {Attends, Reacts, SharesOneHook, Probes, RegistersHooks}),
        ("instagram", {Attends, Reacts, SharesOneHook, Probes, RegistersHooks}),
        ("twilio", {SyncsTemplates, ListsMessages, Probes, RegistersHooks}),
        ("signal", {MarksRead, Reacts, ProvesByAddress, Probes}),
        ("android_sms", {Probes, RegistersHooks}),
        ("http", {ProvesByAddress, Probes, ReadsQueries, AnswersHooks}),
        ("webchat", set()),
        ("simulator", {MarksRead, Reacts}),
        ("africastalking", {Probes, ProvesByAddress}),
        ("infobip", {Probes, ProvesByAddress}),
        ("vonage", {Probes, ProvesByAddress, ReadsQueries, RegistersHooks}),
    ],
)
def test_optional_verbs_can_be_asked_for(name: str, verbs: set[type]) -> None:
    every = {SyncsTemplates, MarksRead, Attends, Reacts, SharesOneHook, ListsMessages}
    every |= {Probes, ProvesByAddress, ReadsQueries, RegistersHooks, AnswersHooks}
    assert {verb for verb in every if issubclass_of(registry.PROVIDERS[name], verb)} == verbs


def issubclass_of(made: type, verb: type) -> bool:
    names = [
        name for name in (*vars(verb), *vars(verb).get("__annotations__", ())) if not name.startswith("_")
    ]
    return all(hasattr(made, name) for name in names)
