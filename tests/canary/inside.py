"""Runs in the environment of the installation that is searched; answers like `tests.faults.inside`."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from aidline import vault  # noqa: E402
from aidline.channels.models import Channel, Delivery  # noqa: E402
from aidline.channels.services import create_channel  # noqa: E402
from aidline.conversations.models import Conversation, Message  # noqa: E402
from aidline.gateway import spool  # noqa: E402
from aidline.gateway.deliveries import Raw, seal  # noqa: E402
from aidline.kernel.clock import now  # noqa: E402
from aidline.language.models import Translation  # noqa: E402
from architecture.stock import World, fill  # noqa: E402
from canary import talking  # noqa: E402
from canary.filling import Filler  # noqa: E402
from canary.marks import WORD, Marks  # noqa: E402
from faults.lines import configs  # noqa: E402

_worlds: list[World] = []


def prepare(*, provider_url: str, others: dict[str, dict[str, str]]) -> dict[str, str]:
    call_command("migrate", interactive=False, verbosity=0)
    vault.check_root()
    setup_test_environment()
    _worlds.append(fill())
    return {
        provider: str(
            create_channel(
                by=None,
                centre=_worlds[0].own.centre,
                provider=provider,
                name=f"own {provider}",
                config={**config, **(talking.TELEPHONE if provider == "twilio" else {})},
            ).pk
        )
        for provider, config in {**configs(provider_url), **others}.items()
    }


def fill_forms() -> dict[str, Any]:
    marks = Marks()
    line = Channel.objects.get(centre=_worlds[0].own.centre, name="own twilio")
    talking.talk(line, marks)
    filled = Filler(_worlds[0], marks).fill_all()
    told = {**asdict(filled), "marked": {who: sorted(routes) for who, routes in filled.marked.items()}}
    return {"written": marks.written, **told}


def put_in_spool(*, words: str) -> str:
    """A delivery as it waits while the database is away; the path of its file."""
    channel = Channel.objects.filter(provider="whatsapp_cloud").first()
    assert channel
    raw = Raw(words.encode(), {"content-type": "application/json"})
    spool.write([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())])
    return str(spool._folder())


def readable() -> dict[str, int]:
    """That the marked values are really in there: sealed, and readable with the keys."""
    texts = [message.text for message in Message.objects.exclude(text_sealed=None)]
    return {
        "messages": sum(WORD in text for text in texts),
        "translations": sum(WORD in row.text for row in Translation.objects.exclude(text_sealed=None)),
        "conversations": Conversation.objects.count(),
        **talking.seen(),
        "pending": Delivery.objects.filter(state="p").count(),
    }


def back_up(*, path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [path])


def plant(*, words: str) -> None:
    """A leak: a column that is not sealed."""
    Message.objects.filter(pk=Message.objects.values("pk")[:1]).update(error_code=words)


VERBS: dict[str, Callable[..., Any]] = {
    verb.__name__: verb for verb in (prepare, fill_forms, put_in_spool, readable, back_up, plant)
}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"answer": VERBS[asked.pop("do")](**asked)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "fatal": True}
        print(json.dumps(answer, default=str), flush=True)


if __name__ == "__main__":
    main()
