"""Single words by which people stop and resume messages, in every language of the product.

English words: the list Twilio documents for its default handling (read 2026-11-22); the others are ours.
"""

STOP = frozenset(
    {
        "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
        "arret", "arrêt", "arrêter", "alto", "parar", "baja", "قف", "توقف", "إيقاف", "ايقاف",
        "стоп", "зупинити", "afmelden", "stoppen",
    }
)  # fmt: skip
START = frozenset({"start", "unstop", "reprendre", "reanudar", "ابدأ", "старт", "hervatten"})
_LONGEST = 12


def wants_stop(text: str) -> bool:
    return _word(text) in STOP


def wants_start(text: str) -> bool:
    return _word(text) in START


def _word(text: str) -> str:
    return text.strip(" .!؟?\n").casefold() if len(text) <= _LONGEST else ""
