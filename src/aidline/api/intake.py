"""Adding people from a form elsewhere, as KoboToolbox and others send each submission.

    POST /api/v1/people      one submission (an object) or up to 500 (a list)

What a question is called decides which field it fills, as with the columns of a list. A submission is the same one
if its `_uuid` is (for an edited one: its `meta/rootUuid`), so that sending again adds nobody twice.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from aidline.api.answers import answer, refusal
from aidline.api.keys import key_in
from aidline.centres.rules import public
from aidline.vouchers.intake.checking import Checked, Checker
from aidline.vouchers.intake.mapping import guess, targets_of
from aidline.vouchers.models import ApiKey, Partner, Registration
from aidline.vouchers.registrations import Closed, Made, make

AT_ONCE = 500
_ADDED, _KNOWN, _NO_PLACE, _REFUSED = "added", "known", "no_place", "refused"
_OWN = ("_", "meta/", "formhub/")  # of the form tool itself
_IDS = ("meta/rootUuid", "_uuid", "meta/instanceID")


class NotTaken(Exception):
    """Nothing was added; `code` says why."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@csrf_exempt
@public
@require_POST
def people(request: HttpRequest) -> HttpResponse:
    key = key_in(request)
    if key is None or key.programme is None:
        return refusal("key", 401)
    try:
        sent = _body(request)
        found = _add(key, sent if isinstance(sent, list) else [sent])
    except NotTaken as why:
        return refusal(why.code, why.status)
    return answer({"people": found}) if isinstance(sent, list) else _alone(found[0])


def _body(request: HttpRequest) -> Any:
    """One object, or a list of them."""
    try:
        sent = json.loads(request.body)
    except RequestDataTooBig:
        raise NotTaken("too_big", 413) from None
    except (ValueError, RecursionError):
        raise NotTaken("body", 400) from None
    rows = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(row, dict) for row in rows):
        raise NotTaken("body", 400)
    if len(rows) > AT_ONCE:
        raise NotTaken("too_big", 413)
    return sent


def _alone(told: Mapping[str, Any]) -> HttpResponse:
    """Tools that send one by one look at the status only, and send again what was not taken."""
    if told["state"] == _REFUSED:
        return refusal(_REFUSED, 422, faults=told["faults"])
    if told["state"] == _NO_PLACE:
        return refusal(_NO_PLACE, 409)
    return answer(told, 201 if told["state"] == _ADDED else 200)


def _add(key: ApiKey, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    checked = _checked(key, rows)
    try:
        made = _made(key, checked)
    except IntegrityError:  # the same submission arrived twice at one moment
        made = _made(key, checked)
    except Closed:
        raise NotTaken("closed", 409) from None
    numbers = dict(Registration.objects.filter(pk__in=made.added).values_list("pk", "number"))
    ids = iter(made.ids)
    return [_told(row, next(ids) if row.person else None, numbers) for row in checked]


def _checked(key: ApiKey, rows: Sequence[Mapping[str, Any]]) -> list[Checked]:
    programme = key.programme
    assert programme is not None
    targets = targets_of(programme)
    checker = Checker(programme, targets, programme.centre.region, key.partner_id)
    found = []
    for row in rows:
        asked = [name for name in row if not name.startswith(_OWN)]
        mapping = guess(asked, programme)
        given = {code: _said(row[asked[at]]) for at, code in mapping.items()}
        found.append(checker.values(given, _id(row)))
    return found


def _id(row: Mapping[str, Any]) -> str:
    return next((f"form {row[name]}" for name in _IDS if row.get(name)), "")


def _said(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)[:500]


def _made(key: ApiKey, checked: Sequence[Checked]) -> Made:
    assert key.programme is not None
    partner = Partner.objects.filter(pk=key.partner_id, is_active=True).first() if key.partner_id else None
    if key.partner_id and partner is None:
        raise NotTaken("no_partner", 409)
    people = [row.person for row in checked if row.person]
    return make(by=None, programme=key.programme, partner=partner, rows=people, why="api")


def _told(row: Checked, pk: Any, numbers: Mapping[Any, int]) -> dict[str, Any]:
    if row.person is None:
        return {"state": _REFUSED, "faults": _codes(row.faults)}
    if pk is None:
        return {"state": _NO_PLACE}
    told = {"state": _ADDED if pk in numbers else _KNOWN, "id": str(pk), "left_open": _codes(row.notes)}
    return told | ({"number": numbers[pk]} if pk in numbers else {})


def _codes(faults: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"code": code, "field": field} for code, field in faults]
