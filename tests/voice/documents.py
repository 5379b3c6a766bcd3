"""The rules of each provider's language, by its name."""

from collections.abc import Callable, Mapping

from voice import twiml_rules

RULES: Mapping[str, Callable[[bytes], list[str]]] = {"twilio": twiml_rules.complaints}


def complaints(provider: str, document: bytes) -> list[str]:
    return RULES[provider](document)
