"""A visitor writes, is answered, comes back, and leaves."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from aidline.centres.timetables import close_until
from aidline.config.live import chat_grant
from aidline.conversations.models import Message
from aidline.conversations.sending import add_note, send_reply
from aidline.conversations.services import look
from aidline.conversations.states import Direction, MessageState
from aidline.gateway.media import fetch_attachment
from aidline.kernel.clock import now
from aidline.portal import limits, visitors
from factories import make_staff
from portal.stage import PAGE, Stage, post, stored, token, write


def lines(client: Client, after: int = 0) -> str:
    return client.get(f"{PAGE}lines?after={after}").content.decode()


def test_what_is_written_without_javascript_is_on_the_page_after_it(stage: Stage, visitor: Client) -> None:
    answer = write(visitor, "On est trois. Peut-on venir ?")
    assert (answer.status_code, stored()) == (303, 1)
    stage.work()
    page = visitor.get(answer.headers["Location"])
    assert "On est trois. Peut-on venir ?" in page.content.decode()


def test_what_waits_for_the_worker_is_shown_as_received(
    stage: Stage, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aidline.portal.views.WAIT_FOR_WORKER", 0.01)
    answer = write(visitor, "Bonsoir")
    page = visitor.get(answer.headers["Location"]).content.decode()
    assert f'<a href="{answer.headers["Location"]}">' in page


def test_the_person_is_known_by_a_derived_id_in_the_language_they_chose(stage: Stage) -> None:
    browser = Client()
    browser.get(PAGE + "?lang=ar")
    write(browser, "Salam")
    stage.work()
    conversation = stage.conversation()
    assert conversation.language == "ar"
    secret = browser.cookies["aidline-chat"].value
    assert conversation.address is not None
    assert len(conversation.address.value) == 32
    assert conversation.address.value not in secret


def test_the_same_form_sent_twice_is_one_message(stage: Stage, visitor: Client) -> None:
    fields = {"token": token(visitor.get(PAGE)), "id": str(uuid4()), "text": "Une fois"}
    for _ in range(3):
        assert post(visitor, **fields, json=True).status_code == 201
    stage.work()
    assert post(visitor, **fields, json=True).status_code == 201
    stage.work()
    assert Message.objects.filter(direction=Direction.IN).count() == 1


def test_a_reply_is_seen_by_its_visitor_and_by_nobody_else(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    stage.answer("Venez jusqu’à 21 h.")
    assert "Venez jusqu’à 21 h." in lines(visitor)
    assert "Mira" in lines(visitor)
    assert "Kessler" not in lines(visitor)
    other = Client()
    write(other, "Et moi ?")
    stage.work()
    assert "Venez" not in lines(other)


def test_notes_and_replies_that_can_still_be_taken_back_are_not_shown(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    add_note(by=stage.agent, conversation=stage.conversation(), text="Prudence avec elle")
    send_reply(by=stage.agent, conversation=stage.conversation(), text="Pas encore parti")
    assert "Prudence" not in lines(visitor)
    assert "Pas encore parti" not in lines(visitor)


def test_a_reply_that_leaves_late_is_not_missed_by_a_page_that_has_later_lines(
    stage: Stage, visitor: Client
) -> None:
    write(visitor, "Un")
    stage.work()
    (late,) = send_reply(by=stage.agent, conversation=stage.conversation(), text="Écrite avant")
    write(visitor, "Deux")
    stage.work()
    after = int(lines(visitor).split('data-after="')[1].split('"')[0])
    Message.objects.filter(pk=late.pk).update(state=MessageState.SENT)
    assert "Écrite avant" in lines(visitor, after)


def test_the_page_asks_again_and_is_told_that_nothing_is_new(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    tag = visitor.get(PAGE + "lines?after=1").headers["ETag"]
    again = visitor.get(PAGE + "lines?after=1", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    stage.answer("Bonsoir à vous")
    assert visitor.get(PAGE + "lines?after=1", headers={"If-None-Match": tag}).status_code == 200


def test_an_answered_message_is_marked_as_read(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    assert 'data-read="0"' in lines(visitor)
    stage.answer("Bonsoir à vous")
    assert 'data-read="2"' in lines(visitor)


def test_what_the_visitor_saw_comes_back_to_the_desk_as_a_receipt(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    reply = stage.answer("Bonsoir à vous")
    visitor.get(PAGE)
    stage.work()
    reply.refresh_from_db()
    assert reply.state == MessageState.DELIVERED
    fields = {"token": token(visitor.get(PAGE)), "ids": str(reply.pk), "read": "on"}
    assert visitor.post(PAGE + "seen", fields).status_code == 204
    stage.work()
    reply.refresh_from_db()
    assert reply.state == MessageState.READ


def test_many_lines_take_no_more_queries_than_one(
    stage: Stage, visitor: Client, django_assert_num_queries: Any
) -> None:
    write(visitor, "Un")
    stage.work()
    stage.answer("Deux")
    with CaptureQueriesContext(connection) as few:
        lines(visitor)
        count = len(few)
    for number in range(3):
        write(visitor, f"Encore {number}")
        stage.work()
        stage.answer(f"Réponse {number}")
    with django_assert_num_queries(count):
        lines(visitor)


def test_nobody_can_mark_what_was_said_to_another(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    reply = stage.answer("Pour elle seule")
    stranger = Client()
    write(stranger, "Moi aussi")
    stage.work()
    before = stored()
    fields = {"token": token(stranger.get(PAGE)), "ids": str(reply.pk), "read": "on"}
    assert stranger.post(PAGE + "seen", fields).status_code == 204
    assert stored() == before


def test_the_visitor_sees_that_an_answer_is_being_written(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    assert "data-writing" not in lines(visitor)
    look(by=stage.agent, conversation=stage.conversation(), typing=True)
    assert "data-writing" in lines(visitor)


# --- one cookie, no way in -----------------------------------------------------------------------------------


def test_there_is_exactly_one_cookie_and_scripts_cannot_read_it(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    lines(visitor)
    assert list(visitor.cookies) == ["aidline-chat"]
    cookie = visitor.cookies["aidline-chat"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_over_https_the_cookie_is_bound_to_the_host(stage: Stage, settings: object) -> None:
    settings.PUBLIC_URL = "https://help.example.org"  # type: ignore[attr-defined]
    browser = Client()
    browser.get(PAGE)
    assert list(browser.cookies) == ["__Host-aidline-chat"]
    cookie = browser.cookies["__Host-aidline-chat"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_a_changed_or_foreign_cookie_is_nobody(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    assert "Bonsoir" in lines(visitor)
    value = visitor.cookies["aidline-chat"].value
    visitor.cookies["aidline-chat"] = ("B" if value[0] == "A" else "A") + value[1:]
    assert "Bonsoir" not in lines(visitor)


def test_a_form_from_another_page_stores_nothing_and_keeps_what_was_typed(
    stage: Stage, visitor: Client
) -> None:
    visitor.get(PAGE)
    answer = post(visitor, token="0" * 32, text="Tapé avec peine")
    assert (answer.status_code, stored()) == (403, 0)
    assert "Tapé avec peine" in answer.content.decode()


def test_a_browser_that_keeps_no_cookie_stores_nothing(stage: Stage, visitor: Client) -> None:
    form = token(visitor.get(PAGE))
    assert post(Client(), token=form, text="Bonsoir").status_code == 403
    assert stored() == 0


def test_a_closed_or_unknown_chat_is_not_there(stage: Stage, visitor: Client) -> None:
    assert visitor.get("/chat/nowhere/").status_code == 404
    stage.channel.is_open = False
    stage.channel.save()
    assert visitor.get(PAGE).status_code == 404
    assert visitor.get("/widget/port-merin.js").status_code == 404


def test_too_much_at_once_is_asked_to_wait_and_not_lost(stage: Stage, visitor: Client) -> None:
    form = token(visitor.get(PAGE))
    limits.VISITOR_MESSAGES._most, most = 2, limits.VISITOR_MESSAGES._most
    try:
        answers = [post(visitor, token=form, text=f"Message {number}") for number in range(3)]
    finally:
        limits.VISITOR_MESSAGES._most = most
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Message 2" in answers[2].content.decode()
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60


def test_a_connection_has_a_limit_of_its_own_and_is_not_kept() -> None:
    limit = limits.Limit(2, 60)
    assert [limit.spend("198.51.100.7") for _ in range(3)] == [True, True, False]
    assert limit.spend("198.51.100.8")
    assert not any(b"198.51" in key for key in limit._counts)


# --- leaving -------------------------------------------------------------------------------------------------


def test_leaving_forgets_the_conversation_on_this_device(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    assert "Bonsoir" in lines(visitor)
    answer = visitor.get(PAGE + "leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://weather.example/")
    assert answer.cookies["aidline-chat"]["max-age"] == 0
    assert "Bonsoir" not in visitor.get(PAGE).content.decode()


def test_another_site_cannot_make_a_visitor_forget(stage: Stage, visitor: Client) -> None:
    visitor.get(PAGE)
    answer = visitor.get(PAGE + "leave", headers={"Sec-Fetch-Site": "cross-site"})
    assert "aidline-chat" not in answer.cookies


def test_the_tab_and_the_address_tell_nothing(stage: Stage, visitor: Client) -> None:
    page = visitor.get(PAGE).content.decode()
    assert "<title>Messages</title>" in page
    assert visitor.get(PAGE).headers["Cache-Control"] == "no-store"
    assert visitor.get(PAGE).headers["Referrer-Policy"] == "same-origin"


# --- languages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "query", "language", "direction"),
    [
        ("ar-SY,fr;q=0.5", "", "ar", "rtl"),
        ("de, fr;q=0.8, ar;q=0.9", "", "ar", "rtl"),
        ("de", "", "fr", "ltr"),
        ("fr", "?lang=ar", "ar", "rtl"),
        ("ar", "?lang=de", "ar", "rtl"),
    ],
)
def test_the_page_speaks_the_language_of_its_reader(
    stage: Stage, accepted: str, query: str, language: str, direction: str
) -> None:
    page = Client(headers={"Accept-Language": accepted}).get(PAGE + query).content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert escape(stage.centre.texts["greeting"][language]) in page


def test_a_chosen_language_is_kept_without_another_cookie(stage: Stage) -> None:
    browser = Client(headers={"Accept-Language": "fr"})
    browser.get(PAGE + "?lang=ar")
    assert 'lang="ar" dir="rtl"' in browser.get(PAGE).content.decode()
    assert list(browser.cookies) == ["aidline-chat"]


def test_languages_are_offered_under_their_own_names(stage: Stage, visitor: Client) -> None:
    page = visitor.get(PAGE).content.decode()
    for name in ("français", "العربية", "English", "ትግርኛ"):
        assert name in page


def test_a_language_the_screens_do_not_speak_is_still_the_persons(stage: Stage) -> None:
    browser = Client(headers={"Accept-Language": "ti"})
    assert '<html lang="fr"' in browser.get(PAGE).content.decode()
    write(browser, "ሰላም")
    stage.work()
    assert stage.conversation().language == "ti"


# --- outside the hours ---------------------------------------------------------------------------------------


def closed_now(stage: Stage) -> None:
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(now() + timedelta(days=3)).weekday()]
    stage.centre.hours = {day: [["08:00", "20:00"]]}
    stage.centre.save()


def test_a_chat_that_is_closed_for_now_says_why_in_the_language_and_opens_by_itself(
    stage: Stage, visitor: Client
) -> None:
    texts = {"fr": "Nous déménageons.", "ar": "نحن ننتقل"}
    until = now() + timedelta(hours=2)
    admin, _member = make_staff(stage.centre, name="Hana Head")
    close_until(by=admin, centre=stage.centre, channel_id=stage.channel.pk, until=until, texts=texts)
    page = visitor.get(PAGE).content.decode()
    assert ("Nous déménageons." in page, 'name="contact"' in page) == (True, True)
    assert "نحن ننتقل" in visitor.get(PAGE + "?lang=ar").content.decode()
    with time_machine.travel(until):
        assert "Nous déménageons." not in visitor.get(PAGE + "?lang=fr").content.decode()


def test_a_closed_centre_takes_a_message_and_a_way_to_reach_them(stage: Stage, visitor: Client) -> None:
    assert 'name="contact"' not in visitor.get(PAGE).content.decode()
    closed_now(stage)
    assert 'name="contact"' in visitor.get(PAGE).content.decode()
    assert write(visitor, "Rappelez-moi", contact="06 39 98 12 34").status_code == 303
    stage.work()
    said, card = Message.objects.order_by("seq")
    assert (said.text, said.kind) == ("Rappelez-moi", "text")
    assert card.extra["cards"][0]["phones"] == ["+33639981234"]
    assert stage.conversation().messages.count() == 2


@pytest.mark.parametrize("contact", ["12", "somebody@", "call me"])
def test_a_way_to_reach_them_that_cannot_be_one_is_asked_again(
    stage: Stage, visitor: Client, contact: str
) -> None:
    closed_now(stage)
    answer = write(visitor, "Rappelez-moi", contact=contact)
    assert (answer.status_code, stored()) == (400, 0)
    assert "Rappelez-moi" in answer.content.decode()
    assert escape(contact) in answer.content.decode()


# --- files ---------------------------------------------------------------------------------------------------


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_photo_reaches_the_desk_and_its_sender_only(stage: Stage, visitor: Client) -> None:
    assert write(visitor, "Voici", file=upload("photo.png", PIXEL)).status_code == 303
    stage.work()
    message = Message.objects.get()
    attachment = message.attachments.get()
    assert (message.kind, message.text) == ("image", "Voici")
    after = int(lines(visitor).split('data-after="')[1].split('"')[0])
    fetch_attachment({"attachment": str(attachment.pk)})
    assert f"file/{attachment.pk}" in lines(visitor, after)
    address = f"{PAGE}file/{attachment.pk}"
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Client().get(address).status_code == 404
    other = Client()
    write(other, "Moi aussi")
    stage.work()
    assert other.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"MZ\x90\x00" + b"\0" * 200),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("page.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("archive.zip", b"PK\x03\x04" + b"\0" * 200),
        ("empty.png", b""),
    ],
)
def test_files_that_are_not_what_they_say_are_refused_and_the_words_kept(
    stage: Stage, visitor: Client, name: str, content: bytes
) -> None:
    answer = write(visitor, "Mes papiers", file=upload(name, content))
    assert (answer.status_code, stored()) == (400, 0)
    assert "Mes papiers" in answer.content.decode()


def test_nothing_at_all_is_not_sent(stage: Stage, visitor: Client) -> None:
    assert write(visitor, "   ").status_code == 400
    assert stored() == 0


# --- without javascript --------------------------------------------------------------------------------------


def test_the_line_that_looks_again_tells_of_new_replies(stage: Stage, visitor: Client) -> None:
    assert "<iframe" not in visitor.get(PAGE).content.decode()
    write(visitor, "Bonsoir")
    stage.work()
    page = visitor.get(PAGE).content.decode()
    assert f'src="{PAGE}news?shown=0"' in page
    assert "http-equiv" not in page
    stage.answer("Bonsoir à vous")
    news = visitor.get(PAGE + "news?shown=0")
    assert '<meta http-equiv="refresh" content="20">' in news.content.decode()
    assert f'href="{PAGE}#end"' in news.content.decode()
    assert "frame-ancestors 'self'" in news.headers["Content-Security-Policy"]


# --- within other sites --------------------------------------------------------------------------------------


def ancestors(answer: object) -> str:
    policy = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    return next(part.strip() for part in policy.split(";") if "frame-ancestors" in part)


def test_only_the_sites_of_the_channel_may_frame_the_chat(stage: Stage, visitor: Client) -> None:
    assert ancestors(visitor.get(PAGE)) == "frame-ancestors 'none'"
    assert ancestors(visitor.get(PAGE + "?framed=1")) == "frame-ancestors https://www.harbour.example"
    stage.channel.config = {"secret": "not a secret", "origins": "*; script-src * https://"}
    stage.channel.save()
    assert ancestors(visitor.get(PAGE + "?framed=1")) == "frame-ancestors 'none'"


def test_in_a_frame_the_cookie_is_kept_apart_for_each_site(stage: Stage, settings: object) -> None:
    settings.PUBLIC_URL = "https://help.example.org"  # type: ignore[attr-defined]
    cookie = Client().get(PAGE + "?framed=1").headers["Set-Cookie"]
    assert cookie.startswith("__Host-aidline-chat=")
    assert cookie.endswith("; Path=/; Secure; HttpOnly; SameSite=None; Partitioned")


def test_the_language_and_the_frame_stay_over_a_post(stage: Stage, visitor: Client) -> None:
    form = token(visitor.get(PAGE + "?framed=1"))
    answer = visitor.post(PAGE + "say?framed=1", {"id": str(uuid4()), "token": form, "text": "Bonsoir"})
    assert "framed=1" in answer.headers["Location"]


# --- the stream ----------------------------------------------------------------------------------------------


def test_the_stream_tells_a_visitor_of_their_own_conversation_only(stage: Stage, visitor: Client) -> None:
    visitor.get(PAGE)
    cookies = f"a=b; aidline-chat={visitor.cookies['aidline-chat'].value}"
    assert chat_grant("port-merin", cookies) is None
    write(visitor, "Bonsoir")
    stage.work()
    cookies = f"a=b; aidline-chat={visitor.cookies['aidline-chat'].value}"
    grant = chat_grant("port-merin", cookies)
    assert grant is not None
    assert grant.topics == {stage.conversation().pk}
    assert grant.staff_id is None
    assert grant.kinds == {"message", "state", "looking"}
    assert chat_grant("nowhere", cookies) is None
    assert chat_grant("port-merin", "") is None


def test_two_centres_do_not_know_that_they_talk_to_the_same_visitor(stage: Stage) -> None:
    visitor = visitors.newcomer()
    assert visitor.id_at(stage.centre.pk) != visitor.id_at(uuid4())
