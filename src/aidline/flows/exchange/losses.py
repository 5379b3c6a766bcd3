"""What a flow lost on its way from another format, or into one."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Weight(StrEnum):
    NOTE = "note"  # kept for the way back, does nothing here
    LOSS = "loss"  # the flow will do something else than before


@dataclass(frozen=True, slots=True)
class Loss:
    """`where`: name of the block or node; empty for the whole flow. `words` are to be translated when shown."""

    where: str
    code: str
    weight: Weight
    detail: str = ""

    @property
    def words(self) -> Any:
        return WORDS[self.code]


@dataclass(slots=True)
class Report:
    losses: list[Loss] = field(default_factory=list)

    def lose(self, where: str, code: str, detail: str = "") -> None:
        self._add(where, code, Weight.LOSS, detail)

    def note(self, where: str, code: str, detail: str = "") -> None:
        self._add(where, code, Weight.NOTE, detail)

    def _add(self, where: str, code: str, weight: Weight, detail: str) -> None:
        loss = Loss(where, code, weight, detail[:200])
        if loss not in self.losses:
            self.losses.append(loss)


class NotReadable(Exception):
    """The file is none of this format. `words` say so to a person."""

    def __init__(self, words: Any) -> None:
        super().__init__(str(words))
        self.words = words


WORDS: dict[str, Any] = {
    "block-kept": _("This step has no equal here. It is kept for the way back and does nothing."),
    "block-unknown": _("This kind of step is not known here. It is passed over."),
    "many-as-text": _("Several answers at once cannot be chosen here. The answer is asked for in words."),
    "test-unknown": _("This condition could not be read. It is never true here."),
    "exit-unknown": _("This way out hangs on a condition that could not be read. It was left out."),
    "property-kept": _("A value that this step sets beside its work is kept, but not set here."),
    "property-expression": _("A computed value cannot be set here. The formula is kept as text."),
    "text-missing": _("There are no words for this step in one of its languages."),
    "expression-in-text": _("The words hold a placeholder that is not filled in here."),
    "speech-text": _(
        "The words for the voice differ from the written ones. They are kept, but not spoken here."
    ),
    "media-dropped": _("A picture, video or file cannot be part of a step here."),
    "language-unknown": _("This language is not known here. Its code was kept."),
    "mode-dropped": _("This way of use does not exist here."),
    "no-goodbye": _("The flow stops here without a goodbye. Write one before it is published."),
    "timeout-kept": _("The time after which a run ends is set by this program."),
    "flow-missing": _("This step leads to another flow that is not in the file."),
    "not-native": _("Other programs do not know this step. They see only what is nearest to it."),
    "action-dropped": _("This action cannot be done here. It was left out."),
    "router-dropped": _("This way of deciding does not exist here. The last way out is taken."),
    "wait-hint": _("Here the kind of answer that was expected cannot be asked for. Words are asked for."),
    "assignee-dropped": _(
        "The person chosen to answer is not known here. The conversation goes to whoever is free."
    ),
}
