"""What every answer of the API looks like, and what every body sent to it may be."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse


class Refused(Exception):
    """Turned into an answer by `keys.needs_key`. `text` is for the developer who reads it, in English."""

    def __init__(self, status: int, code: str, text: str, **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.text, self.more = status, code, text, more


def refusal(status: int, code: str, text: str, **more: Any) -> JsonResponse:
    """`{"error": {"code": "no_key", "text": "…"}}`: programs read the code, people the text."""
    return JsonResponse({"error": {"code": code, "text": text, **more}}, status=status)


def body_of(request: HttpRequest) -> Any:
    """The JSON that was sent. Raises `Refused`."""
    try:
        return json.loads(request.body)
    except RequestDataTooBig:
        raise Refused(413, "too_big", "Send less at once.") from None
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "The body is not JSON.") from None
