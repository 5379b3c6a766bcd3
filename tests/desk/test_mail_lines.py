"""What an e-mail brings besides its words: a subject, what was quoted under it, and whether a machine wrote it."""

import pytest

from aidline.channels.contract import Incoming, Kind, Scheme, Sender
from aidline.conversations.models import Message
from aidline.gateway.extras import extra_of
from desk.stage import Stage

MAIL = Incoming(
    "m-1@example.net",
    (Sender(Scheme.EMAIL, "ilham@example.net"),),
    Kind.TEXT,
    "It is cold here",
    subject="Heating <b>",
    folded="> older words\n-- \nIlham",
    automatic=True,
)


def test_what_an_email_brings_is_kept_beside_its_text() -> None:
    assert extra_of(MAIL) == {"subject": MAIL.subject, "folded": MAIL.folded, "automatic": True}
    assert extra_of(Incoming("1", MAIL.senders, Kind.TEXT, "hello")) is None


@pytest.mark.parametrize("place", ["talk", "lines"])
def test_subject_and_quoted_text_are_shown_and_escaped(stage: Stage, place: str) -> None:
    message = Message.objects.get(conversation=stage.talk)
    message.extra = extra_of(MAIL)
    message.save()
    page = stage.client().get(stage.url(place, stage.talk.pk)).content.decode()
    assert "<b>Heating &lt;b&gt;</b>" in page
    assert "<details" in page.split("Show quoted text")[0].rpartition("</p>")[2]
    assert "&gt; older words<br>-- <br>Ilham" in page
    assert "Written by a machine" in page


def test_a_line_without_them_shows_none_of_it(stage: Stage) -> None:
    page = stage.client().get(stage.url("talk", stage.talk.pk)).content.decode()
    assert "Show quoted text" not in page
    assert "Written by a machine" not in page
