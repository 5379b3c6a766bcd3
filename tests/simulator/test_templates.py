"""The look-alikes take templates as strictly as the vendors, and decide about them by a rule that can be seen."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from aidline.channels.contract import (
    Choice,
    GiveUp,
    Incoming,
    Kind,
    Outgoing,
    TemplateChange,
    TemplateDraft,
    TemplateInfo,
    TemplateRefused,
    TemplateUse,
    Uncertain,
)
from aidline.channels.models import Channel
from aidline.channels.registry import load
from aidline.channels.wire import twilio_contents
from aidline.kernel.clock import now
from aidline.simulator import hooks, postman, reviewing
from aidline.simulator.lines import Utterance, Writer
from aidline.simulator.lookalikes.shapes import Fault, Form
from aidline.simulator.models import VendorForm
from aidline.simulator.office import approved_forms
from aidline.simulator.vendors import line_of
from factories import make_centre, make_channel
from simulator.test_lookalikes import BEARER, TO, Bench

DRAFT = TemplateDraft(
    name="appointment",
    language="ar",
    category="utility",
    body="موعدكم {{1}} في عيادة {{2}} القريبة.",
    examples={"1": "الخميس", "2": "المرفأ"},
    header="تذكير",
    footer="Harbour Aid",
    buttons=("سآتي", "لا أستطيع"),
)
BOTH = pytest.mark.parametrize("provider", ["whatsapp_cloud", "twilio"])


@pytest.fixture(autouse=True)
def fresh() -> None:
    twilio_contents._KNOWN.clear()


def create(bench: Bench, **changes: Any) -> TemplateInfo:
    return bench.provider.create_template(bench.http, replace(DRAFT, **changes))


def listed(bench: Bench) -> list[TemplateInfo]:
    """The second look finds it decided."""
    bench.provider.sync_templates(bench.http)
    return bench.provider.sync_templates(bench.http)


@BOTH
def test_what_we_hand_in_is_held_approved_listed_as_it_was_and_sent(provider: str) -> None:
    bench = Bench(provider)
    made = create(bench)
    assert made.state == "pending"
    (found,) = listed(bench)
    assert (found.state, found.category, found.language) == ("approved", "utility", "ar")
    assert (found.header, found.body, found.footer) == (DRAFT.header, DRAFT.body, DRAFT.footer)
    assert (found.buttons, found.parameters) == (DRAFT.buttons, ("1", "2"))
    use = TemplateUse(found.name, "ar", {"1": "الأحد", "2": "المرفأ"})
    bench.provider.send(bench.http, Outgoing(uuid4(), TO, Kind.TEMPLATE, template=use))
    (taken,) = bench.memory.received
    assert taken.text == "تذكير\n\nموعدكم الأحد في عيادة المرفأ القريبة.\n\nHarbour Aid"
    assert [option.id for option in taken.options] == ["سآتي", "لا أستطيع"]


@BOTH
@pytest.mark.parametrize(
    "body", ["You win a prize on {{1}}, come to {{2}} now.", "Take $ 5 on {{1}} at {{2}} here."]
)
def test_promises_of_money_are_refused_and_say_so(provider: str, body: str) -> None:
    bench = Bench(provider)
    create(bench, body=body)
    (found,) = listed(bench)
    assert found.state == "rejected"
    assert "SCAM" in (found.reason, found.words) or "money" in found.words


@BOTH
def test_the_same_name_twice_in_a_language_is_refused(provider: str) -> None:
    bench = Bench(provider)
    create(bench)
    with pytest.raises(TemplateRefused) as caught:
        create(bench)
    assert caught.value.words
    create(bench, language="en")
    assert len(listed(bench)) == 2


@BOTH
def test_a_refused_one_is_handed_in_anew_in_its_place(provider: str) -> None:
    bench = Bench(provider)
    made = create(bench, body="You win a prize on {{1}}, come to {{2}} now.")
    listed(bench)
    create(bench, external_id=made.external_id)
    (found,) = listed(bench)
    assert (found.state, found.body) == ("approved", DRAFT.body)


@BOTH
def test_one_is_taken_away_and_twice_is_no_error(provider: str) -> None:
    bench = Bench(provider)
    made = create(bench)
    create(bench, language="en")
    for _ in range(2):
        bench.provider.delete_template(bench.http, made)
    assert [found.language for found in listed(bench)] == ["en"]


@BOTH
def test_faults_that_were_asked_for_hit_the_handing_in(provider: str) -> None:
    bench = Bench(provider, **{Fault.GARBAGE: "1"})
    with pytest.raises(Uncertain):
        create(bench)
    bench = Bench(provider, **{Fault.REFUSED: "1:999"})
    with pytest.raises(TemplateRefused):
        create(bench)


@BOTH
def test_what_is_not_approved_is_not_sent(provider: str) -> None:
    bench = Bench(provider)
    made = create(bench)
    use = TemplateUse(made.name, "ar", {"1": "a", "2": "b"})
    with pytest.raises(GiveUp):
        bench.provider.send(bench.http, Outgoing(uuid4(), TO, Kind.TEMPLATE, template=use))
    assert bench.memory.received == []


BODY = {"type": "BODY", "text": "Come on {{1}} please, we wait.", "example": {"body_text": [["Monday"]]}}
GOOD = {"name": "a", "language": "en", "category": "UTILITY", "components": [BODY]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"colour": "red"}, 100),
        ({"category": "GREETING"}, 131009),
        ({"name": "With Capitals"}, 2388042),
        ({"components": []}, 100),
        ({"components": [{**BODY, "text": "{{1}} is the day to come."}]}, 2388299),
        ({"components": [{**BODY, "text": "Come and see us on {{1}}"}]}, 2388299),
        ({"components": [{**BODY, "text": "Come on {{2}} please, we wait."}]}, 2388072),
        ({"components": [{"type": "BODY", "text": "Come on {{1}} please, we wait."}]}, 2388072),
        ({"components": [{**BODY, "text": "On {{1}} ok."}]}, 0),
        ({"components": [{**BODY, "text": "x" * 1025}]}, 2388040),
        ({"components": [BODY, {"type": "HEADER", "format": "TEXT", "text": "*Loud*"}]}, 2388047),
        ({"components": [BODY, {"type": "FOOTER", "text": "x" * 61}]}, 2388073),
        ({"components": [BODY, {"type": "FOOTER", "text": "a", "colour": "red"}]}, 100),
    ],
)
def test_meta_refuses_what_it_would_refuse(changes: dict[str, Any], code: int) -> None:
    bench = Bench("whatsapp_cloud")
    answer = bench.post("meta/v25.0/1001/message_templates", json={**GOOD, **changes}, headers=BEARER)
    error = answer.json().get("error", {})
    assert (error.get("error_subcode") or error.get("code", 0)) == code


QUICK = {
    "twilio/quick-reply": {"body": "Hi {{1}}", "actions": [{"type": "QUICK_REPLY", "title": "A", "id": "a"}]}
}


@pytest.mark.parametrize(
    "content",
    [
        {"language": "en", "types": QUICK, "variables": {"1": "x"}, "colour": "red"},
        {"types": QUICK, "variables": {"1": "x"}},
        {"language": "en", "types": QUICK},
        {"language": "en", "types": {"twilio/hologram": {"body": "x"}}},
        {"language": "en", "types": {"whatsapp/card": {"body": "x"}}},
        {"language": "en", "types": {"twilio/text": {"boddy": "x"}}},
        {"language": "en", "types": {"twilio/text": {"body": "x {{1"}}},
    ],
)
def test_twilio_refuses_content_it_would_refuse(content: dict[str, Any]) -> None:
    bench = Bench("twilio")
    good = {"language": "en", "types": QUICK, "variables": {"1": "x"}}
    assert bench.post("twilio/v1/Content", json=good, auth=("AC1", "right")).status_code == 201
    assert bench.post("twilio/v1/Content", json=content, auth=("AC1", "right")).json()["code"] == 20422


@pytest.mark.parametrize("words", ["", "two\nlines", "a\ttab", "a     gap", None])
def test_twilio_refuses_variables_it_would_refuse(words: str | None) -> None:
    bench = Bench("twilio")
    good = {"language": "en", "types": QUICK, "variables": {"1": "x"}}
    sid = bench.post("twilio/v1/Content", json=good, auth=("AC1", "right")).json()["sid"]
    form = {"To": "whatsapp:+447700900123", "From": "whatsapp:+447700900630", "ContentSid": sid}
    path = "twilio/2010-04-01/Accounts/AC1/Messages.json"
    for variables, status in (({"1": "fine"}, 201), ({"1": words}, 400), ({"9": "x"}, 400)):
        answer = bench.post(
            path, data={**form, "ContentVariables": json.dumps(variables)}, auth=("AC1", "right")
        )
        assert answer.status_code == status


@pytest.mark.parametrize("many", [1, 3, 4, 10])
def test_choices_by_twilio_arrive_as_buttons_or_as_a_list(many: int) -> None:
    bench = Bench("twilio")
    choices = tuple(Choice(f"id-{n}", f"Choice {n}") for n in range(many))
    bench.send(Kind.CHOICE, text="First line\n\nsecond line", choices=choices, menu_label="Choose")
    (taken,) = bench.memory.received
    assert (taken.text, taken.as_list, taken.kind) == ("First line\n\nsecond line", many > 3, "interactive")
    assert [(option.id, option.title) for option in taken.options] == [(one.id, one.title) for one in choices]


# --- with rows -------------------------------------------------------------------------------------------


@pytest.fixture
def channel(db: None) -> Channel:
    return make_channel(make_centre())


def test_a_decision_is_made_once_and_told_to_our_own_hook(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, bytes]] = []
    monkeypatch.setattr(hooks, "carry", lambda url, post, **_: told.append((url, post.body)))
    monkeypatch.setattr(postman, "after", lambda *_: None)
    form = Form("77", "appointment", "en", "UTILITY", "You win a prize on {{1}}.", ["1"], status="PENDING")
    reviewing.keep(channel, form)
    row = VendorForm.objects.get()
    for _ in range(2):
        reviewing.decide(row.pk)
    assert [found.status for found in reviewing.forms(channel, ())] == ["REJECTED"]
    ((url, body),) = told
    assert url.endswith(f"/hooks/whatsapp_cloud/{channel.pk}")
    (event,) = load("whatsapp_cloud", channel.config).parse(body, {}, now())
    assert isinstance(event, TemplateChange)
    assert (event.name, event.state, event.reason) == ("appointment", "rejected", "SCAM")
    assert event.words == "It promises money or a prize."


def test_one_approved_from_the_start_can_be_deleted_too(channel: Channel) -> None:
    known = approved_forms()
    reviewing.drop(channel, known[0])
    assert [form.id for form in reviewing.forms(channel, known)] == [form.id for form in known[1:]]


def test_what_is_pressed_under_a_template_comes_as_meta_says_it(channel: Channel) -> None:
    pressed = Utterance(
        "wamid.1", "choice", now(), choice=("Yes", "Yes"), raw_kind="template", reply_to="wamid.0"
    )
    post = line_of("whatsapp_cloud", channel.config, "https://help.example").said(
        Writer("+447700900123"), pressed
    )
    assert json.loads(post.body)["entry"][0]["changes"][0]["value"]["messages"][0]["type"] == "button"
    (event,) = load("whatsapp_cloud", channel.config).parse(post.body, {}, now())
    assert isinstance(event, Incoming)
    assert (event.kind, event.choice, event.reply_to) == (Kind.CHOICE, Choice("Yes", "Yes"), "wamid.0")


def test_what_is_chosen_from_a_list_comes_as_twilio_says_it(db: None) -> None:
    channel = make_channel(make_centre(), "twilio")
    channel.config = {**channel.config, "sender": "whatsapp:+447700900610"}
    chosen = Utterance("SM1", "choice", now(), choice=("id-3", "Food"), from_list=True, reply_to="SM0")
    post = line_of("twilio", channel.config, "https://help.example").said(Writer("+447700900123"), chosen)
    assert b"ListId=id-3" in post.body
    (event,) = load("twilio", channel.config).parse(post.body, dict(post.headers), now())
    assert isinstance(event, Incoming)
    assert event.choice == Choice("id-3", "Food")
