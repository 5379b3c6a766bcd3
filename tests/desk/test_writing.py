"""Writing from the desk: exactly once, kept when it fails, and taken back while there is time."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from aidline.channels.models import Template
from aidline.conversations.models import Conversation, Draft, Mention, Message
from aidline.conversations.sending import keep_draft
from aidline.conversations.states import MessageState
from aidline.kernel.clock import now
from aidline.knowledge.services import save_canned
from desk.stage import Stage
from factories import make_conversation


def outgoing() -> list[Message]:
    return list(Message.objects.filter(direction="o").order_by("seq"))


def photo() -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(held, "JPEG")
    return SimpleUploadedFile("door of Amal.jpg", held.getvalue(), "image/jpeg")


def test_a_double_click_is_one_message(stage: Stage) -> None:
    client = stage.client(script=True)
    key = str(uuid4())
    first, second = (stage.reply(client, "We are open.", client_key=key) for _ in range(2))
    assert [message.text for message in outgoing()] == ["We are open."]
    assert str(outgoing()[0].pk) in first.content.decode()
    assert str(outgoing()[0].pk) in second.content.decode()


def test_two_replies_are_two_messages(stage: Stage) -> None:
    client = stage.client()
    stage.reply(client, "One")
    stage.reply(client, "One")
    assert len(outgoing()) == 2


def test_a_browser_without_script_goes_back_to_the_conversation_with_undo(stage: Stage) -> None:
    client = stage.client()
    answer = stage.reply(client)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        stage.url("talk", stage.talk.pk) + "?sent=1",
    )
    page = client.get(answer.headers["Location"]).content.decode()
    assert stage.url("take_back", outgoing()[0].pk) in page


def test_answering_takes_what_nobody_has_and_leaves_what_somebody_has(stage: Stage) -> None:
    stage.reply(stage.client())
    stage.talk.refresh_from_db()
    assert stage.talk.assignee == stage.member
    stage.reply(stage.client(stage.colleague))
    stage.talk.refresh_from_db()
    assert stage.talk.assignee == stage.member


def test_undo_takes_back_what_has_not_left_and_gives_the_words_back(stage: Stage) -> None:
    client = stage.client(script=True)
    stage.reply(client, "Oops")
    message = outgoing()[0]
    assert client.post(stage.url("take_back", message.pk)).status_code == 204
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    assert Draft.objects.get(staff=stage.agent, is_note=False).text == "Oops"


def test_what_has_left_cannot_be_taken_back(stage: Stage) -> None:
    client = stage.client(script=True)
    stage.reply(client)
    Message.objects.filter(direction="o").update(state=MessageState.SENT, attempts=1)
    answer = client.post(stage.url("take_back", outgoing()[0].pk))
    assert (answer.status_code, answer.content.decode()) == (422, "It has left already.")


def test_a_failed_message_goes_out_again_at_the_agents_word(stage: Stage) -> None:
    client = stage.client(script=True)
    stage.reply(client)
    Message.objects.filter(direction="o").update(state=MessageState.UNKNOWN, due_at=None)
    page = client.get(stage.url("lines", stage.talk.pk)).content.decode()
    assert "We do not know whether this arrived" in page
    assert client.post(stage.url("send_again", outgoing()[0].pk)).status_code == 204
    assert outgoing()[0].state == MessageState.QUEUED
    assert len(outgoing()) == 1


def test_a_shut_window_refuses_in_words_and_keeps_what_was_typed(stage: Stage) -> None:
    Conversation.objects.filter(pk=stage.talk.pk).update(window_until=now() - timedelta(hours=1))
    answer = stage.reply(stage.client(script=True), "Still there?")
    assert answer.status_code == 422
    assert "Send an approved message" in answer.content.decode()
    assert Draft.objects.get(staff=stage.agent).text == "Still there?"
    assert outgoing() == []


def test_an_approved_message_is_offered_in_the_persons_language_and_sent_once(stage: Stage) -> None:
    Conversation.objects.filter(pk=stage.talk.pk).update(
        language="ar", window_until=now() - timedelta(hours=1)
    )
    names = {"family": "still_here", "name": "still_here"}
    common = {"channel": stage.channel, **names, "state": "approved", "parameters": ["1"]}
    Template.objects.create(**common, language="en", body="Hello {{1}}")
    arabic = Template.objects.create(**common, language="ar", body="مرحبًا {{1}}")
    client = stage.client(script=True)
    page = client.get(stage.url("templates", stage.talk.pk)).content.decode()
    assert page.index("مرحبًا") < page.index("Hello")
    url = stage.url("template", stage.talk.pk)
    data = {"template": str(arabic.pk), "client_key": str(uuid4()), "value-1": ""}
    assert client.post(url, data).status_code == 422
    sent = [client.post(url, {**data, "value-1": "أرز"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [200, 200]
    assert [message.text for message in outgoing()] == ["مرحبًا أرز"]


def test_photos_are_cleaned_kept_and_sent_with_their_words(stage: Stage) -> None:
    answer = stage.reply(stage.client(script=True), "The door", files=[photo(), photo()])
    assert answer.status_code == 200
    assert [(m.kind, m.text, m.attachments.count()) for m in outgoing()] == [
        ("text", "The door", 0),
        ("image", "", 1),
        ("image", "", 1),
    ]


def test_a_file_of_a_kind_that_is_not_taken_is_refused_in_words(stage: Stage) -> None:
    bad = SimpleUploadedFile("x.exe", b"MZ\x90\x00" + b"\0" * 200)
    answer = stage.reply(stage.client(script=True), "See this", files=[bad])
    assert answer.status_code == 422
    assert outgoing() == []
    assert Draft.objects.get(staff=stage.agent).text == "See this"


def test_a_note_never_leaves_and_tells_the_colleague_it_names(stage: Stage) -> None:
    client = stage.client(script=True)
    data = {"text": "@Noor Amari please call the clinic", "client_key": str(uuid4())}
    for _ in range(2):
        assert client.post(stage.url("note", stage.talk.pk), data).status_code == 200
    assert outgoing() == []
    assert Message.objects.filter(direction="n").count() == 1
    assert Mention.objects.get().staff == stage.colleague
    waiting = stage.client(stage.colleague)
    assert (
        stage.talk.person.alias("en") in waiting.get(stage.url("home"), {"view": "mentions"}).content.decode()
    )
    waiting.get(stage.url("talk", stage.talk.pk))
    assert Mention.objects.get().seen_at is not None


def test_nobody_wipes_the_draft_of_another(stage: Stage) -> None:
    url = stage.url("draft", stage.talk.pk)
    stage.client(script=True).post(url, {"text": "Half a rep"})
    other = stage.client(stage.colleague, script=True)
    other.post(url, {"text": "Mine"})
    other.post(url, {"text": ""})
    stage.reply(other, "I answer now")
    assert Draft.objects.get().text == "Half a rep"
    assert "Half a rep" in stage.client().get(stage.url("talk", stage.talk.pk)).content.decode()
    assert "Half a rep" not in other.get(stage.url("talk", stage.talk.pk)).content.decode()


def test_reply_and_note_have_drafts_of_their_own(stage: Stage) -> None:
    keep_draft(by=stage.agent, conversation=stage.talk, text="To the person", is_note=False)
    keep_draft(by=stage.agent, conversation=stage.talk, text="To colleagues", is_note=True)
    stage.reply(stage.client(), "To the person")
    assert [draft.text for draft in Draft.objects.all()] == ["To colleagues"]


def test_prepared_replies_come_in_the_persons_language_with_their_variables(stage: Stage) -> None:
    texts = {"en": "We are {centre}.", "ar": "نحن {centre}، {alias}، {agent}."}
    save_canned(by=stage.supervisor, centre=stage.centre, code="who-we-are", texts=texts)
    talk = make_conversation(stage.channel, ["من أنتم؟"], language="ar")
    page = stage.client(script=True).get(stage.url("prepared", talk.pk), {"q": "who"}).content.decode()
    assert f"نحن Port Merin، {talk.person.alias('ar')}، Mira." in page
    none = stage.client(script=True).get(stage.url("prepared", talk.pk), {"q": "xyz"}).content.decode()
    assert "who-we-are" not in none


def test_without_a_script_a_prepared_reply_is_put_behind_the_draft(stage: Stage) -> None:
    reply = save_canned(by=None, centre=stage.centre, code="bye", texts={"en": "Take care."})
    keep_draft(by=stage.agent, conversation=stage.talk, text="Thank you.", is_note=False)
    client = stage.client()
    talk = stage.url("talk", stage.talk.pk)
    listed = client.get(talk, {"prepared": "1"}).content.decode()
    assert f"{talk}?insert={reply.pk}" in listed
    assert ">Thank you.\nTake care.</textarea>" in client.get(talk, {"insert": reply.pk}).content.decode()


def test_a_stranger_elsewhere_can_write_nothing(stage: Stage) -> None:
    client = stage.client(stage.elsewhere)
    stage.reply(stage.client())
    message = outgoing()[0]
    for name, args in [("reply", [stage.talk.pk]), ("note", [stage.talk.pk]), ("draft", [stage.talk.pk])]:
        assert client.post(stage.url(name, *args), {"text": "x", "client_key": uuid4()}).status_code == 404
    for name in ("take_back", "send_again"):
        assert client.post(stage.url(name, message.pk)).status_code == 404
    assert len(outgoing()) == 1
