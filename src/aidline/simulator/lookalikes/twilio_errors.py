"""Twilio's refusals, in its own shape."""

from aidline.simulator.lookalikes.shapes import Answer, answer
from aidline.simulator.lookalikes.trouble import Ending


class Refused(Exception):
    def __init__(self, code: int, details: str, status: int = 400) -> None:
        super().__init__(code)
        self.answer = error(code, details, status)


def error(code: int, details: str, status: int = 400) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return answer({"code": code, "message": details, "more_info": more, "status": status}, status)


def trouble(ending: Ending) -> Answer | None:
    if ending.status == 429:
        return error(20429, "Too Many Requests", 429)
    if ending.status == 500:
        return error(20500, "An internal server error has occurred", 500)
    return error(int(ending.code), "Refused for practice") if ending.code else None
