"""The rules of each provider's language, by its name."""

from collections.abc import Callable, Mapping

from voice import africastalking_rules, ncco_rules, twiml_rules

RULES: Mapping[str, Callable[[bytes], list[str]]] = {
    "twilio": twiml_rules.complaints,
    "vonage": ncco_rules.complaints,
    "africastalking": africastalking_rules.complaints,
}


def complaints(provider: str, document: bytes) -> list[str]:
    return RULES[provider](document)
