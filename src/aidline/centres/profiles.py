"""What a member changes about themselves."""

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff


@transaction.atomic
def change_profile(*, by: Staff, name: str, language: str, theme: str, shortcuts: bool) -> None:
    by.name = name.strip()
    by.language, by.theme, by.shortcuts = language, theme, shortcuts
    by.save(update_fields=["name_sealed", "language", "theme", "shortcuts"])
    _record(by, "staff.profile")


@transaction.atomic
def change_password(*, by: Staff, password: str) -> None:
    by.set_password(password)
    by.save(update_fields=["password"])
    _record(by, "staff.password")


def _record(by: Staff, action: str) -> None:
    record(by=by, action=action, object_type="staff", object_id=by.pk, centre=None)
