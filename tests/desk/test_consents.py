"""Consent on the desk: spoken, taken back, asked for in a message; and its wordings in the set-up."""

import pytest
from django.urls import reverse

from aidline.audit.models import Entry
from aidline.centres.states import Role
from aidline.conversations.models import Message
from aidline.people.consents import consents_of, write_wording
from aidline.people.models import Consent, ConsentInvitation, Wording
from aidline.people.states import Purpose
from desk.stage import Stage
from factories import make_person, make_staff


@pytest.fixture
def wording(stage: Stage) -> Wording:
    return write_wording(
        by=stage.supervisor,
        centre=stage.centre,
        purpose=Purpose.OUTREACH,
        texts={"en": "May we send you news?", "ar": "هل نرسل لك الأخبار؟"},
    )


def last(stage: Stage) -> Consent | None:
    address = stage.talk.address_id
    assert address
    return consents_of([address]).get((address, Purpose.OUTREACH.value))


def test_a_spoken_yes_keeps_wording_language_and_who_heard_it(stage: Stage, wording: Wording) -> None:
    data = {"purpose": "outreach", "said": "yes", "language": "ar"}
    answer = stage.client(script=True).post(stage.url("consent", stage.talk.pk, stage.talk.address_id), data)
    assert answer.status_code == 204
    said = last(stage)
    assert said
    assert (said.given, said.wording, said.language, said.source, said.by) == (
        True,
        wording,
        "ar",
        "staff",
        stage.agent,
    )
    entry = Entry.objects.get(action="consent.give")
    assert (entry.actor_id, entry.fields) == (stage.agent.pk, "outreach, staff")

    stage.client().post(stage.url("consent", stage.talk.pk, stage.talk.address_id), {**data, "said": "no"})
    said = last(stage)
    assert said
    assert not said.given
    assert Consent.objects.count() == 2


def test_a_yes_to_a_question_that_was_not_read_out_is_none(stage: Stage, wording: Wording) -> None:
    data = {"purpose": "outreach", "said": "yes", "language": "fr"}
    answer = stage.client(script=True).post(stage.url("consent", stage.talk.pk, stage.talk.address_id), data)
    assert (answer.status_code, last(stage)) == (422, None)


def test_an_address_of_somebody_else_is_not_found(stage: Stage, wording: Wording) -> None:
    _, other = make_person(stage.centre)
    data = {"purpose": "outreach", "said": "no"}
    assert stage.client().post(stage.url("consent", stage.talk.pk, other.pk), data).status_code == 404
    assert not Consent.objects.exists()


def test_the_question_goes_out_as_a_reply_in_their_language(stage: Stage, wording: Wording) -> None:
    stage.talk.language = "ar"
    stage.talk.save()
    answer = stage.client(script=True).post(stage.url("ask_consent", stage.talk.pk), {"purpose": "outreach"})
    assert answer.status_code == 204
    message = Message.objects.get(direction="o")
    assert message.text.startswith("هل نرسل لك الأخبار؟")
    assert message.purpose == ""
    invitation = ConsentInvitation.objects.get()
    assert invitation.message_id == message.pk
    assert (invitation.language, invitation.wording, invitation.answered_at) == ("ar", wording, None)
    assert last(stage) is None


def test_the_panel_says_what_was_agreed_to(stage: Stage, wording: Wording) -> None:
    page = stage.client().get(stage.url("talk", stage.talk.pk)).content.decode()
    assert "Not asked" in page
    data = {"purpose": "outreach", "said": "yes", "language": "en"}
    stage.client().post(stage.url("consent", stage.talk.pk, stage.talk.address_id), data)
    page = stage.client().get(stage.url("talk", stage.talk.pk)).content.decode()
    assert "Agreed" in page
    assert "version 1" in page


def test_a_changed_wording_is_a_new_version_and_the_old_one_stays(stage: Stage, wording: Wording) -> None:
    admin, _ = make_staff(stage.centre, Role.CENTRE_ADMIN, "Samira Haddad")
    url = reverse("setup:consent", args=[stage.centre.slug, "outreach"])
    stage.client(admin).post(url, {"en": "May we send you news?", "ar": "هل نرسل لك الأخبار؟"})
    assert Wording.objects.count() == 1  # the same words are no new version
    stage.client(admin).post(url, {"en": "May we write to you about water?", "ar": ""})
    rows = list(Wording.objects.order_by("version"))
    assert [row.version for row in rows] == [1, 2]
    assert rows[0].texts == wording.texts
    assert rows[1].texts == {"en": "May we write to you about water?"}
    page = stage.client(admin).get(url).content.decode()
    assert "Version 1" in page
    empty = stage.client(admin).post(url, {"en": " ", "ar": ""})
    assert (empty.status_code, Wording.objects.count()) == (422, 2)
    nothing = reverse("setup:consent", args=[stage.centre.slug, "fun"])
    assert stage.client(admin).get(nothing).status_code == 404
