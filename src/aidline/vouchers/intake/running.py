"""Adding the people of a list: what the worker does, in bites that can break off anywhere and go on.

Every bite is one transaction that adds people and moves `Upload.done`; a second worker, or the same one after a
crash, checks the rows from the top again and goes on where `done` stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from aidline import vault
from aidline.kernel.clock import now
from aidline.vouchers.intake.checking import Checked
from aidline.vouchers.intake.mapping import targets_of
from aidline.vouchers.intake.preview import checker_of
from aidline.vouchers.intake.reading import Unreadable, head_and_rows
from aidline.vouchers.intake.uploads import contents, discard, mapping_of, shape_of_upload
from aidline.vouchers.models import Upload
from aidline.vouchers.registrations import Closed, make
from aidline.vouchers.states import UploadState

BITE = 500
KEPT_FAULTS = 1_000
KEPT_UNUSED = timedelta(days=2)
_AT_WORK = (UploadState.WAITING, UploadState.RUNNING)
_OVER = (UploadState.DONE, UploadState.FAILED)
Row = tuple[int, Checked]


class Overtaken(Exception):
    """Another worker took this bite."""


@dataclass(slots=True)
class _Tally:
    report: list[list[Any]] = field(default_factory=list)

    def take(self, bite: tuple[Row, ...]) -> None:
        told = ([number, *fault] for number, row in bite for fault in (*row.faults, *row.notes))
        self.report += islice(told, KEPT_FAULTS - len(self.report))


def run(payload: dict[str, Any]) -> None:
    upload = Upload.objects.select_related("programme__centre", "partner", "by").get(pk=payload["upload"])
    if not Upload.objects.filter(pk=upload.pk, state__in=_AT_WORK).update(state=UploadState.RUNNING):
        return
    try:
        _add_all(upload)
    except Unreadable as fault:
        _fail(upload, fault.code)
    except Closed:
        _fail(upload, "closed")
    except Overtaken:
        return
    else:
        _finish(upload)


def give_up(payload: dict[str, Any]) -> None:
    """After the last attempt: it says so instead of waiting for ever."""
    upload = Upload.objects.filter(pk=payload["upload"], state__in=_AT_WORK).first()
    if upload:
        _fail(upload, "broken_off")


def forget_unused() -> None:
    """Files hold people: those of lists that were never added, and what a crash left lying."""
    old = Upload.objects.filter(state=UploadState.MAPPING, created_at__lt=now() - KEPT_UNUSED)
    for upload in old[:100]:
        discard(by=None, upload=upload)
    for upload in Upload.objects.filter(state__in=_OVER).exclude(media_id=None)[:100]:
        _forget_file(upload)


def _add_all(upload: Upload) -> None:
    tally = _Tally()
    done = 0
    rows = _checked(upload)
    while bite := tuple(islice(rows, BITE)):
        tally.take(bite)
        done += len(bite)
        if done > upload.done:
            _add(upload, bite, done, tally)


def _checked(upload: Upload) -> Iterator[Row]:
    _headings, rows = head_and_rows(contents(upload), shape_of_upload(upload))
    mapping = mapping_of(upload)
    checker = checker_of(upload, targets_of(upload.programme))
    return ((number, checker.row(cells, mapping)) for number, cells in rows)


def _add(upload: Upload, bite: tuple[Row, ...], done: int, tally: _Tally) -> None:
    """Once more where another list brought the same people at the same moment."""
    try:
        _add_once(upload, bite, done, tally)
    except IntegrityError:
        _add_once(upload, bite, done, tally)
    upload.done = done


@transaction.atomic
def _add_once(upload: Upload, bite: tuple[Row, ...], done: int, tally: _Tally) -> None:
    people = [row.person for _number, row in bite if row.person]
    made = make(by=upload.by, programme=upload.programme, partner=upload.partner, rows=people, why="upload")
    mine = Upload.objects.filter(pk=upload.pk, state=UploadState.RUNNING, done=upload.done)
    counted = mine.update(
        done=done,
        added=F("added") + len(made.added),
        known=F("known") + made.known,
        beyond=F("beyond") + made.beyond,
        faulty=F("faulty") + len(bite) - len(people),
        report=tally.report,
    )
    if not counted:
        raise Overtaken


def _finish(upload: Upload) -> None:
    running = Upload.objects.filter(pk=upload.pk, state=UploadState.RUNNING)
    if running.update(state=UploadState.DONE, finished_at=now()):
        _forget_file(upload)


def _fail(upload: Upload, code: str) -> None:
    at_work = Upload.objects.filter(pk=upload.pk, state__in=_AT_WORK)
    if at_work.update(state=UploadState.FAILED, why=code, finished_at=now()):
        _forget_file(upload)


def _forget_file(upload: Upload) -> None:
    if upload.media_id:
        vault.media.delete(upload.media_id)
    Upload.objects.filter(pk=upload.pk).update(media_id=None)
