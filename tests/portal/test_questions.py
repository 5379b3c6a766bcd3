"""Questions with choices at the web chat: buttons, with and without JavaScript."""

import re
from html import unescape

from django.test import Client

from aidline.channels.contract import Choice
from aidline.conversations.models import Message
from aidline.conversations.sending import send_choices
from aidline.gateway import outbound
from portal.stage import Stage, post, token, write

CHOICES = [Choice("food", "De la nourriture"), Choice("law", "Un <avocat>")]


def ask(stage: Stage) -> Message:
    (message,) = send_choices(by=None, conversation=stage.conversation(), text="De quoi ?", choices=CHOICES)
    assert outbound.send(message.pk)
    return message


def buttons(page: str) -> dict[str, str]:
    found = re.findall(r'<button class="btn" form="say" name="choice" value="([^"]+)"[^>]*>([^<]+)<', page)
    return {unescape(title): value for value, title in found}


def said(stage: Stage) -> Message:
    stage.work()
    return Message.objects.filter(conversation=stage.conversation(), direction="i").order_by("-seq")[0]


def test_a_button_says_its_choice(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    ask(stage)
    page = visitor.get("/chat/port-merin/")
    offered = buttons(page.content.decode())
    assert list(offered) == ["De la nourriture", "Un <avocat>"]
    assert post(visitor, token=token(page), choice=offered["Un <avocat>"]).status_code == 303
    message = said(stage)
    assert (message.text, message.extra["choice"]["id"]) == ("Un <avocat>", "law")


def test_what_is_typed_beside_a_button_is_what_was_said(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    ask(stage)
    page = visitor.get("/chat/port-merin/")
    value = buttons(page.content.decode())["Un <avocat>"]
    post(visitor, token=token(page), choice=value, text="Autre chose")
    message = said(stage)
    assert (message.text, message.extra) == ("Autre chose", None)


def test_a_button_of_nobodys_or_of_another_conversation_says_nothing(stage: Stage, visitor: Client) -> None:
    write(visitor, "Bonsoir")
    stage.work()
    question = ask(stage)
    stranger = Client()
    write(stranger, "Et moi ?")
    stage.work()
    before = Message.objects.count()
    page = stranger.get("/chat/port-merin/")
    for value in (f"{question.pk.hex}:0", f"{question.pk.hex}:9", "nonsense", ":", f"{question.pk.hex}:-1"):
        assert post(stranger, token=token(page), choice=value, json=True).status_code == 400
    stage.work()
    assert Message.objects.count() == before
