"""What a till sends."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from aidline.kernel import money
from aidline.kernel.ids import new_id

LONGEST_CODE = 600  # a signed token has under 200 signs


class _Plain(forms.Form):
    """Fields have the ids that the scripts know."""

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, auto_id="%s", **more)


class CodeForm(_Plain):
    code = forms.CharField(
        label=_("Or type the code"),
        max_length=LONGEST_CODE,
        error_messages={"required": _("Scan a voucher or type its code.")},
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
