"""What stands on a voucher, in words that are ready to be drawn: nothing about who holds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """`bars` and `token` are what bars and QR code hold; the latter may be missing. `steps`: how it is used."""

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

    @property
    def as_text(self) -> str:
        """For those who hear it: all that is drawn, the code letter by letter."""
        code = " ".join(self.groups.replace("-", " ").replace(" ", ""))
        said = (self.brand, self.title, self.amount, self.note, self.until, code, *self.steps)
        return "\n".join(part for part in said if part)
