"""A provider on the bench: its kit, one instance, and a real server that plays the company behind it."""

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from aidline.channels import registry
from aidline.channels.contract import (
    BadSignature,
    Capabilities,
    Choice,
    Event,
    File,
    HookRequest,
    Kind,
    Outgoing,
    Place,
    Provider,
    SendError,
    Sent,
    TemplateUse,
)
from aidline.channels.contract.voice import TakesCalls
from aidline.kernel import http
from local_server import Answer, LocalServer, Seen
from payloads.kit import MESSAGE, RECEIVED, Kit

PATIENCE = 0.4  # seconds, so that a silent provider does not take fifteen
FILE_URL = "https://help.example/files/one-time"


@dataclass
class Bench:
    kit: Kit
    made: type[Provider]
    world: LocalServer
    told: list[str] = field(default_factory=list)  # log lines and texts of errors

    def provider(
        self, config: Mapping[str, str] | None = None, address: Mapping[str, str] | None = None
    ) -> Provider:
        given = {**(config or self.kit.config), **(address or self.address)}
        return self.made(registry.CONFIGS[self.kit.provider](**given))

    @property
    def address(self) -> dict[str, str]:
        return self.address_at(self.world.origin)

    def address_at(self, origin: str) -> dict[str, str]:
        if self.kit.address:
            return dict(self.kit.address(origin))
        known = {one.name for one in registry.config_fields(self.kit.provider)}
        addresses = ("base_url", "content_url", "api_url")
        return {name: f"http://{origin}" for name in addresses if name in known}

    @property
    def can(self) -> Capabilities:
        return self.provider().capabilities

    # --- in ---

    def hook(self, body: bytes, config: Mapping[str, str] | None = None) -> HookRequest:
        return self.kit.hook(config or self.kit.config, body)

    def parse(self, body: bytes, config: Mapping[str, str] | None = None) -> list[Event]:
        return self.provider(config).parse(body, self.hook(self.readable(body)).kept(), RECEIVED)

    def ask(self, body: bytes) -> HookRequest:
        """A question about a telephone call."""
        return (self.kit.ask or self.kit.hook)(self.kit.config, body)

    @property
    def phone(self) -> TakesCalls:
        found: object = self.provider()
        assert isinstance(found, TakesCalls)
        return found

    @staticmethod
    def readable(body: bytes) -> bytes:
        return body.decode("utf-8", "replace").encode() if len(body) < 10_000 else b""

    def accepts(self, request: HookRequest, config: Mapping[str, str] | None = None) -> bool:
        try:
            self.provider(config).verify(request)
        except BadSignature as error:
            self.told.append(_text(error))
            return False
        return True

    # --- out ---

    def send(self, out: Outgoing) -> Sent:
        """Through a real client to the real server."""
        with self.client() as client:
            try:
                return self.provider().send(client, out)
            except SendError as error:
                self.hear(error)
                raise

    def hear(self, error: SendError) -> None:
        self.told += [_text(error), repr(error)]

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        with http.client(frozenset({self.world.origin})) as client:
            client.timeout = httpx.Timeout(PATIENCE)
            yield client

    def out(self, kind: Kind = Kind.TEXT, **more: object) -> Outgoing:
        assert self.kit.to is not None
        content = {**_CONTENT.get(kind, {}), **more}
        if kind in self.can.media:
            content.setdefault("file", self.file(kind))
        return Outgoing(MESSAGE, self.kit.to, kind, **content)  # type: ignore[arg-type]

    def file(self, kind: Kind, *, beyond: int = 0) -> File:
        limit = self.can.media[kind]
        size = limit.bytes + beyond if beyond else 9
        return File("file", sorted(limit.mimes)[0], size, self._content, FILE_URL)

    def _content(self) -> bytes:
        return b"the bytes"

    @property
    def messages(self) -> list[Seen]:
        return [seen for seen in self.world.seen if self.kit.is_message(seen)]

    def answer_messages_with(self, answer: Answer) -> None:
        self.world.answer = lambda seen: answer if self.kit.is_message(seen) else self.kit.answers(seen)


_CONTENT: dict[Kind, dict[str, object]] = {
    Kind.TEXT: {"text": "مرحبا CANARYWORDS", "reply_to": "theirs-1"},
    Kind.LOCATION: {"place": Place(50.85, 4.35, "Square", "Main street 1")},
    Kind.CHOICE: {"text": "What do you need?", "choices": (Choice("a", "Food"), Choice("b", "Shelter"))},
    Kind.TEMPLATE: {"template": TemplateUse("welcome", "ar", {"1": "CANARYWORDS"})},
}


@contextmanager
def bench(kit: Kit, made: type[Provider] | None = None) -> Iterator[Bench]:
    with kit.world() as world:
        world.answer = kit.answers
        found = Bench(kit, made or registry.PROVIDERS[kit.provider], world)
        with _listening(found.told):
            yield found


@contextmanager
def _listening(told: list[str]) -> Iterator[None]:
    """Every log line of everybody, at the lowest level, wherever handlers and propagation would lead it."""
    formatter = logging.Formatter()
    loggers = [logging.getLogger(name) for name in ("", "aidline")]
    with pytest.MonkeyPatch.context() as patch:
        for logger in loggers:
            patch.setattr(logger, "level", logging.DEBUG)
            patch.setattr(logger, "disabled", False)
        hear = lambda _, record: told.append(formatter.format(record))  # noqa: E731
        patch.setattr(logging.Logger, "callHandlers", hear)
        logging.getLogger().manager._clear_cache()
        yield
    logging.getLogger().manager._clear_cache()


def _text(error: Exception) -> str:
    """As it would stand in a log, with every error that led to it."""
    return "".join(traceback.format_exception(error))
