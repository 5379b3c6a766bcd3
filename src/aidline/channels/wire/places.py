"""A place in words, for providers that know nothing but text."""

from aidline.channels.contract import Place


def in_words(text: str, place: Place) -> str:
    """The `geo:` address (RFC 5870) is opened as a map by most phones."""
    spot = f"geo:{place.latitude},{place.longitude}"
    return "\n".join(filter(None, (text, place.name, place.address, spot)))
