"""The look-alikes as a program of their own: what was sent is read back, faults come, statuses are told."""

import asyncio
import json
from typing import Any

from aidline.channels.contract import HookRequest, Kind, Outgoing, Scheme, Sender
from aidline.channels.registry import load
from aidline.kernel.http import client
from aidline.simulator import standalone
from aidline.simulator.mailhouse.serving import opened
from aidline.simulator.standalone import Application, Memory, Orders
from payloads import email as payloads
from payloads.kit import MESSAGE, RECEIVED

CONFIG = {
    "phone_number_id": "2002",
    "waba_id": "1001",
    "access_token": "right",
    "app_secret": "s",
    "verify_token": "v",
}
GOOD = {"messaging_product": "whatsapp", "to": "447700900123", "type": "text", "text": {"body": "hi"}}


async def ask(app: Application, method: str, path: str, content: Any = None) -> tuple[int, Any]:
    body = json.dumps(content).encode() if content is not None else b""
    headers = [(b"authorization", b"Bearer right"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: Any) -> None:
        sent.append(event)

    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_what_was_sent_can_be_read_back_and_faults_ordered() -> None:
    async def run() -> None:
        app = Application(Memory("http://127.0.0.1:9100", "right", Orders({})))
        path = "/look-alike/meta/v25.0/2002/messages"
        assert (await ask(app, "POST", path, GOOD))[0] == 200
        await ask(app, "POST", "/faults", {"broken": "1"})
        assert [(await ask(app, "POST", path, GOOD))[0] for _ in range(2)] == [500, 200]
        _, told = await ask(app, "GET", "/received")
        assert [row["text"] for row in told["messages"]] == ["hi", "hi"]
        await ask(app, "DELETE", "/received")
        assert (await ask(app, "GET", "/received/count"))[1] == {"count": 0}

    asyncio.run(run())


def test_statuses_go_to_the_hook_that_was_named() -> None:
    posted: list[tuple[str, bytes, dict[str, str]]] = []

    async def keep(_self: Application, url: str, body: bytes, headers: Any) -> None:
        posted.append((url, body, dict(headers)))

    async def run() -> None:
        app = Application(Memory("http://127.0.0.1:9100", "right", Orders({})))
        app._post = keep.__get__(app)  # type: ignore[method-assign]
        hook = {"account": "right", "provider": "whatsapp_cloud", "url": "http://h/1", "config": CONFIG}
        await ask(app, "POST", "/hooks", hook)
        await ask(app, "POST", "/look-alike/meta/v25.0/2002/messages", GOOD)
        await asyncio.sleep(standalone.STATUS_PAUSE * 4)

    asyncio.run(run())
    provider = load("whatsapp_cloud", CONFIG)
    for url, body, headers in posted:
        provider.verify(HookRequest("POST", url, {}, headers, body))
    words = [
        json.loads(body)["entry"][0]["changes"][0]["value"]["statuses"][0]["status"] for _, body, _ in posted
    ]
    assert words == ["sent", "delivered"]


def test_a_fault_run_has_a_mail_house_too() -> None:
    app = Application(Memory("http://127.0.0.1:9100", "right", Orders({"failed": "1:5.1.1"})))
    doors = standalone._mail_doors(app.mail, 0, 0)
    config = {**payloads.CONFIG, "imap_password": "right", "smtp_password": "right"}
    ports = {"smtp_port": str(doors[0].port), "imap_port": str(doors[1].port)}
    provider: Any = load("email", {**config, **ports})
    out = Outgoing(MESSAGE, Sender(Scheme.EMAIL, payloads.PERSON), Kind.TEXT, "hello")
    with opened(*doors), client(frozenset(f"127.0.0.1:{door.port}" for door in doors)) as http:
        asyncio.run(ask(app, "POST", f"/mailbox/{payloads.OURS}"))
        assert provider.send(http, out).external_id == payloads.OUR_ID
        bodies = provider.poll(http, "").bodies
    assert [taken.text for taken in app.memory.received] == ["hello"]
    assert provider.parse(bodies[-1], {}, RECEIVED)[0].code == "5.1.1"
