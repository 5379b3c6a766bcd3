"""Answers that release vouchers, by the code the worker runs. In the environment of the installation."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, process_time, sleep
from typing import Any

from tests.faults import inside as asked

from aidline.centres.models import Centre
from aidline.channels.models import Channel, Template
from aidline.channels.services import create_channel
from aidline.conversations.models import Message
from aidline.conversations.states import MessageState
from aidline.gateway import inbound, outbound
from aidline.gateway.vouchers import claiming
from aidline.vouchers.delivery import delivering, following
from aidline.vouchers.delivery.lines import FAMILY
from aidline.vouchers.models import Programme, Registration, Voucher
from aidline.vouchers.states import DeliveryState
from gateway.stage import SECRET, arrive, body, text_message
from local_server import Answer, Seen, serving
from vouchers import making

CONFIG = {
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "access_token": "a token that is nobody's",
    "app_secret": SECRET,
    "verify_token": "a word",
}


WORKER_STARTS = 5  # seconds


def claim(*, people: int) -> dict[str, Any]:
    """So many are asked and answer; each gets the picture at a provider that answers at once."""
    with serving() as provider:
        provider.answer = _taken
        programme, channel = _ready(provider.url)
        making.vouchers(programme, people, 1750)
        Registration.objects.filter(programme=programme).update(channel_id=channel.pk)
        asking = _timed(delivering.tend)
        questions = _timed(_send_all)
        phones = [row.phone for row in Registration.objects.filter(programme=programme)]
        arrive(channel, *(_yes(phone, place) for place, phone in enumerate(phones)))
        processor = process_time()
        understanding = _timed(_until_none(inbound.drain))
        writing = _timed(_until_none(lambda: _waiting(programme) and (claiming.release() or 1)))
        pictures = _timed(_send_all)
        processor = process_time() - processor
        following.follow()
    sent = Voucher.objects.filter(programme=programme, delivery=DeliveryState.SENT).count()
    assert sent == people, (sent, people)
    return {
        "asked /s": round(people / asking),
        "questions handed over, one after the other /s": round(people / questions),
        "claims /s, answer to picture handed over, by one worker": round(
            people / (understanding + writing + pictures), 1
        ),
        "CPU ms a claim, with the provider's side": round(1000 * processor / people, 1),
        "of it: answers understood /s": round(people / understanding),
        "of it: messages written /s": round(people / writing),
        "of it: pictures drawn and handed over /s": round(people / pictures, 1),
    }


def claim_by_worker(*, people: int) -> dict[str, Any]:
    """All answer at one moment while the real worker runs. Counted from then until the provider, who answers at once,
    has every picture."""
    with serving() as provider:
        provider.answer = _taken
        programme, channel = _ready(provider.url)
        making.vouchers(programme, people, 1750)
        registrations = Registration.objects.filter(programme=programme)
        registrations.update(channel_id=channel.pk)
        delivering.tend()
        _send_all()
        phones = [row.phone for row in registrations]
        before = _taken.count  # type: ignore[attr-defined]
        with _worker():
            arrive(channel, *(_yes(phone, place) for place, phone in enumerate(phones)))
            took = _timed(lambda: _until(lambda: _taken.count >= before + 2 * people))  # type: ignore[attr-defined]
    return {"claims /s, by the worker as it runs": round(people / took, 1)}


@contextmanager
def _worker() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "aidline.config", "worker"])
    try:
        sleep(WORKER_STARTS)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _until(reached: Callable[[], bool], seconds: float = 300) -> None:
    end = monotonic() + seconds
    while not reached():
        assert monotonic() < end, "the worker does not come to an end"
        sleep(0.02)


def _ready(url: str) -> tuple[Programme, Channel]:
    centre = Centre.objects.get()
    number = Programme.objects.count()
    config = {**CONFIG, "base_url": url}
    channel = create_channel(
        by=None, centre=centre, provider="whatsapp_cloud", name=f"Vouchers {number}", config=config
    )
    Template.objects.create(
        channel=channel,
        family=FAMILY,
        name=FAMILY,
        language="en",
        state=Template.State.APPROVED,
        body="A voucher of {{amount}} is ready for you. Answer YES.",
        parameters=["amount"],
        buttons=["Yes"],
    )
    return making.programme(centre, funded=100_000_00, languages=["en"]), channel


def _taken(seen: Seen) -> Answer:
    """As Meta answers: an id for a file, an id for a message."""
    _taken.count = getattr(_taken, "count", 0) + 1  # type: ignore[attr-defined]
    number = _taken.count  # type: ignore[attr-defined]
    told = {"id": f"file-{number}"} if "/media" in seen.path else {"messages": [{"id": f"wamid.{number}"}]}
    return Answer(200, json.dumps(told).encode(), {"content-type": "application/json"})


def _yes(phone: str, place: int) -> bytes:
    return body(text_message(phone.lstrip("+"), "yes", f"wamid.in.{phone}.{place}"))


def _send_all() -> None:
    while due := outbound.due(500):
        for message in due:
            outbound.send(message)
    waiting = Message.objects.filter(state=MessageState.QUEUED).count()
    assert not waiting, waiting


def _waiting(programme: Programme) -> bool:
    return Voucher.objects.filter(programme=programme, delivery=DeliveryState.RELEASED).exists()


def _until_none(act: Callable[[], Any]) -> Callable[[], None]:
    def all_of_it() -> None:
        while act():
            pass

    return all_of_it


def _timed(act: Callable[[], Any]) -> float:
    begun = monotonic()
    act()
    return monotonic() - begun


asked.VERBS |= {act.__name__: act for act in (claim, claim_by_worker)}

if __name__ == "__main__":
    asked.main()
