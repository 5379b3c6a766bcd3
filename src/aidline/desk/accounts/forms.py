"""What members type about themselves."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from aidline.centres.adapter import credentials
from aidline.centres.models import Staff
from aidline.kernel import languages

INTERFACE_CHOICES = [(code, languages.name(code)) for code in languages.INTERFACE]
THEMES = [("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth is not typed
    """Asks for the e-mail address; what goes on from here is only its keyed hash."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.EmailInput(
            attrs={"class": "input ltr", "autocomplete": "username", "spellcheck": "false", "autofocus": True}
        )
        self.fields["login"] = forms.CharField(label=_("E-mail"), max_length=254, widget=widget)
        self.fields["password"] = forms.CharField(
            label=_("Password"), max_length=500, strip=False, widget=password_input("current-password")
        )

    def user_credentials(self) -> dict[str, str]:
        return credentials(self.cleaned_data["login"], self.cleaned_data["password"])


def password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"class": "input ltr", "autocomplete": autocomplete})


class NewPasswordForm(forms.Form):
    """`staff` is who the password is for, so that their own name is refused as one."""

    password = forms.CharField(
        label=_("New password"),
        max_length=500,
        strip=False,
        widget=password_input("new-password"),
        help_text=_("At least 12 characters. A short sentence is easy to remember and hard to guess."),
    )

    def __init__(self, *args: Any, staff: Staff | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = staff

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.staff)
        return password


class JoinForm(NewPasswordForm):
    name = forms.CharField(
        label=_("Your name, as colleagues see it"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name", "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the screens"),
        choices=INTERFACE_CHOICES,
        widget=forms.Select(attrs={"class": "input"}),
    )
    field_order = ["name", "language", "password"]


class RejoinForm(forms.Form):
    """Somebody who has an account already only accepts."""


class ChangePasswordForm(NewPasswordForm):
    current = forms.CharField(
        label=_("Current password"),
        max_length=500,
        strip=False,
        widget=password_input("current-password"),
        required=False,
    )
    field_order = ["current", "password"]

    def clean_current(self) -> str:
        """Who came by a link and never had a password has none to give."""
        current: str = self.cleaned_data["current"]
        if self.staff and self.staff.has_usable_password() and not self.staff.check_password(current):
            raise forms.ValidationError(_("That did not match. Check the keyboard language and try again."))
        return current


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name, as colleagues see it"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name", "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the screens"),
        choices=INTERFACE_CHOICES,
        widget=forms.Select(attrs={"class": "input"}),
    )
    theme = forms.ChoiceField(
        label=_("Colours"), choices=THEMES, required=False, widget=forms.Select(attrs={"class": "input"})
    )
    shortcuts = forms.BooleanField(
        label=_("Single letters work as shortcuts"),
        required=False,
        help_text=_("They never work while you are writing in a field."),
    )
