"""What a translator sees: the text that waits, and nothing of who wrote it."""

import pytest
from django.test import Client

from aidline.centres.models import Centre, Membership
from aidline.conversations.models import Conversation, Message
from aidline.language.human import ask_translator
from aidline.language.models import Translation
from factories import make_channel, make_conversation
from staffed import House

AT = "/c/port-merin/translating/"
ALIAS_OF = "Amal of the harbour"


@pytest.fixture
def asked(house: House) -> Translation:
    conversation = make_conversation(make_channel(house.centre), ["Something of before", "Is my flat ready?"])
    conversation.person.name = ALIAS_OF
    conversation.person.save()
    message = Message.objects.filter(conversation=conversation).latest("seq")
    return ask_translator(
        by=house.staff["agent"], message=message, source="en", language="ar", note="She sounds worried"
    )


def html(client: Client, path: str = "") -> str:
    return client.get(AT + path).content.decode()


def test_a_translator_comes_in_at_the_list(house: House) -> None:
    assert house.client("translator").get("/").headers["Location"] == AT


def test_the_list_says_which_languages_and_not_what(house: House, asked: Translation) -> None:
    page = html(house.client("translator"))
    assert "English" in page
    assert "العربية" in page
    assert "flat" not in page


def test_the_text_is_shown_with_the_note_and_nothing_around_it(house: House, asked: Translation) -> None:
    page = html(house.client("translator"), f"{asked.pk}/")
    assert "Is my flat ready?" in page
    assert "She sounds worried" in page
    conversation: Conversation = asked.message.conversation
    hidden = (
        "Something of before",
        ALIAS_OF,
        conversation.person.alias("en"),
        "WhatsApp",
        "7700",
        str(conversation.pk),
        str(conversation.person_id),
        str(asked.message_id),
        "Mira Agent",
    )
    assert [word for word in hidden if word in page] == []


def test_an_answer_goes_back_and_the_next_one_waits(house: House, asked: Translation) -> None:
    client = house.client("translator")
    answer = client.post(f"{AT}{asked.pk}/", {"text": "هل شقتي جاهزة؟"})
    assert (answer.status_code, answer.headers["Location"]) == (302, AT)
    asked.refresh_from_db()
    assert (asked.state, asked.text) == ("d", "هل شقتي جاهزة؟")
    assert client.get(f"{AT}{asked.pk}/").status_code == 404


def test_an_empty_answer_is_no_answer(house: House, asked: Translation) -> None:
    assert house.client("translator").post(f"{AT}{asked.pk}/", {"text": " "}).status_code == 422
    asked.refresh_from_db()
    assert asked.state == "w"


def test_a_translator_without_the_language_sees_an_empty_list_and_no_text(
    house: House, asked: Translation
) -> None:
    Membership.objects.filter(role="translator").update(languages=["en", "fr"])
    client = house.client("translator")
    assert "Nothing waits" in html(client)
    assert client.get(f"{AT}{asked.pk}/").status_code == 404


def test_the_desk_and_the_person_stay_shut(house: House, asked: Translation) -> None:
    client = house.client("translator")
    centre: Centre = house.centre
    for path in ("desk/", f"desk/{asked.message.conversation_id}/", "setup/", "health/"):
        assert client.get(f"/c/{centre.slug}/{path}").status_code == 404


def test_the_list_asks_the_database_as_much_for_three_as_for_one(
    house: House, asked: Translation, django_assert_max_num_queries: object
) -> None:
    client = house.client("translator")
    client.get(AT)
    with django_assert_max_num_queries(12) as one:  # type: ignore[operator]
        client.get(AT)
    for _ in range(2):
        conversation = make_conversation(make_channel(house.centre, name=f"WA {_}"), ["Hello again"])
        message = Message.objects.get(conversation=conversation)
        ask_translator(by=house.staff["agent"], message=message, source="en", language="ar")
    with django_assert_max_num_queries(len(one)) as three:  # type: ignore[operator]
        client.get(AT)
    assert len(three) == len(one)
