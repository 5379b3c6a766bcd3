"""Faults planted into the gateway, each of which a walk must find."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from aidline.calls.models import Call
from aidline.channels.contract.calls import HookAnswer
from aidline.gateway import call_tending, calling, sites, voice

_address, _turn = sites.Site.address, calling.turn


def _relative(self: sites.Site, what: str, **query: object) -> str:
    return _address(self, what, **query).replace("https://help.example", "")


def _whatever_step(site: Any, request: Any, call_id: Any, at: int) -> Any:
    call = Call.objects.filter(pk=call_id).first()
    return _turn(site, request, call_id, call.step if call else -1)


def _never(*_: object) -> bool:
    return False


def _without_way_on() -> AbstractContextManager[Any]:
    respond = voice.respond

    def cut(*given: Any) -> HookAnswer:
        found = respond(*given)
        body = re.sub(rb"<Redirect[^<]*</Redirect></Response>", b"</Response>", found.body)
        body = re.sub(rb', \{"action": "notify"[^]]*\], "eventMethod": "POST"\}\]', b"]", body)
        return HookAnswer(found.status, found.content_type, body)

    return patch.object(voice, "respond", cut)


def _nobody_looks() -> AbstractContextManager[Any]:
    """Nobody sees that a caller is alone."""
    return patch.object(call_tending, "requeue", _never)


FAULTS: Mapping[str, Callable[[], AbstractContextManager[Any]]] = {
    "relative": lambda: patch.object(sites.Site, "address", _relative),
    "no-way-on": _without_way_on,
    "steps": lambda: patch.object(calling, "turn", _whatever_step),
    "lost": _nobody_looks,
}
