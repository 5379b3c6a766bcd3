"""How the calls of a channel are taken, as a form; what it gives is what `change_line` takes."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from aidline.calls.models import PhoneLine

_INPUT = {"class": "input"}
_CODE = re.compile(r"\+[1-9]\d{0,5}")
_NUMBER = re.compile(r"\+?\d{2,15}")
_BETWEEN = re.compile(r"[\s,;،]+")


class Listed(forms.CharField):
    """Several short things in one field, with spaces or commas between them."""

    def __init__(self, *, pattern: re.Pattern[str], wrong: Any, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=400,
            widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off", "inputmode": "tel"}),
            **kwargs,
        )
        self.pattern, self.wrong = pattern, wrong

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Sequence[str]:
        found = [part for part in _BETWEEN.split(super().clean(value)) if part]
        if not all(self.pattern.fullmatch(part) for part in found):
            raise forms.ValidationError(self.wrong)
        return list(dict.fromkeys(found))


def _seconds(label: Any, least: int, most: int, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs=_INPUT),
    )


def _yes(label: Any, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=hint, required=False)


class LineForm(forms.Form):
    ring_seconds = _seconds(gettext_lazy("Seconds for which a call is offered to one agent"), 10, 60)
    wrap_up_seconds = _seconds(
        gettext_lazy("Seconds to write up a call before the next one"),
        0,
        900,
        gettext_lazy("An agent may take more time."),
    )
    longest_wait_minutes = _seconds(
        gettext_lazy("Minutes of waiting after which leaving a message is offered"), 1, 120
    )
    longest_queue = _seconds(
        gettext_lazy("Callers who may wait at one time"),
        1,
        500,
        gettext_lazy("Whoever calls when so many wait can leave a message or ask to be called back."),
    )
    missed_calls_wait = _yes(
        gettext_lazy("Whoever hangs up while waiting stays in the queue of the desk"),
        gettext_lazy("So that somebody can call them back."),
    )
    records_voicemail_after_yes = _yes(
        gettext_lazy("Record a message only after the caller has said yes"),
        gettext_lazy("They are told what happens to it, and press a key."),
    )
    records_calls = _yes(
        gettext_lazy("Record calls"),
        gettext_lazy("Off unless you have a reason and the law allows it. Callers are always told."),
    )
    asks_consent = _yes(
        gettext_lazy("Record a call only after the caller has said yes"),
        gettext_lazy("Otherwise they are only told. In many countries that is not enough."),
    )
    ways_out = Listed(
        label=gettext_lazy("Countries that agents may call"),
        help_text=gettext_lazy(
            "Calling codes such as +218 +31. Empty: only the centre’s own country. "
            "Numbers that cost extra are never called."
        ),
        pattern=_CODE,
        wrong=gettext_lazy("Write calling codes with a plus, such as +218 +31."),
    )
    calls_a_day = _seconds(
        gettext_lazy("Calls that may be made in a day"),
        0,
        5000,
        gettext_lazy("A fuse: a stolen account can do no more harm than this."),
    )
    emergency_numbers = Listed(
        label=gettext_lazy("Emergency numbers told when you are closed"),
        help_text=gettext_lazy("Such as 112 1515."),
        pattern=_NUMBER,
        wrong=gettext_lazy("Write numbers with spaces between them, such as 112 1515."),
    )

    @classmethod
    def of(cls, line: PhoneLine, data: Any = None) -> "LineForm":
        return cls(data, initial={name: getattr(line, name) for name in cls.base_fields})

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in _GROUPS]


_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Waiting and answering"),
        ("ring_seconds", "wrap_up_seconds", "longest_wait_minutes", "longest_queue", "missed_calls_wait"),
    ),
    (gettext_lazy("Recording"), ("records_voicemail_after_yes", "records_calls", "asks_consent")),
    (gettext_lazy("Calling out"), ("ways_out", "calls_a_day")),
    (gettext_lazy("When you are closed"), ("emergency_numbers",)),
)
