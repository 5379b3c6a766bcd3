"""A centre whose channel has templates, and a provider played by a server on this machine."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.channels.contract import TemplateInfo
from aidline.channels.models import Channel, Template
from aidline.channels.services import create_channel
from aidline.channels.templates import (
    Wording,
    submit_template,
    write_template,
)
from aidline.gateway import deliveries, inbound, templates
from aidline.gateway.duties import AFTER_DEATH, JOBS
from aidline.jobs.models import Job
from aidline.jobs.states import State as JobState
from aidline.jobs.work import run_due
from aidline.kernel.clock import now
from factories import CONFIGS, make_centre, make_staff
from local_server import Answer, LocalServer, Seen

GOOD = Wording(
    body="Your appointment is on {{1}}, please come.", examples={"1": "Thursday"}, buttons=("Yes", "No")
)
META_ID = "1689556908129832"
HX = "HX" + "4" * 32


@dataclass
class House:
    channel: Channel
    admin: Staff
    world: LocalServer

    def written(self, wording: Wording = GOOD, language: str = "en", family: str = "appointment") -> Template:
        return write_template(
            by=self.admin, channel=self.channel, family=family, language=language, wording=wording
        )

    def submitted(self) -> Template:
        template = self.written()
        submit_template(by=self.admin, template=template)
        return template

    def posts(self) -> list[Seen]:
        return [seen for seen in self.world.seen if seen.method == "POST"]

    def told(self, event: str, *, at: int, language: str = "en", **more: Any) -> None:
        """A webhook of Meta, through the whole pipeline."""
        value = {
            "event": event,
            "message_template_name": "appointment",
            "message_template_language": language,
            **more,
        }
        entry = {
            "id": CONFIGS["whatsapp_cloud"]["waba_id"],
            "time": at,
            "changes": [{"field": "message_template_status_update", "value": value}],
        }
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        raw = deliveries.Raw(body, {"content-type": "application/json"})
        centre_id = self.channel.centre_id
        deliveries.store(
            [deliveries.seal(channel_id=self.channel.pk, centre_id=centre_id, raw=raw, at=now())]
        )
        inbound.drain()


def build(world: LocalServer, provider: str, **config: str) -> House:
    centre = make_centre()
    admin, _ = make_staff(centre, Role.CENTRE_ADMIN, name="Noor Amari")
    urls = {"base_url": world.url, **({"content_url": world.url} if provider == "twilio" else {})}
    full = {**CONFIGS[provider], **urls, **config}
    channel = create_channel(by=None, centre=centre, provider=provider, name="WhatsApp", config=full)
    return House(channel, admin, world)


def said(content: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(content).encode())


def work() -> None:
    """The worker, with what it put off done at once."""
    Job.objects.filter(state=JobState.READY).update(run_at=now())
    run_due(JOBS, AFTER_DEATH)


def only() -> Template:
    return Template.objects.get()


def seconds(back: int = 0) -> int:
    return int(now().timestamp()) - back


INFO = TemplateInfo(
    name="appointment",
    language="en",
    state="pending",
    category="utility",
    body=GOOD.body,
    parameters=("1",),
    external_id=META_ID,
    buttons=("Yes", "No"),
)


def listed(house: House, *infos: TemplateInfo, ago: timedelta = timedelta()) -> None:
    templates.write_list(house.channel, list(infos), now() - ago)
