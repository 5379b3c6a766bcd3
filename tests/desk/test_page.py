"""Who sees the desk, and what it shows."""

from desk.stage import Stage


def test_an_agent_sees_who_waits_and_opens_the_conversation(stage: Stage) -> None:
    client = stage.client()
    page = client.get(stage.url("home"))
    assert page.status_code == 200
    assert stage.talk.person.alias("en") in page.content.decode()
    assert "(1) Desk" in page.content.decode()
    talk = client.get(stage.url("talk", stage.talk.pk))
    assert "Is the clinic open today?" in talk.content.decode()
