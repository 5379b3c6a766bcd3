"""Whoever drips is left in time, however the line is encrypted and whether or not the handshake has ended."""

import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aidline.channels.contract import RetryLater
from aidline.channels.wire import mail_lines
from aidline.channels.wire.mail_lines import STARTTLS, TLS, Server
from aidline.kernel import http
from channels.test_email import _self_signed

BEFORE_TLS = {
    ("smtp", STARTTLS): (b"220 hi\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n"),
    ("imap", STARTTLS): (
        b"* OK hi\r\n",
        b"* CAPABILITY IMAP4REV1 STARTTLS\r\n%s OK done\r\n",
        b"%s OK go\r\n",
    ),
    ("smtp", TLS): (),
    ("imap", TLS): (),
}
RECORD = b"\x16\x03\x03\x40\x00"  # the beginning of a handshake of 16 kB
LONGEST = 6.0  # seconds that the server drips if nobody leaves


class Dripping:
    """A mail server that speaks as it should until TLS, and one byte after the other from then on."""

    def __init__(self, dialogue: tuple[bytes, ...], context: ssl.SSLContext | None) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._dialogue, self._context = dialogue, context
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            line: socket.socket = self._door.accept()[0]
            for place, answer in enumerate(self._dialogue):
                tag = line.recv(100).split()[0] if place else b""
                line.sendall(answer % tag if b"%s" in answer else answer)
            if self._context:
                line = self._context.wrap_socket(line, server_side=True)
            else:
                line.sendall(RECORD)
            until = time.monotonic() + LONGEST
            while time.monotonic() < until:
                line.sendall(b"2")
                time.sleep(0.1)
            line.close()

    def shut(self) -> None:
        self._door.close()


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    found = _self_signed(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    monkeypatch.setattr(mail_lines, "tls", lambda: trusting)
    monkeypatch.setattr(mail_lines, "WHOLE_SECONDS", 0.6)
    return found


@pytest.mark.parametrize("drips", ["in the handshake", "after it"])
@pytest.mark.parametrize(("protocol", "security"), BEFORE_TLS)
def test_the_whole_ends_in_time(protocol: str, security: str, drips: str, context: ssl.SSLContext) -> None:
    server = Dripping(BEFORE_TLS[(protocol, security)], context if drips == "after it" else None)
    speak: Any = getattr(mail_lines, protocol)
    begun = time.monotonic()
    with (
        suppress(RetryLater),
        http.client(frozenset({f"localhost:{server.port}"})) as client,
        speak(client, Server("localhost", server.port, security, "", "")),
    ):
        pass
    took = time.monotonic() - begun
    server.shut()
    assert 0.4 < took < 2.0
