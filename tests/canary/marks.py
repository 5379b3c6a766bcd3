"""The marked values. All hold one rare word, so that a search for the word finds every one of them."""

from dataclasses import dataclass, field

WORD = "zwürvelkanarie"
PLAIN_WORD = "zwurvelkanarie"  # where only ASCII may stand: addresses, host names
NUMBERS = tuple(f"3363998{7100 + place * 37:04d}" for place in range(12))  # fictional, reserved by ARCEP


@dataclass(slots=True)
class Marks:
    """Counts what was written, and where."""

    written: dict[str, str] = field(default_factory=dict)

    def text(self, where: str) -> str:
        return self._note(WORD, where)

    def name(self, where: str) -> str:
        return self._note(PLAIN_WORD, where)

    def email(self, where: str) -> str:
        return f"{self.name(where)}@example.org"

    def number(self, where: str) -> str:
        """A phone number in E.164 without plus."""
        number = NUMBERS[len(self.written) % len(NUMBERS)]
        self.written[f"{number} {len(self.written)}"] = where
        return number

    def _note(self, word: str, where: str) -> str:
        mark = f"{word}{len(self.written):04d}"
        self.written[mark] = where
        return mark
