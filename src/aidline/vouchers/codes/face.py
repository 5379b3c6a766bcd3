"""What stands on a voucher, in words that are ready to be drawn: nothing about who holds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """`bars` is what the bars hold; `token` what the QR code holds, if there is one. `steps`: how to use it, in four."""

    language: str
    colour: str  # "#0f5257"
    brand: str
    title: str
    amount: str
    until: str
    steps: tuple[str, str, str, str]
    bars: str
    groups: str
    token: str = ""
    pin: str = ""
    note: str = ""  # such as what is left of it
    is_ean: bool = False
