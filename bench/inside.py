"""What the bench asks of the installation, besides what the fault runs ask. Runs in its environment."""

from typing import Any

from django.conf import settings
from django.test import Client
from tests.faults import inside as asked

from aidline.centres.models import Centre, Staff
from aidline.centres.services import add_member, create_staff
from aidline.centres.states import Role
from aidline.channels.contract.voice import voice_address
from aidline.channels.hooks import hook_url
from aidline.channels.models import Delivery
from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, LiveEvent, Message


def busy() -> bool:
    return Delivery.objects.filter(state="p").exists()


def sign_in(*, count: int) -> list[str]:
    """Session cookies of so many supervisors."""
    centre = Centre.objects.get()
    return [_cookie(_supervisor(centre, number)) for number in range(count)]


def _supervisor(centre: Centre, number: int) -> Staff:
    email = f"supervisor{number}@example.org"
    staff = create_staff(organisation=centre.organisation, email=email, name=f"Sol {number}")
    add_member(by=None, staff=staff, centre=centre, role=Role.SUPERVISOR, languages=["en", "ar"])
    return staff


def _cookie(staff: Staff) -> str:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(staff)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def seen(*, since: float) -> dict[str, Any]:
    """Messages that came since then with their conversation, and the hints that told of them."""
    messages = Message.objects.filter(direction="i").order_by("-id")[:20_000]
    return {
        "messages": [
            (row.external_id, str(row.conversation_id))
            for row in messages
            if row.created_at.timestamp() >= since
        ],
        "hints": [
            (str(conversation), at.timestamp())
            for conversation, at in LiveEvent.objects.filter(kind="message")
            .order_by("id")
            .values_list("conversation_id", "at")
            if at.timestamp() >= since
        ],
    }


def a_talk() -> str:
    return str(Conversation.objects.order_by("-last_at").values_list("pk", flat=True)[0])


def phone_line() -> dict[str, str]:
    """A number of its own that takes calls."""
    centre = Centre.objects.get()
    config = {
        "account_sid": "AC" + "0" * 31 + "8",
        "auth_token": "a token that is nobody's",
        "sender": "+12025550144",
        "api_key_sid": "SK" + "0" * 32,
        "api_key_secret": "a key that is nobody's",
        "twiml_app_sid": "AP" + "0" * 32,
        "base_url": "http://127.0.0.1:1",
    }
    channel = create_channel(by=None, centre=centre, provider="twilio", name="Calls", config=config)
    return {
        "answer": voice_address(hook_url(channel), "answer"),
        "token": config["auth_token"],
        "account": config["account_sid"],
        "number": config["sender"],
    }


asked.VERBS |= {verb.__name__: verb for verb in (busy, sign_in, seen, a_talk, phone_line)}

if __name__ == "__main__":
    asked.main()
