"""Inviting somebody who runs the organisation."""

from django import forms
from django.utils.translation import gettext_lazy as _


class InviteAdminForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Nothing is sent. You get a link to hand over yourself."),
        widget=forms.EmailInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
