"""A centre's logo, kept like every other file: sealed, and only as pixels made anew."""

from django.db import transaction

from aidline import vault
from aidline.centres.models import Centre, Staff
from aidline.centres.services import change_centre
from aidline.kernel.ids import new_id


def change_logo(*, by: Staff, centre: Centre, picture: bytes) -> None:
    """`picture` comes from `kernel.images`. The file is there before the row that names it."""
    old, new = centre.logo_id, new_id()
    vault.media.put(picture, key=centre.pk, scope=centre.pk, media=new)
    with transaction.atomic():
        change_centre(by=by, centre=centre, changes={"logo_id": new})
        if old:
            transaction.on_commit(lambda: vault.media.delete(old))


def logo_of(centre: Centre) -> bytes | None:
    if centre.logo_id is None:
        return None
    try:
        return vault.media.read(centre.logo_id, scope=centre.pk)
    except vault.MediaMissing:
        return None
