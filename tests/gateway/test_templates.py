"""A template is handed in once, and nobody's words are ever taken away."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from aidline.audit.models import Entry
from aidline.channels.models import Template
from aidline.channels.templates import (
    NotNow,
    Taken,
    remove_template,
    rewrite_template,
    submit_template,
)
from aidline.gateway import templates
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from gateway.templating import GOOD, HX, INFO, META_ID, House, build, listed, only, said, seconds, work
from local_server import Answer, serving


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


# --- that these sentences see what they are for ----------------------------------------------------------


def test_without_its_claim_it_would_be_handed_in_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_claim", lambda template: True)
    with pytest.raises(AssertionError):
        test_two_clicks_and_two_runs_hand_in_once(house)
