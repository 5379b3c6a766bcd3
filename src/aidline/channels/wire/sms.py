"""What all short messages have in common: numbers, names of senders, and places put into words."""

from aidline.channels.contract import Place, Scheme, Sender
from aidline.kernel import phones


def senders(raw: str) -> tuple[Sender, ...]:
    """E.164 with plus, whether the vendor writes it or not; short codes and names stay as they are."""
    given = raw.strip()
    return (Sender(Scheme.PHONE, phones.e164(given.removeprefix("+")) or given),) if given else ()


def place_in_words(place: Place, text: str = "") -> str:
    """With a line that phones open in a map by themselves: no map service learns who looks where (RFC 5870)."""
    spot = f"geo:{place.latitude},{place.longitude}"
    return "\n".join(filter(None, (text, place.name, place.address, spot)))
