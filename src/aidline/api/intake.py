"""Adding people from a form elsewhere, as KoboToolbox and others send each submission.

    POST /api/v1/people/      one submission (an object) or up to 500 (a list)

What a question is called decides which field it fills, as with the columns of a list. A submission is the same one
if its `_uuid` is (for an edited one: its `meta/rootUuid`), so that sending again adds nobody twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from aidline.api.answers import Refused, body_of
from aidline.api.keys import KeyRequest, needs_key
from aidline.vouchers.intake.checking import Checked, Checker
from aidline.vouchers.intake.mapping import guess, targets_of
from aidline.vouchers.models import ApiKey, Partner, Registration
from aidline.vouchers.registrations import Closed, Made, make

AT_ONCE = 500
_ADDED, _KNOWN, _NO_PLACE, _REFUSED = "added", "known", "no_place", "refused"
_OWN = ("_", "meta/", "formhub/")  # of the form tool itself
_IDS = ("meta/rootUuid", "_uuid", "meta/instanceID")


@needs_key("programme")
@require_POST
def people(request: KeyRequest) -> JsonResponse:
    sent = body_of(request)
    rows = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(row, dict) for row in rows) or len(rows) > AT_ONCE:
        raise Refused(400, "not_people", f"Send one object, or a list of up to {AT_ONCE}.")
    found = _add(request.key, rows)
    if isinstance(sent, list):
        return JsonResponse({"people": found})
    return _alone(found[0])


def _alone(told: Mapping[str, Any]) -> JsonResponse:
    """Tools that send one by one look at the status only, and send again what was not taken."""
    if told["state"] == _REFUSED:
        raise Refused(422, _REFUSED, "Nobody can be added from this.", faults=told["faults"])
    if told["state"] == _NO_PLACE:
        raise Refused(409, _NO_PLACE, "All the places agreed with this partner are taken.")
    return JsonResponse(told, status=201 if told["state"] == _ADDED else 200)


def _add(key: ApiKey, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    checked = _checked(key, rows)
    try:
        made = _made(key, checked)
    except IntegrityError:  # the same submission arrived twice at one moment
        made = _made(key, checked)
    except Closed:
        raise Refused(409, "closed", "The programme takes nobody in any more.") from None
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
        raise Refused(409, "no_partner", "The partner of this key takes part no more.")
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
