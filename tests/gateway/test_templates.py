"""A template is handed in once, its news come in any order, and nobody's words are ever taken away."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from aidline.audit.models import Entry
from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.channels.contract import TemplateChange, TemplateInfo
from aidline.channels.models import Channel, Template
from aidline.channels.services import create_channel
from aidline.channels.templates import (
    NotNow,
    Taken,
    Wording,
    name_fields,
    remove_template,
    rewrite_template,
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
from local_server import Answer, LocalServer, Seen, serving

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


@pytest.fixture
def house(db: None) -> Iterator[House]:
    with serving() as world:
        world.answer = lambda _: said({"id": META_ID, "status": "PENDING", "category": "UTILITY"})
        yield build(world, "whatsapp_cloud")


@pytest.fixture
def on_twilio(db: None) -> Iterator[House]:
    with serving() as world:
        world.answer = lambda seen: said(
            {"status": "received"} if "Approval" in seen.path else {"sid": HX}, 201
        )
        yield build(world, "twilio", sender="whatsapp:+447700900610")


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


# --- handing in ------------------------------------------------------------------------------------------


def test_a_template_is_written_handed_in_and_approved(house: House) -> None:
    template = house.written()
    assert (template.state, template.parameters, house.world.seen) == ("draft", ["1"], [])
    submit_template(by=house.admin, template=template)
    assert (only().state, house.world.seen) == ("sending", [])
    work()
    assert (only().state, only().external_id) == ("pending", META_ID)
    house.told("APPROVED", at=seconds())
    assert only().state == "approved"
    assert [entry.action for entry in Entry.objects.filter(object_type="template").order_by("pk")] == [
        "template.write",
        "template.submit",
    ]


def test_two_clicks_and_two_runs_hand_in_once(house: House) -> None:
    template = house.submitted()
    with pytest.raises(NotNow):
        submit_template(by=house.admin, template=template)
    templates.submit({"template": str(template.pk)})
    templates.submit({"template": str(template.pk)})
    work()
    assert len(house.posts()) == 1


def test_what_would_be_refused_is_not_handed_in(house: House) -> None:
    template = house.written(replace(GOOD, examples={}))
    with pytest.raises(NotNow):
        submit_template(by=house.admin, template=template)
    assert (only().state, Job.objects.count()) == ("draft", 0)


def test_a_refusal_is_kept_in_the_providers_words_and_the_draft_can_go_in_again(house: House) -> None:
    template = house.submitted()
    error = {"code": 100, "error_subcode": 2388047, "error_user_msg": "Headers can't have emojis."}
    house.world.answer = lambda _: said({"error": error}, 400)
    work()
    assert (only().state, only().reason, only().refusal) == ("draft", "2388047", "Headers can't have emojis.")
    house.world.answer = lambda _: said({"id": META_ID, "status": "PENDING"})
    submit_template(by=house.admin, template=template)
    work()
    assert (only().state, only().reason, only().refusal) == ("pending", "", "")


def test_after_silence_nobody_claims_to_know_and_it_is_never_handed_in_twice(house: House) -> None:
    house.submitted()
    house.world.answer = lambda _: Answer(0)
    work()
    assert (only().state, only().reason) == ("unknown", "no-answer")
    house.world.answer = lambda seen: Answer(500) if seen.method == "POST" else said({"data": []})
    for _ in range(3):
        work()
    assert len(house.posts()) == 1


def test_after_silence_the_providers_list_says_what_became_of_it(house: House) -> None:
    house.submitted()
    house.world.answer = lambda _: Answer(0)
    work()
    row = {
        "id": META_ID,
        "name": "appointment",
        "language": "en",
        "status": "APPROVED",
        "category": "UTILITY",
    }
    body = {"type": "BODY", "text": GOOD.body, "example": {"body_text": [["Thursday"]]}}
    house.world.answer = lambda _: said({"data": [{**row, "components": [body]}]})
    work()
    assert (only().state, only().external_id, only().reason) == ("approved", META_ID, "")


def test_after_silence_what_the_list_does_not_have_is_a_draft_again(house: House) -> None:
    house.submitted()
    house.world.answer = lambda _: Answer(0)
    work()
    house.world.answer = lambda _: said({"data": []})
    work()
    assert (only().state, only().reason, only().body) == ("draft", "not-there", GOOD.body)


def test_what_comes_into_a_late_list_after_all_is_taken_for_what_it_is(house: House) -> None:
    test_after_silence_what_the_list_does_not_have_is_a_draft_again(house)
    listed(house, replace(INFO, state="approved"))
    assert (only().state, only().external_id) == ("approved", META_ID)


def test_a_worker_that_dies_in_the_call_leaves_it_unknown(house: House) -> None:
    template = house.submitted()
    Template.objects.filter(pk=template.pk).update(called_at=now())  # and then the lights went out
    work()
    assert (only().state, only().reason, house.posts()) == ("unknown", "lost", [])


def test_a_provider_that_is_away_is_tried_again_and_given_up_as_a_draft(house: House) -> None:
    house.submitted()
    house.world.answer = lambda _: Answer(503)
    work()
    assert (only().state, only().called_at) == ("sending", None)
    for _ in range(8):
        work()
    assert (only().state, only().reason) == ("draft", "unreachable")


def test_a_dead_token_leaves_a_draft_and_says_so(house: House) -> None:
    house.submitted()
    house.world.answer = lambda _: said({"error": {"code": 190}}, 401)
    work()
    assert (only().state, only().reason) == ("draft", "190")


def test_at_twilio_it_is_sent_by_its_content_from_then_on(on_twilio: House) -> None:
    on_twilio.submitted()
    work()
    assert (only().name, only().family, only().state) == (HX, "appointment", "pending")


def test_at_twilio_a_lost_answer_is_found_again_by_its_name(on_twilio: House) -> None:
    on_twilio.submitted()
    on_twilio.world.answer = lambda seen: Answer(0) if "Approval" in seen.path else said({"sid": HX}, 201)
    work()
    assert only().state == "unknown"
    content = {"sid": HX, "friendly_name": "appointment", "language": "en", "types": {}, "variables": {}}
    approval = {"status": "pending", "name": "appointment", "category": "UTILITY"}
    on_twilio.world.answer = lambda _: said({"contents": [{**content, "approval_requests": approval}]})
    work()
    assert (only().state, only().name, only().family) == ("pending", HX, "appointment")


def test_at_twilio_what_was_made_and_not_handed_in_is_a_draft_that_takes_its_place(on_twilio: House) -> None:
    on_twilio.submitted()
    on_twilio.world.answer = lambda seen: Answer(0) if "Approval" in seen.path else said({"sid": HX}, 201)
    work()
    content = {"sid": HX, "friendly_name": "appointment", "language": "en", "types": {}}
    on_twilio.world.answer = lambda _: said(
        {"contents": [{**content, "approval_requests": {"status": "unsubmitted"}}]}
    )
    work()
    assert (only().state, only().external_id, only().body) == ("draft", HX, GOOD.body)


# --- news ------------------------------------------------------------------------------------------------


def test_news_that_come_before_the_answer_stand(house: House) -> None:
    def early(_: Seen) -> Answer:
        change = TemplateChange("appointment", "en", "approved", at=now())
        templates.heard(house.channel.pk, change, now())
        return said({"id": META_ID, "status": "PENDING"})

    template = house.submitted()
    manager = templates._manager
    try:
        templates._manager = lambda channel: _Early(manager(channel), early)  # type: ignore[assignment]
        work()
    finally:
        templates._manager = manager
    assert (only().state, only().external_id) == ("approved", META_ID)
    assert template.pk == only().pk


class _Early:
    """Tells the news in this thread, in the middle of the call: a test's database belongs to one."""

    def __init__(self, manager: Any, tell: Any) -> None:
        self._manager, self._tell = manager, tell

    def create_template(self, http: Any, draft: Any) -> Any:
        self._tell(None)
        return self._manager.create_template(http, draft)


def test_news_in_the_wrong_order_end_in_the_right_state(house: House) -> None:
    house.submitted()
    work()
    house.told("APPROVED", at=seconds(10))
    house.told("PENDING", at=seconds(10))
    house.told("PENDING", at=seconds(20))
    assert only().state == "approved"
    house.told("PAUSED", at=seconds(2))
    house.told("REJECTED", at=seconds(5), reason="SCAM")
    assert (only().state, only().reason) == ("paused", "")


def test_old_news_of_the_refused_text_do_not_touch_the_new_one(house: House) -> None:
    template = house.submitted()
    work()
    house.told("REJECTED", at=seconds(), reason="INVALID_FORMAT")
    assert (only().state, only().reason) == ("rejected", "INVALID_FORMAT")
    rewrite_template(by=house.admin, template=template, wording=replace(GOOD, body="Come on {{1}}, please."))
    submit_template(by=house.admin, template=template)
    work()
    assert only().state == "pending"
    assert house.world.seen[-1].path == f"/v25.0/{META_ID}"
    house.told("REJECTED", at=seconds(3600), reason="INVALID_FORMAT")
    assert only().state == "pending"


def test_a_reason_and_the_words_of_a_refusal_are_kept(house: House) -> None:
    house.submitted()
    work()
    info = {"reason": "It ends oddly.", "recommendation": "End it well."}
    house.told("REJECTED", at=seconds(), reason="INVALID_FORMAT", rejection_info=info)
    assert (only().reason, only().refusal) == ("INVALID_FORMAT", "It ends oddly. End it well.")
    listed(house, replace(INFO, state="rejected"))
    assert only().refusal == "It ends oddly. End it well."


def test_news_of_a_template_that_is_not_known_ask_for_the_list(house: House) -> None:
    house.told("APPROVED", at=seconds())
    assert Template.objects.count() == 0
    assert Job.objects.get().kind == templates.SYNC


# --- the list --------------------------------------------------------------------------------------------


def test_a_draft_survives_every_list(house: House) -> None:
    house.written()
    listed(house)
    listed(house, replace(INFO, body="Another text", state="approved"))
    assert (only().state, only().body) == ("draft", GOOD.body)


def test_what_is_handed_in_while_a_list_is_on_its_way_survives_it(house: House) -> None:
    started = now()
    house.submitted()
    work()
    templates.write_list(house.channel, [], started)
    assert only().state == "pending"


def test_a_list_older_than_the_news_does_not_undo_them(house: House) -> None:
    house.submitted()
    work()
    house.told("APPROVED", at=seconds())
    listed(house, INFO, ago=timedelta(seconds=30))
    assert only().state == "approved"
    Template.objects.update(heard_at=now() - timedelta(hours=1))
    listed(house, replace(INFO, state="paused"))
    assert only().state == "paused"


def test_what_was_made_elsewhere_comes_and_goes_with_the_list(house: House) -> None:
    listed(house, INFO, replace(INFO, language="ar"), replace(INFO, name="other"))
    assert Template.objects.count() == 3
    listed(house, INFO)
    assert only().language == "en"


def test_what_was_written_here_and_vanished_there_is_a_draft_again(house: House) -> None:
    house.submitted()
    work()
    Template.objects.update(state="approved", submitted_at=now() - timedelta(days=1))
    listed(house)
    assert (only().state, only().reason, only().body) == ("draft", "not-there", GOOD.body)


def test_names_of_fields_survive_the_list_and_reach_every_language(house: House) -> None:
    template = house.written()
    house.written(language="ar")
    name_fields(by=house.admin, template=template, fields={"1": {"label": "Day", "fill": "date"}, "9": {}})
    listed(house, replace(INFO, state="approved"))
    later = house.written(language="fr")
    assert later.fields == {"1": {"label": "Day", "fill": "date"}}
    assert [row.fields for row in Template.objects.all()] == [later.fields] * 3


def test_while_something_is_looked_at_the_list_is_asked_for_more_often(house: House) -> None:
    listed(house, replace(INFO, language="ar"))
    templates.sync_waiting()
    assert Job.objects.count() == 0  # made elsewhere: the hourly look is enough
    house.submitted()
    work()
    for _ in range(2):
        templates.sync_waiting()
    assert Job.objects.filter(kind=templates.SYNC).count() == 1


# --- that these sentences see what they are for ----------------------------------------------------------


def test_without_its_claim_it_would_be_handed_in_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_claim", lambda template: True)
    with pytest.raises(AssertionError):
        test_two_clicks_and_two_runs_hand_in_once(house)


def test_news_without_an_order_would_end_in_the_wrong_state(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(same: Any, change: TemplateChange, received_at: Any) -> None:
        same.update(state=change.state)

    monkeypatch.setattr(templates, "_move", careless)
    with pytest.raises(AssertionError):
        test_news_in_the_wrong_order_end_in_the_right_state(house)


def test_a_list_that_takes_all_would_take_drafts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_OURS", ())
    with pytest.raises(AssertionError):
        test_a_draft_survives_every_list(house)


# --- writing and taking away -----------------------------------------------------------------------------


def test_one_name_has_one_text_in_each_language(house: House) -> None:
    house.written()
    house.written(language="ar")
    with pytest.raises(Taken):
        house.written()


def test_a_language_goes_by_the_code_the_provider_knows(house: House) -> None:
    assert house.written(language="pt").language == "pt_PT"


@pytest.mark.parametrize("state", ["approved", "pending", "sending", "unknown", "removing"])
def test_only_drafts_and_refused_ones_are_rewritten(house: House, state: str) -> None:
    template = house.written()
    Template.objects.update(state=state)
    with pytest.raises(NotNow):
        rewrite_template(by=house.admin, template=template, wording=replace(GOOD, body="Other"))
    assert only().body == GOOD.body


def test_a_draft_is_gone_at_once_and_asks_nobody(house: House) -> None:
    remove_template(by=house.admin, template=house.written())
    assert (Template.objects.count(), Job.objects.count()) == (0, 0)


def test_a_known_one_is_gone_when_the_provider_has_taken_it_away(house: House) -> None:
    listed(house, replace(INFO, state="approved"))
    remove_template(by=house.admin, template=only())
    assert only().state == "removing"
    listed(house, replace(INFO, state="approved"))
    assert only().state == "removing"
    house.world.answer = lambda _: said({"success": True})
    work()
    assert Template.objects.count() == 0
    assert [seen.method for seen in house.world.seen] == ["DELETE"]


def test_what_the_provider_does_not_give_up_is_shown_as_it_is(house: House) -> None:
    listed(house, replace(INFO, state="approved"))
    remove_template(by=house.admin, template=only())
    house.world.answer = lambda _: said({"error": {"code": 100, "error_user_msg": "In use."}}, 400)
    templates.remove({"template": str(only().pk)})
    assert (only().state, only().refusal) == ("unknown", "In use.")
    listed(house, replace(INFO, state="approved"))
    assert only().state == "approved"


def test_one_on_its_way_cannot_be_taken_away(house: House) -> None:
    template = house.submitted()
    with pytest.raises(NotNow):
        remove_template(by=house.admin, template=template)
    assert only().state == "sending"
