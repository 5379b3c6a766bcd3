"""A list from the moment it is chosen until somebody says: add these people."""

from collections.abc import Mapping
from itertools import islice

from django.db import transaction

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.jobs.services import enqueue
from aidline.kernel.ids import new_id
from aidline.vouchers.intake import mapping as columns
from aidline.vouchers.intake.reading import MOST_ROWS, Shape, Unreadable, head_and_rows, reshaped, shape_of
from aidline.vouchers.models import Partner, Programme, Upload
from aidline.vouchers.states import UploadState

JOB = "voucher-upload"
_SAMPLE = 50  # rows that tell what a column is


class NotNow(Exception):
    """The list is being added, or was."""


def receive(*, by: Staff, programme: Programme, partner: Partner | None, data: bytes) -> Upload:
    """Keeps the file sealed and guesses what is in it. Raises `Unreadable`."""
    shape = shape_of(data, programme.languages)
    upload = Upload(
        centre_id=programme.centre_id,
        programme=programme,
        partner=partner,
        by=by,
        media_id=new_id(),
        kind=shape.kind,
    )
    _read_as(upload, data, shape)
    assert upload.media_id
    vault.media.put(data, key=programme.centre_id, scope=programme.centre_id, media=upload.media_id)
    with transaction.atomic():
        upload.save(force_insert=True)
        _audit("upload.receive", upload, by)
    return upload


def reshape(*, by: Staff, upload: Upload, encoding: str = "", delimiter: str = "", sheet: str = "") -> Upload:
    """Reads it in another way; what was chosen for the columns is guessed anew."""
    shape = reshaped(shape_of_upload(upload), encoding=encoding, delimiter=delimiter, sheet=sheet)
    if shape == shape_of_upload(upload):
        return upload
    _read_as(upload, contents(upload), shape)
    with transaction.atomic():
        _while_mapping(upload, shape=upload.shape, mapping=upload.mapping, rows=upload.rows)
        _audit("upload.reshape", upload, by)
    return upload


@transaction.atomic
def choose(*, by: Staff, upload: Upload, mapping: Mapping[int, str]) -> None:
    """Column number to field, already checked against what the programme has."""
    upload.mapping = {str(column): code for column, code in mapping.items()}
    _while_mapping(upload, mapping=upload.mapping)
    _audit("upload.choose", upload, by)


@transaction.atomic
def start(*, by: Staff, upload: Upload) -> None:
    _while_mapping(upload, state=UploadState.WAITING)
    upload.state = UploadState.WAITING
    enqueue(JOB, {"upload": str(upload.pk)}, unique_key=f"{JOB}:{upload.pk}")
    _audit("upload.start", upload, by)


def discard(*, by: Staff | None, upload: Upload) -> None:
    """Only a list of which nobody was added yet."""
    with transaction.atomic():
        gone, _each = Upload.objects.filter(pk=upload.pk, state=UploadState.MAPPING).delete()
        if not gone:
            raise NotNow
        _audit("upload.discard", upload, by)
    if upload.media_id:
        vault.media.delete(upload.media_id)


def contents(upload: Upload) -> bytes:
    assert upload.media_id
    return vault.media.read(upload.media_id, scope=upload.centre_id)


def shape_of_upload(upload: Upload) -> Shape:
    return Shape.of(upload.kind, upload.shape)


def mapping_of(upload: Upload) -> dict[int, str]:
    return {int(column): code for column, code in upload.mapping.items()}


def _read_as(upload: Upload, data: bytes, shape: Shape) -> None:
    headings, rows = head_and_rows(data, shape)
    sample = [cells for _number, cells in islice(rows, _SAMPLE)]
    upload.rows = len(sample) + sum(1 for _row in rows)
    if upload.rows > MOST_ROWS:
        raise Unreadable("too_many_rows")
    region = upload.programme.centre.region
    upload.shape = shape.as_json()
    guessed = columns.guess(headings, upload.programme, sample, region=region)
    upload.mapping = {str(column): code for column, code in guessed.items()}


def _while_mapping(upload: Upload, **changes: object) -> None:
    if not Upload.objects.filter(pk=upload.pk, state=UploadState.MAPPING).update(**changes):
        raise NotNow


def _audit(action: str, upload: Upload, by: Staff | None) -> None:
    record(by=by, action=action, object_type="upload", object_id=upload.pk, centre=upload.centre_id)
