"""Templates are made, listed and taken away as Meta and Twilio want it, and never handed in twice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from aidline.channels.contract import (
    ChannelDown,
    ManagesTemplates,
    RetryLater,
    TemplateChange,
    TemplateDraft,
    TemplateInfo,
    TemplateRefused,
    Uncertain,
    Unknown,
)
from channels.conformance.bench import Bench, bench
from channels.vendor_specs import META, complaints_of_meta_template, have
from local_server import Answer, Seen
from payloads import twilio, whatsapp_cloud
from payloads.kit import RECEIVED

DRAFT = TemplateDraft(
    name="appointment",
    language="ar",
    category="utility",
    body="موعدكم {{1}} في {{2}}، شكرًا.",
    examples={"1": "الخميس", "2": "العيادة"},
    buttons=("نعم", "لا"),
)
WITH_ENDS = replace(DRAFT, header="تذكير", footer="Harbour Aid")
INFO = TemplateInfo("appointment", "ar", "rejected", "utility", "", external_id="1689556908129832")


@pytest.fixture
def meta() -> Iterator[Bench]:
    with bench(whatsapp_cloud.KITS[0]) as found:
        yield found


@pytest.fixture
def on_twilio() -> Iterator[Bench]:
    with bench(twilio.KITS[1]) as found:
        yield found


def managing(bench: Bench) -> ManagesTemplates:
    provider = bench.provider()
    assert isinstance(provider, ManagesTemplates)
    return provider


def create(bench: Bench, draft: TemplateDraft = DRAFT) -> TemplateInfo:
    with bench.client() as client:
        return managing(bench).create_template(client, draft)


def delete(bench: Bench, info: TemplateInfo = INFO) -> None:
    with bench.client() as client:
        managing(bench).delete_template(client, info)


def said(content: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(content).encode())


def by_path(**answers: Answer | Callable[[Seen], Answer]) -> Callable[[Seen], Answer]:
    """The first key that is in method and path answers; with `/` written as `_`."""

    def answer(seen: Seen) -> Answer:
        asked = f"{seen.method}{urlsplit(seen.path).path}".replace("/", "_").replace("-", "_")
        found = next((one for key, one in answers.items() if key in asked), Answer(500))
        return found if isinstance(found, Answer) else found(seen)

    return answer


# --- Meta ------------------------------------------------------------------------------------------------

MADE = said({"id": "1689556908129832", "status": "PENDING", "category": "MARKETING"})


def test_meta_is_told_the_whole_template_and_may_choose_another_category(meta: Bench) -> None:
    meta.world.answer = lambda _: MADE
    made = create(meta, WITH_ENDS)
    (seen,) = meta.world.seen
    assert (seen.method, seen.path) == ("POST", "/v25.0/200000000000002/message_templates")
    assert json.loads(seen.body) == {
        "name": "appointment",
        "language": "ar",
        "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "تذكير"},
            {"type": "BODY", "text": DRAFT.body, "example": {"body_text": [["الخميس", "العيادة"]]}},
            {"type": "FOOTER", "text": "Harbour Aid"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "نعم"},
                    {"type": "QUICK_REPLY", "text": "لا"},
                ],
            },
        ],
    }
    assert (made.external_id, made.state, made.category) == ("1689556908129832", "pending", "marketing")


def test_named_parameters_are_named_to_meta(meta: Bench) -> None:
    meta.world.answer = lambda _: MADE
    create(meta, replace(DRAFT, body="Your {{thing}} is ready.", examples={"thing": "paper"}))
    body = json.loads(meta.world.seen[0].body)
    assert body["parameter_format"] == "NAMED"
    assert body["components"][0]["example"] == {
        "body_text_named_params": [{"param_name": "thing", "example": "paper"}]
    }


def test_a_refused_one_is_changed_in_its_place_at_meta(meta: Bench) -> None:
    meta.world.answer = lambda _: said({"success": True})
    made = create(meta, replace(DRAFT, external_id="1689556908129832"))
    (seen,) = meta.world.seen
    assert seen.path == "/v25.0/1689556908129832"
    assert set(json.loads(seen.body)) == {"category", "components"}
    assert (made.external_id, made.state) == ("1689556908129832", "pending")


def test_meta_takes_one_language_away_and_not_all(meta: Bench) -> None:
    meta.world.answer = lambda _: said({"success": True})
    delete(meta)
    (seen,) = meta.world.seen
    assert seen.method == "DELETE"
    assert parse_qs(urlsplit(seen.path).query) == {"hsm_id": ["1689556908129832"], "name": ["appointment"]}


def test_what_is_gone_at_meta_already_is_no_error(meta: Bench) -> None:
    meta.world.answer = lambda _: said({"error": {"code": 100, "error_subcode": 2593002}}, 400)
    delete(meta)


def test_one_whose_id_never_came_is_looked_for_and_never_all_of_its_name_deleted(meta: Bench) -> None:
    rows = [
        {"id": "77", "name": "appointment", "language": "ar"},
        {"id": "78", "name": "appointment", "language": "en"},
    ]
    meta.world.answer = lambda seen: said({"data": rows} if seen.method == "GET" else {"success": True})
    delete(meta, replace(INFO, external_id=""))
    assert parse_qs(urlsplit(meta.world.seen[-1].path).query)["hsm_id"] == ["77"]
    delete(meta, replace(INFO, external_id="", language="fr"))
    assert [seen.method for seen in meta.world.seen] == ["GET", "DELETE", "GET"]


def test_a_refusal_of_meta_comes_with_its_words_and_its_finer_code(meta: Bench) -> None:
    refusal = {
        "error": {
            "message": "Invalid parameter",
            "code": 100,
            "error_subcode": 2388024,
            "error_user_msg": "There is already Arabic content for this template.",
        }
    }
    meta.world.answer = lambda _: said(refusal, 400)
    with pytest.raises(TemplateRefused) as caught:
        create(meta)
    assert (caught.value.code, caught.value.words) == (
        "2388024",
        "There is already Arabic content for this template.",
    )
    assert "Arabic" not in str(caught.value) + repr(caught.value)


@pytest.mark.skipif(not have(META), reason=f"Meta's description {META} is not at hand (AIDLINE_SPECS)")
def test_meta_has_no_complaint_about_a_template_of_ours(meta: Bench) -> None:
    meta.world.answer = lambda _: MADE
    create(meta, WITH_ENDS)
    create(meta, replace(DRAFT, body="Your {{thing}} is ready.", examples={"thing": "paper"}))
    bodies = [json.loads(seen.body) for seen in meta.world.seen]
    assert [complaints_of_meta_template(body) for body in bodies] == [[], []]
    wrong = [{**bodies[0], "nmae": "x"}, {**bodies[0], "components": "x"}, {**bodies[0], "language": 7}]
    assert all(complaints_of_meta_template(body) for body in wrong)


def news(field: str, value: dict[str, Any], time: int | None = None) -> bytes:
    entry = {
        "id": whatsapp_cloud.CONFIG["waba_id"],
        "changes": [{"field": field, "value": value}],
        **({"time": time} if time else {}),
    }
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (
            "message_template_status_update",
            {
                "event": "REJECTED",
                "reason": "INVALID_FORMAT",
                "rejection_info": {"reason": "It ends oddly.", "recommendation": "End it well."},
            },
            {"state": "rejected", "reason": "INVALID_FORMAT", "words": "It ends oddly. End it well."},
        ),
        ("message_template_status_update", {"event": "PAUSED", "reason": "NONE"}, {"state": "paused"}),
        (
            "template_category_update",
            {"previous_category": "UTILITY", "new_category": "MARKETING"},
            {"category": "marketing"},
        ),
        (
            "message_template_quality_update",
            {"previous_quality_score": "GREEN", "new_quality_score": "RED"},
            {"quality": "red"},
        ),
    ],
)
def test_news_of_a_template_are_read_with_their_time(
    meta: Bench, field: str, value: dict[str, Any], told: dict[str, str]
) -> None:
    name = {"message_template_name": "appointment", "message_template_language": "ar"}
    (event,) = meta.provider().parse(news(field, {**name, **value}, 1795348770), {}, RECEIVED)
    at = datetime(2026, 11, 22, 11, 59, 30, tzinfo=UTC)
    assert event == TemplateChange("appointment", "ar", **told, at=at)


def test_news_that_say_nothing_known_are_set_aside(meta: Bench) -> None:
    for field in ("message_template_status_update", "template_category_update"):
        for value in ({}, {"message_template_name": "x", "event": "PONDERED"}, {"event": "APPROVED"}):
            (event,) = meta.provider().parse(news(field, value), {}, RECEIVED)
            assert isinstance(event, Unknown)


def test_a_template_of_another_account_with_the_same_name_changes_nothing_here(meta: Bench) -> None:
    name = {"message_template_name": "appointment", "message_template_language": "ar", "event": "APPROVED"}
    theirs = news("message_template_status_update", name).replace(b"200000000000002", b"300000000000003")
    assert meta.provider().parse(theirs, {}, RECEIVED) == [Unknown("other-account")]


# --- Twilio ----------------------------------------------------------------------------------------------

RECEIVED_BY_WHATSAPP = said({"status": "received", "category": "UTILITY", "name": "appointment"})


def test_twilio_makes_the_content_and_then_hands_it_in(on_twilio: Bench) -> None:
    on_twilio.world.answer = by_path(
        Approval=RECEIVED_BY_WHATSAPP, POST_v1_Content=said({"sid": twilio.HX}, 201)
    )
    made = create(on_twilio)
    content, approval = on_twilio.world.seen
    assert json.loads(content.body) == {
        "friendly_name": "appointment",
        "language": "ar",
        "variables": {"1": "الخميس", "2": "العيادة"},
        "types": {
            "twilio/quick-reply": {
                "body": DRAFT.body,
                "actions": [
                    {"type": "QUICK_REPLY", "title": "نعم", "id": "نعم"},
                    {"type": "QUICK_REPLY", "title": "لا", "id": "لا"},
                ],
            }
        },
    }
    assert approval.path == f"/v1/Content/{twilio.HX}/ApprovalRequests/whatsapp"
    assert json.loads(approval.body) == {"name": "appointment", "category": "UTILITY"}
    assert made == TemplateInfo(
        twilio.HX, "ar", "pending", "utility", DRAFT.body, external_id=twilio.HX, title="appointment"
    )


@pytest.mark.parametrize(
    ("draft", "kind"),
    [
        (replace(DRAFT, buttons=()), "twilio/text"),
        (DRAFT, "twilio/quick-reply"),
        (WITH_ENDS, "whatsapp/card"),
        (replace(WITH_ENDS, buttons=(), header=""), "whatsapp/card"),
    ],
)
def test_every_shape_of_a_template_is_one_that_twilios_own_library_knows(
    on_twilio: Bench, draft: TemplateDraft, kind: str
) -> None:
    on_twilio.world.answer = by_path(Approval=RECEIVED_BY_WHATSAPP, POST=said({"sid": twilio.HX}, 201))
    create(on_twilio, draft)
    content, approval = (json.loads(seen.body) for seen in on_twilio.world.seen)
    assert list(content["types"]) == [kind]
    assert _without_empty(ContentList.ContentCreateRequest(content).to_dict()) == content
    assert _without_empty(ApprovalCreateList.ContentApprovalRequest(approval).to_dict()) == approval


def _without_empty(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _without_empty(one) for name, one in value.items() if one is not None}
    return kept if kept else {}


def test_what_whatsapp_will_not_look_at_is_taken_away_again_at_twilio(on_twilio: Bench) -> None:
    on_twilio.world.answer = by_path(
        Approval=said({"code": 20001, "message": "The name is taken."}, 400),
        POST_v1_Content=said({"sid": twilio.HX}, 201),
        DELETE=Answer(204),
    )
    with pytest.raises(TemplateRefused) as caught:
        create(on_twilio)
    assert (caught.value.code, caught.value.words) == ("20001", "The name is taken.")
    assert [seen.method for seen in on_twilio.world.seen] == ["POST", "POST", "DELETE"]


def test_a_refused_one_is_made_anew_at_twilio(on_twilio: Bench) -> None:
    on_twilio.world.answer = by_path(
        Approval=RECEIVED_BY_WHATSAPP, POST=said({"sid": twilio.HX}), DELETE=Answer(404)
    )
    create(on_twilio, replace(DRAFT, external_id="HX" + "9" * 32))
    assert [seen.method for seen in on_twilio.world.seen] == ["DELETE", "POST", "POST"]
    assert on_twilio.world.seen[0].path.endswith("9" * 32)


def test_what_is_gone_at_twilio_already_is_no_error(on_twilio: Bench) -> None:
    on_twilio.world.answer = lambda _: said({"code": 20404}, 404)
    delete(on_twilio, replace(INFO, external_id=twilio.HX))


def test_a_content_whose_id_never_came_is_found_by_its_name(on_twilio: Bench) -> None:
    listed = [
        {"sid": twilio.HX, "friendly_name": "appointment", "language": "ar"},
        {"sid": "HX2", "friendly_name": "appointment", "language": "en"},
    ]
    on_twilio.world.answer = by_path(GET=said({"contents": listed}), DELETE=Answer(204))
    delete(on_twilio, replace(INFO, external_id=""))
    assert [(seen.method, seen.path.partition("?")[0]) for seen in on_twilio.world.seen] == [
        ("GET", "/v1/ContentAndApprovals"),
        ("DELETE", f"/v1/Content/{twilio.HX}"),
    ]


def test_contents_that_only_carry_choices_are_not_listed_as_templates(on_twilio: Bench) -> None:
    listed = [
        {
            "sid": "HX1",
            "friendly_name": "aidline_choices_0a",
            "types": {"twilio/quick-reply": {"body": "{{b0}}"}},
        },
        {
            "sid": "HX2",
            "friendly_name": "appointment",
            "language": "ar",
            "types": {
                "whatsapp/card": {"body": "B", "header_text": "H", "footer": "F", "actions": [{"title": "T"}]}
            },
            "approval_requests": {
                "status": "rejected",
                "rejection_reason": "It promises money.",
                "name": "appointment",
            },
        },
    ]
    on_twilio.world.answer = lambda _: said({"contents": listed, "meta": {}})
    with on_twilio.client() as client:
        (found,) = managing(on_twilio).sync_templates(client)
    assert (found.header, found.body, found.footer, found.buttons) == ("H", "B", "F", ("T",))
    assert (found.state, found.words, found.title) == ("rejected", "It promises money.", "appointment")


# --- both ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kit", [whatsapp_cloud.KITS[0], twilio.KITS[1]], ids=lambda kit: kit.label)
def test_silence_and_garbage_leave_it_uncertain_and_are_asked_once(kit: Any) -> None:
    for answer in (Answer(0), Answer(200, b"<html>"), Answer(200, b"{}")):
        with bench(kit) as found:
            found.world.answer = lambda _, answer=answer: answer
            with pytest.raises(Uncertain):
                create(found)
            assert len(found.world.seen) == 1


@pytest.mark.parametrize("kit", [whatsapp_cloud.KITS[0], twilio.KITS[1]], ids=lambda kit: kit.label)
def test_busy_and_unknown_accounts_are_told_apart(kit: Any) -> None:
    for status, expected in (
        (429, RetryLater),
        (503, RetryLater),
        (401, ChannelDown),
        (400, TemplateRefused),
    ):
        with bench(kit) as found:
            found.world.answer = lambda _, status=status: Answer(status, b"{}")
            with pytest.raises(expected):
                create(found)


@pytest.mark.parametrize("kit", [whatsapp_cloud.KITS[0], twilio.KITS[1]], ids=lambda kit: kit.label)
def test_taking_away_may_be_repeated_after_silence(kit: Any) -> None:
    with bench(kit) as found:
        found.world.answer = lambda _: Answer(0)
        with pytest.raises(RetryLater):
            delete(found)
