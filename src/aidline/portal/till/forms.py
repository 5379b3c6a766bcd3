"""What a till sends."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from aidline.kernel import money
from aidline.kernel.ids import new_id
from aidline.portal.till.photos import MOST_BYTES, code_in

LONGEST_CODE = 600  # a signed token has under 200 signs
_NOTHING = _("Scan a voucher or type its code.")
_NO_CODE = _("There is no code in this photo. Hold the phone nearer, in better light, or type the code.")


class _Plain(forms.Form):
    """Fields have the ids that the scripts know."""

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, auto_id="%s", **more)


class CodeForm(_Plain):
    """A photo is for phones whose browser cannot read codes; it is looked at once and kept nowhere."""

    code = forms.CharField(
        label=_("Or type the code"),
        max_length=LONGEST_CODE,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "input ltr",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "enterkeyhint": "go",
            }
        ),
    )

    photo = forms.FileField(
        label=_("Or take a photo of it"),
        required=False,
        widget=forms.FileInput(attrs={"class": "input", "accept": "image/*", "capture": "environment"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        photo = given.get("photo")
        if photo:
            given["code"] = code_in(photo.read(MOST_BYTES + 1))
        if not given.get("code") and not self.errors:
            self.add_error("code", _NO_CODE if photo else _NOTHING)
        return given


class ReleaseForm(_Plain):
    """What this device held of the voucher, and will not spend without a network any more."""

    released = forms.UUIDField(required=False)


class AmountForm(_Plain):
    code = forms.CharField(max_length=LONGEST_CODE, widget=forms.HiddenInput(attrs={"id": None}))
    key = forms.UUIDField(widget=forms.HiddenInput(attrs={"id": None}))
    amount = forms.CharField(
        label=_("To take"),
        max_length=12,
        error_messages={"required": _("Type an amount, such as 15.10.")},
        widget=forms.TextInput(
            attrs={"class": "input amount ltr", "autocomplete": "off", "inputmode": "decimal"}
        ),
    )

    def clean_amount(self) -> int:
        cents = money.typed(self.cleaned_data["amount"])
        if not cents:
            raise forms.ValidationError(_("Type an amount, such as 15.10."))
        return cents


class UndoForm(_Plain):
    key = forms.UUIDField(widget=forms.HiddenInput(attrs={"id": None}))


def amount_form(code: str) -> AmountForm:
    """A key of its own: however often this form is sent, it takes once."""
    return AmountForm(initial={"code": code, "key": new_id()})


def undo_form() -> UndoForm:
    return UndoForm(initial={"key": new_id()})


def key_of(form: forms.Form) -> UUID:
    key: Any = form.cleaned_data["key"]
    assert isinstance(key, UUID)
    return key
