"""Whatever closes a channel or ends contact is said in words, not in a vendor's code."""

from importlib import import_module

import pytest

from aidline.channels.contract import Verdict

MUST_BE_TOLD = {Verdict.CHANNEL_DOWN, Verdict.STOP_CONTACTING}
# Told in words of the same account, or never beside a single message.
ABOUT_KEYS = {"UNAUTHORIZED", "FORBIDDEN", "E401", "E403", "unprovisioned", "jwt-expired", "jwt-revoked"} | {
    "invalid-api-key",
    "invalid-signature",
}


@pytest.mark.parametrize("name", ["africastalking", "infobip", "vonage"])
def test_an_agent_reads_why_nothing_goes_out(name: str) -> None:
    verdicts = import_module(f"aidline.channels.providers.{name}").VERDICTS
    reasons = import_module(f"aidline.channels.reasons.{name}").REASONS
    weighty = {code for code, verdict in verdicts.items() if verdict in MUST_BE_TOLD}
    assert weighty - ABOUT_KEYS <= set(reasons)
    assert all(str(words) and str(words)[0].islower() for words in reasons.values())
