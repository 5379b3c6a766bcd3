"""What only WhatsApp has: buttons and lists, templates, people without a number, its file addresses."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aidline.channels.contract import Choice, Kind, MediaRef, Scheme, Sender, TemplateInfo, TemplateUse
from aidline.channels.providers.whatsapp_cloud import WhatsAppCloud
from aidline.kernel import http
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen, serving
from payloads import whatsapp_cloud
from payloads.kit import NUMBER, OTHER_NUMBER


@pytest.fixture
def meta() -> Iterator[Bench]:
    with bench(whatsapp_cloud.KITS[0]) as found:
        yield found


def body(seen: Seen) -> dict[str, Any]:
    return json.loads(seen.body)


def choices(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"id-{at}", title) for at, title in enumerate(titles))


def test_the_whole_request_for_an_answer(meta: Bench) -> None:
    meta.send(meta.out(text="hello", reply_to="wamid.theirs"))
    (seen,) = meta.messages
    assert (seen.path, seen.headers["authorization"]) == (
        "/v25.0/100000000000001/messages",
        "Bearer CANARYTOKEN-system-user",
    )
    assert body(seen) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": NUMBER[1:],
        "type": "text",
        "text": {"body": "hello", "preview_url": False},
        "context": {"message_id": "wamid.theirs"},
        "biz_opaque_callback_data": str(whatsapp_cloud.MESSAGE),
    }


def test_a_person_without_a_number_is_written_to_by_id(meta: Bench) -> None:
    meta.send(replace(meta.out(), to=Sender(Scheme.WHATSAPP_USER, "GB.134912")))
    sent = body(meta.messages[0])
    assert ("to" in sent, sent["recipient"]) == (False, "GB.134912")


def test_a_corrected_number_comes_back(meta: Bench) -> None:
    """Brazil and Argentina: the id that WhatsApp knows differs from the number that was dialled."""
    assert meta.send(meta.out()).address is None
    answer = {"contacts": [{"input": NUMBER, "wa_id": OTHER_NUMBER[1:]}], "messages": [{"id": "wamid.1"}]}
    meta.answer_messages_with(Answer(body=json.dumps(answer).encode()))
    assert meta.send(meta.out()).address == Sender(Scheme.PHONE, OTHER_NUMBER)


@pytest.mark.parametrize(
    ("titles", "shape"),
    [
        (("Yes", "No"), "button"),
        (("1", "2", "3", "4"), "list"),
        (("a title that is longer than a button",), "list"),
        (tuple(str(at) for at in range(11)), "text"),
        (("Same", "Same"), "text"),
    ],
)
def test_choices_take_the_best_shape_that_holds_them(
    meta: Bench, titles: tuple[str, ...], shape: str
) -> None:
    meta.send(meta.out(Kind.CHOICE, text="Which?", choices=choices(*titles)))
    sent = body(meta.messages[0])
    assert (sent["interactive"]["type"] if sent["type"] == "interactive" else "text") == shape


def test_choices_that_do_not_fit_are_numbered(meta: Bench) -> None:
    meta.send(meta.out(Kind.CHOICE, text="Which?", choices=choices("Same", "Same")))
    assert body(meta.messages[0])["text"]["body"] == "Which?\n\n1. Same\n2. Same"


def test_a_long_title_in_a_list_is_told_in_full_below(meta: Bench) -> None:
    title = "Somewhere to sleep tonight"
    meta.send(meta.out(Kind.CHOICE, text="Which?", choices=choices(title), menu_label="Choose"))
    action = body(meta.messages[0])["interactive"]["action"]
    row = {"id": "id-0", "title": "Somewhere to sleep toni…", "description": title}
    assert action == {"button": "Choose", "sections": [{"rows": [row]}]}


def test_template_parameters_go_to_their_components(meta: Bench) -> None:
    given = {"2": "b", "10": "c", "1": "a", "header.1": "h", "button.0": "code"}
    meta.send(meta.out(Kind.TEMPLATE, template=TemplateUse("welcome", "ar", given)))
    assert body(meta.messages[0])["template"]["components"] == [
        {"type": "header", "parameters": [{"type": "text", "text": "h"}]},
        {"type": "body", "parameters": [{"type": "text", "text": word} for word in "abc"]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "code"}]},
    ]


def test_named_template_parameters_keep_their_names(meta: Bench) -> None:
    meta.send(meta.out(Kind.TEMPLATE, template=TemplateUse("welcome", "ar", {"name": "Ilham"})))
    (component,) = body(meta.messages[0])["template"]["components"]
    assert component["parameters"] == [{"type": "text", "text": "Ilham", "parameter_name": "name"}]


def _page(at: int) -> dict[str, Any]:
    components = [
        {"type": "HEADER", "format": "TEXT", "text": "For {{1}}"},
        {"type": "BODY", "text": "Hello {{1}}, call {{ 2 }}"},
        {
            "type": "BUTTONS",
            "buttons": [{"type": "QUICK_REPLY"}, {"type": "URL", "url": "https://e.example/{{1}}"}],
        },
    ]
    one = {"id": f"t{at}", "name": f"n{at}", "language": "ar", "status": "APPROVED", "category": "UTILITY"}
    paging = {"cursors": {"after": f"c{at}"}, **({"next": "https://evil.example/"} if at < 2 else {})}
    return {"data": [{**one, "components": components}], "paging": paging}


def test_templates_are_read_page_by_page_from_our_own_address(meta: Bench) -> None:
    meta.world.answer = lambda _: Answer(body=json.dumps(_page(len(meta.world.seen) - 1)).encode())
    with meta.client() as client:
        found = WhatsAppCloud.sync_templates(meta.provider(), client)  # type: ignore[arg-type]
    assert found[0] == TemplateInfo(
        name="n0",
        language="ar",
        state="approved",
        category="utility",
        header="For {{header.1}}",
        body="Hello {{1}}, call {{2}}",
        parameters=("header.1", "1", "2", "button.1"),
        external_id="t0",
    )
    assert [info.name for info in found] == ["n0", "n1", "n2"]
    assert ["after=c" in seen.path for seen in meta.world.seen] == [False, True, True]
    assert all(seen.path.startswith("/v25.0/200000000000002/message_templates?") for seen in meta.world.seen)


@pytest.mark.parametrize("typing", [True, False])
def test_reading_and_typing_are_shown(meta: Bench, typing: bool) -> None:
    with meta.client() as client:
        WhatsAppCloud.mark_read(meta.provider(), client, "wamid.1", typing=typing)  # type: ignore[arg-type]
    expected = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}
    assert body(meta.messages[0]) == expected | ({"typing_indicator": {"type": "text"}} if typing else {})


def test_a_reaction_and_its_taking_back(meta: Bench) -> None:
    with meta.client() as client:
        for emoji in ("👍", ""):
            WhatsAppCloud.react(meta.provider(), client, meta.out().to, "wamid.1", emoji)  # type: ignore[arg-type]
    assert [body(seen)["reaction"] for seen in meta.messages] == [
        {"message_id": "wamid.1", "emoji": "👍"},
        {"message_id": "wamid.1", "emoji": ""},
    ]


def test_a_file_is_uploaded_before_it_is_sent(meta: Bench) -> None:
    meta.send(meta.out(Kind.DOCUMENT, text="the letter"))
    upload, sent = meta.world.seen
    assert upload.path.endswith("/media")
    assert b"the bytes" in upload.body
    assert body(sent)["document"] == {"id": "media-1", "filename": "file", "caption": "the letter"}


def test_the_token_is_not_shown_to_a_stranger_that_a_file_address_names(meta: Bench) -> None:
    with serving() as stranger:
        stranger.answer = lambda _: Answer(body=b"x", headers={"Content-Type": "image/png"})
        meta.world.answer = lambda _: Answer(body=json.dumps({"url": f"{stranger.url}/file"}).encode())
        with http.client(frozenset({meta.world.origin, stranger.origin})) as client:
            meta.provider().fetch_media(client, MediaRef("1", Kind.IMAGE))
        assert "authorization" in meta.world.seen[0].headers
        assert "authorization" not in stranger.seen[0].headers


def test_the_token_goes_to_metas_own_file_hosts() -> None:
    with bench(whatsapp_cloud.KITS[0]) as found:
        trusted = found.provider()._trusted  # type: ignore[attr-defined]
    assert trusted("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1")
    assert not trusted("http://lookaside.fbsbx.com/")
    assert not trusted("https://fbsbx.com.evil.example/")
    assert not trusted("https://evilfbsbx.com/")


def test_accounts_named_inside_a_text_do_not_count(meta: Bench) -> None:
    sly = whatsapp_cloud.message("text", {"body": '"phone_number_id":"777"'})
    raw = whatsapp_cloud.envelope(whatsapp_cloud.value(sly))
    assert meta.provider().accounts(raw) == {"100000000000001"}  # type: ignore[attr-defined]
