"""Run beside the demonstration, with its settings: prints JSON.

links COUNT  one-time links, as many rounds as wanted: {"noor": "link link"}
undo SECONDS how long a reply can be taken back: the usual six would be waited for in every story
shut ID      the reply window of a conversation closed an hour ago
"""

import json
import os
import sys
from datetime import timedelta

os.environ |= {"DJANGO_SETTINGS_MODULE": "aidline.config.settings", "AIDLINE_PROCESS": "test"}

import django

from aidline.config import sqlite_library  # noqa: F401  (before Django meets a database)

django.setup()

from aidline.centres.models import Centre, Staff  # noqa: E402
from aidline.centres.services import create_sign_in_link  # noqa: E402
from aidline.conversations.models import Conversation  # noqa: E402
from aidline.kernel.clock import now  # noqa: E402
from aidline.simulator import hooks  # noqa: E402


def links(count: str) -> dict[str, str]:
    return {staff.name.split()[0].lower(): _links(staff, int(count)) for staff in Staff.objects.all()}


def _links(staff: Staff, count: int) -> str:
    tokens = [create_sign_in_link(staff=staff) for _ in range(count)]
    return " ".join(f"{hooks.public_url()}/enter/{token}/" for token in tokens)


def undo(seconds: str) -> dict[str, str]:
    Centre.objects.update(undo_seconds=int(seconds))
    return {}


def shut(conversation: str) -> dict[str, str]:
    closed = now() - timedelta(hours=1)
    Conversation.objects.filter(pk=conversation).update(window_until=closed)
    return {}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"links": links, "undo": undo, "shut": shut}[command](*arguments)))
