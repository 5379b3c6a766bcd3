"""The forms of the Phones page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aidline.channels.models import Channel
from aidline.kernel import languages
from aidline.simulator import faults, phones
from aidline.simulator.lookalikes.shapes import Fault

FAULTS = {
    Fault.RATE_LIMIT: _("Answers 429: too many messages"),
    Fault.BROKEN: _("Answers 500: broken on their side"),
    Fault.GARBAGE: _("Takes it, but the answer cannot be read"),
    Fault.SLOW: _("Takes it, but answers late"),
    Fault.REFUSED: _("Refuses with a code of the provider"),
    Fault.FAILED: _("Takes it, but it fails later with a code"),
    Fault.TWICE: _("Webhooks come twice"),
    Fault.SHUFFLED: _("Webhooks come in the wrong order"),
    Fault.LOST: _("The webhook of what a person says is lost"),
    Fault.MICROPHONE: _("An agent’s browser refuses the microphone"),
}


class _Looking(forms.Form):
    """Fields in the look of the catalogue; they are described in full by simulator/field.html."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "input"


class _ChannelForm(_Looking):
    channel = forms.ChoiceField(label=_("Channel"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {str(row.pk): row for row in phones.practice_channels()}
        choices = [(key, f"{row.name} ({row.centre.name})") for key, row in self.channels.items()]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Channel:
        return self.channels[self.cleaned_data["channel"]]


class AddPhone(_ChannelForm):
    label = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("Invented. It is the name on the phone.")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=lambda: [(one.code, one.name) for one in languages.ALL.values()]
    )
    number = forms.CharField(
        label=_("Number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=_(
            "Only numbers kept for fiction, such as this one: they belong to nobody. "
            "Not needed where people are found by an id or an address of their own."
        ),
    )
    no_number = forms.BooleanField(
        label=_("Without a number"),
        required=False,
        help_text=_("WhatsApp then gives only an id of the business."),
    )

    field_order = ("label", "language", "channel", "number", "no_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
        for key, name in self.fields["channel"].choices:  # type: ignore[attr-defined]
            kinds[_numbered(self.channels[key])].append((key, name))
        groups = (
            (_("People have a number"), kinds[True]),
            (_("An id or an address is made up"), kinds[False]),
        )
        self.fields["channel"].choices = [group for group in groups if group[1]]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        given = self.cleaned_data["number"].strip()
        try:
            return phones.fictional(given) if given else ""
        except phones.NotFictional:
            raise forms.ValidationError(
                _("This number may belong to somebody. Take one that begins with +44 7700 900.")
            ) from None

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("channel") and not _numbered(self.chosen()):
            self.errors.pop("number", None)  # whatever stands there is not used
        elif cleaned.get("channel") and "number" in cleaned:
            self._look_at_number(cleaned)
        return cleaned

    def _look_at_number(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("no_number") and not phones.skin_of(self.chosen()).without_number:
            self.add_error("no_number", _("SMS needs a number."))
        elif not cleaned.get("no_number") and not cleaned["number"]:
            self.add_error("number", _("Give a number."))
        elif phones.find(self.chosen(), self.address):
            self.add_error("number", _("There is a phone with this number."))

    @property
    def address(self) -> str:
        new_address = phones.vendor_of(self.chosen()).new_address
        if new_address:
            return new_address()
        if self.cleaned_data.get("no_number"):
            return phones.propose_user_id()
        return str(self.cleaned_data["number"])

    def save(self) -> None:
        data = self.cleaned_data
        phones.add(
            channel=self.chosen(), label=data["label"], address=self.address, language=data["language"]
        )


def _numbered(channel: Channel) -> bool:
    """People are found by a number there; elsewhere the vendor gives them an id."""
    return phones.vendor_of(channel).new_address is None


class ShowPhone(_Looking):
    phone = forms.ChoiceField(label=_("Phone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phones = {str(row.pk): row for row in phones.hidden()}
        self.fields["phone"].choices = [  # type: ignore[attr-defined]
            (key, f"{row.label} · {languages.name(row.language)} · {row.channel.name}")
            for key, row in self.phones.items()
        ]

    def save(self) -> None:
        phones.show(self.phones[self.cleaned_data["phone"]])


class OrderFault(_ChannelForm):
    fault = forms.ChoiceField(label=_("What goes wrong"), choices=list(FAULTS.items()))
    times = forms.IntegerField(
        label=_("How many times"), min_value=0, max_value=faults.MOST, initial=1, help_text=_("0 stops it.")
    )
    detail = forms.RegexField(
        r"^[\w-]*$",
        label=_("Code, or milliseconds"),
        required=False,
        max_length=20,
        help_text=_(
            "For a refusal the provider's code, for a late answer the milliseconds. Empty: a usual one."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        numeric = cleaned.get("channel") and not phones.vendor_of(self.chosen()).codes_are_words
        if numeric and not cleaned.get("detail", "").isdecimal() and cleaned.get("detail"):
            self.add_error("detail", _("Codes of this provider are numbers."))
        return cleaned

    def save(self) -> None:
        fault, detail = Fault(self.cleaned_data["fault"]), self.cleaned_data["detail"]
        if fault in (Fault.REFUSED, Fault.FAILED):
            detail = detail or phones.vendor_of(self.chosen()).usual_refusal
        faults.order(self.chosen(), fault, self.cleaned_data["times"], detail)
