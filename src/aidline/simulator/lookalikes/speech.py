"""A speech server's side of the wire, for practice. It hears nothing, and says so in the language it was told.

It checks what servers compatible with OpenAI's transcriptions check (vLLM, faster-whisper-server, read 2026-11-24).
Faults are asked for in the address: `/look-alike/speech/slow`, `/busy`, `/broken` or `/garbage`; `/silent` hears
nobody. With `/key-…` in front of all else only that key is good.
"""

import io
import wave
from collections.abc import Mapping

from aidline.simulator.lookalikes import multipart
from aidline.simulator.lookalikes.shapes import Answer, Call, Exchange, answer
from aidline.simulator.lookalikes.trouble import GARBAGE, LATE

PATH = ["v1", "audio", "transcriptions"]
MODEL = "practice"
WORDS: Mapping[str, str] = {
    "en": "Practice. No machine listened to this recording of {seconds} seconds.",
    "fr": "Exercice. Aucune machine n’a écouté cet enregistrement de {seconds} secondes.",
    "es": "Práctica. Ninguna máquina escuchó esta grabación de {seconds} segundos.",
    "ar": "تدريب. لم تستمع أي آلة إلى هذا التسجيل ومدته {seconds} ثانية.",
    "uk": "Навчання. Жодна машина не слухала цей запис тривалістю {seconds} секунд.",
    "nl": "Oefening. Geen machine heeft naar deze opname van {seconds} seconden geluisterd.",
}


class Refused(Exception):
    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.answer = answer({"error": {"message": words, "type": "invalid_request_error"}}, status)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _respond(call, exchange)
    except Refused as refusal:
        return refusal.answer


def _respond(call: Call, exchange: Exchange) -> Answer:
    orders = call.parts[: -len(PATH)]
    if call.parts[-len(PATH) :] != PATH:
        raise Refused("Not Found", 404)
    if call.method != "POST":
        raise Refused("Method Not Allowed", 405)
    _prove(call, orders)
    if "busy" in orders:
        raise Refused("Rate limit reached", 429)
    if "broken" in orders:
        raise Refused("Internal Server Error", 500)
    if "slow" in orders:
        exchange.wait(LATE)
    heard = _heard(multipart.read(call.headers.get("content-type", ""), call.body))
    return GARBAGE if "garbage" in orders else answer({"text": "" if "silent" in orders else heard})


def _prove(call: Call, orders: list[str]) -> None:
    key = next((order.removeprefix("key-") for order in orders if order.startswith("key-")), "")
    if key and call.headers.get("authorization") != f"Bearer {key}":
        raise Refused("Incorrect API key provided", 401)


def _heard(form: Mapping[str, multipart.Part]) -> str:
    for name in ("file", "model"):
        if name not in form or not form[name].content:
            raise Refused(f"Field required: {name}", 422)
    model = form["model"].content.decode("utf-8", "replace")
    if model != MODEL:
        raise Refused(f"The model `{model}` does not exist", 404)
    if not form["file"].filename:
        raise Refused("Invalid file format")
    language = form["language"].content.decode("utf-8", "replace") if "language" in form else "en"
    if not (len(language) == 2 and language.isalpha()):
        raise Refused(f"Unsupported language: {language}")
    return WORDS.get(language, WORDS["en"]).format(seconds=_seconds(form["file"].content))


def _seconds(content: bytes) -> int:
    try:
        with wave.open(io.BytesIO(content)) as file:
            seconds: int = file.getnframes() // file.getframerate()
            return max(1, seconds)
    except (wave.Error, EOFError):
        return 1
