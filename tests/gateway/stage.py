"""A centre with one WhatsApp channel, and the webhook bodies a person's words arrive in."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from aidline.centres.models import Centre, Membership, Organisation, Staff
from aidline.centres.services import add_member, create_centre, create_organisation, create_staff
from aidline.centres.states import Role
from aidline.channels.models import Channel
from aidline.gateway.deliveries import Raw, seal, store
from aidline.kernel.clock import now

SECRET = "an app secret that is nobody's"
CONFIG = {
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "access_token": "a token that is nobody's",
    "app_secret": SECRET,
    "verify_token": "a word",
    "base_url": "http://127.0.0.1:1",
}


def make_organisation() -> Organisation:
    return create_organisation(name="Harbour Aid Network")


def make_centre(organisation: Organisation | None = None, slug: str = "port-merin", **more: Any) -> Centre:
    return create_centre(
        by=None,
        organisation=organisation or make_organisation(),
        name=slug.replace("-", " ").title(),
        slug=slug,
        languages=["ar", "fr", "en"],
        default_language="en",
        **more,
    )


def make_agent(centre: Centre, name: str, role: Role = Role.AGENT, **more: Any) -> tuple[Staff, Membership]:
    staff = create_staff(organisation=centre.organisation, email=f"{name.lower()}@example.org", name=name)
    languages = more.pop("languages", ["ar", "fr", "en"])
    return staff, add_member(by=None, staff=staff, centre=centre, role=role, languages=languages, **more)


def make_channel(centre: Centre, name: str = "WhatsApp", **config: str) -> Channel:
    channel = Channel(centre=centre, provider="whatsapp_cloud", name=name)
    channel.config = {**CONFIG, **config}
    channel.save()
    return channel


def text_message(number: str, text: str, wamid: str, at: datetime | None = None) -> dict[str, Any]:
    return {
        "from": number,
        "id": wamid,
        "timestamp": str(int((at or now()).timestamp())),
        "type": "text",
        "text": {"body": text},
    }


def status(wamid: str, word: str, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    stamp = str(int((at or now()).timestamp()))
    return {"id": wamid, "status": word, "timestamp": stamp, "recipient_id": "447700900123", **more}


def body(
    *messages: dict[str, Any], statuses: tuple[dict[str, Any], ...] = (), channel: Channel | None = None
) -> bytes:
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "447700900610", "phone_number_id": CONFIG["phone_number_id"]},
    }
    if messages:
        numbers = {message["from"] for message in messages}
        value["contacts"] = [{"profile": {"name": "Amal"}, "wa_id": number} for number in numbers]
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    entry = {"id": CONFIG["waba_id"], "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def signature(content: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()


def arrive(channel: Channel, *contents: bytes) -> None:
    """Stored as the hooks store it, without HTTP."""
    raws = [Raw(content, {"content-type": "application/json"}) for content in contents]
    store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now()) for raw in raws])
