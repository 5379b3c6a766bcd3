"""Meta's refusals, in its own shape."""

import secrets
from collections.abc import Mapping
from typing import Any

from aidline.simulator.lookalikes.shapes import Answer, answer
from aidline.simulator.lookalikes.strict import Problem
from aidline.simulator.lookalikes.trouble import Ending

_CODES: Mapping[str, int] = {
    "unknown": 100,
    "missing": 131008,
    "type": 100,
    "value": 131009,
    "length": 131009,
}


class Refused(Exception):
    """The vendor's own refusal: code, words for a developer, HTTP status; for templates a finer code and words."""

    def __init__(
        self, code: int, details: str, status: int = 400, *, subcode: int = 0, told: str = ""
    ) -> None:
        super().__init__(code)
        self.answer = error(code, details, status, subcode=subcode, told=told)


def error(code: int, details: str, status: int = 400, *, subcode: int = 0, told: str = "") -> Answer:
    content: dict[str, Any] = {
        "message": f"(#{code}) {details}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details},
        "fbtrace_id": secrets.token_urlsafe(16)[:16],
    }
    if subcode:
        content |= {"error_subcode": subcode, "error_user_title": details, "error_user_msg": told or details}
    return answer({"error": content}, status)


def refuse(problem: Problem | None) -> None:
    if problem:
        raise Refused(_CODES[problem.what], f"{problem.what} parameter: {problem.where}")


def trouble(ending: Ending) -> Answer | None:
    if ending.status == 429:
        return error(130429, "Rate limit hit", 429)
    if ending.status == 500:
        return error(131000, "Something went wrong", 500)
    return error(int(ending.code), "Refused for practice") if ending.code else None
