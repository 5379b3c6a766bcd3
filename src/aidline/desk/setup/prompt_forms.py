"""Forms of recordings for the telephone."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.flows.recordings import CannotUse, Take, made_fit
from aidline.kernel import languages

LARGEST = 25 * 1024 * 1024

_REASONS = {
    "form": gettext_lazy("This is not a recording we can read. Save it as WAV and try again."),
    "silent": gettext_lazy("Nothing can be heard in this recording."),
    "long": gettext_lazy("This recording is too long. The limit is 5 minutes."),
}


class NewPromptForm(forms.Form):
    name = forms.SlugField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Flows name a recording by it, such as welcome-night."),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )


class RecordingForm(forms.Form):
    """`file` comes out fit for the telephone."""

    words = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=4000)
    file = forms.FileField(
        label=gettext_lazy("Recording"),
        help_text=gettext_lazy("WAV, at most 5 minutes."),
        widget=forms.FileInput(attrs={"class": "input", "accept": ".wav,audio/wav,audio/x-wav"}),
    )

    def __init__(self, data: Any, files: Any, *, take: Take) -> None:
        kept = take.prompt.words if take.prompt else ""
        super().__init__(data, files, initial={"words": take.words or kept})
        self.fields["words"].help_text = (
            _("They come from the flow. Change them there.")
            if take.words
            else _("What is said, for colleagues and for pages that show it.")
        )
        self.fields["words"].widget = forms.Textarea(
            attrs={
                "class": "input",
                "rows": 3,
                "lang": take.language,
                "dir": languages.direction(take.language),
            }
        )
        self._words = take.words

    def clean_words(self) -> str:
        """Those of the flow are what was read out."""
        return self._words or str(self.cleaned_data["words"])

    def clean_file(self) -> bytes:
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > LARGEST:
            raise forms.ValidationError(_("This file is too large. The limit is 25 MB."))
        try:
            return made_fit(upload.read())
        except CannotUse as reason:
            raise forms.ValidationError(_REASONS[reason.code]) from None
