"""How WhatsApp decides about a template in practice: quickly, and by a rule that everybody can see.

A text that promises money or a prize is refused as a fraud; one that shouts is refused as advertising unless it is
declared to be that; all else is approved.
"""

import re
from dataclasses import replace

from aidline.simulator.lookalikes.shapes import Form

SECONDS = 3.0  # between handing in and the decision
MONEY = re.compile(
    r"\b(prize|cash|win|free money|gagn\w+|premio|dinero gratis|приз|гроші)\b|جائزة|نقود|[$€£]\s?\d",
    re.IGNORECASE,
)
SHOUTING = re.compile(r"!{2,}|\b[A-Z]{4,}\b[^a-z]*\b[A-Z]{4,}\b")


def decided(form: Form) -> Form:
    text = f"{form.header} {form.body} {form.footer}"
    if MONEY.search(text):
        return replace(form, status="REJECTED", reason="SCAM", words="It promises money or a prize.")
    if SHOUTING.search(text) and form.category == "UTILITY":
        return replace(
            form, status="REJECTED", reason="INCORRECT_CATEGORY", words="It is written like advertising."
        )
    return replace(form, status="APPROVED", reason="", words="")
