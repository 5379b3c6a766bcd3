"""The form of the speech server."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.desk.setup.translation_forms import server_address
from aidline.language.models import Transcriber

_INPUT = {"class": "input"}


class TranscriberForm(forms.Form):
    """What it gives is what `change_transcriber` takes. A stored key is not in the page."""

    url = forms.CharField(
        label=gettext_lazy("Address of the speech server"),
        help_text=gettext_lazy(
            "One that is compatible with OpenAI’s transcriptions. Best on a machine of your own: it hears "
            "what people say."
        ),
        max_length=200,
        widget=forms.URLInput(attrs={"class": "input ltr", "placeholder": "https://speech.example.org/v1"}),
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        help_text=gettext_lazy("As the server calls it."),
        max_length=120,
        widget=forms.TextInput(
            attrs={"class": "input ltr", "autocomplete": "off", "placeholder": "whisper-large-v3"}
        ),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds to wait for an answer"),
        help_text=gettext_lazy("Nobody waits for it: the recording can be heard at once."),
        min_value=5,
        max_value=300,
        widget=forms.NumberInput(attrs=_INPUT),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Write voicemails down"), required=False)

    def __init__(self, data: Any, *, transcriber: Transcriber | None) -> None:
        stored = (transcriber.config if transcriber else None) or {}
        initial: dict[str, Any] = {"seconds": 60, "is_on": True, "url": stored.get("url", "")}
        if transcriber:
            initial |= {
                "model": transcriber.model,
                "seconds": transcriber.seconds,
                "is_on": transcriber.is_on,
            }
        super().__init__(data, initial=initial)
        keep, new = _("One is stored. Leave this empty to keep it."), _("If the server asks for one.")
        self.fields["key"].help_text = keep if stored.get("key") else new

    def clean_url(self) -> str:
        return server_address(self.cleaned_data["url"], _("Write it as https://speech.example.org/v1."))
