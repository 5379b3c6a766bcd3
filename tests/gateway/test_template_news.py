"""News of a template come in any order, and the provider's list takes nobody's work away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aidline.channels.contract import TemplateChange
from aidline.channels.models import Template
from aidline.channels.templates import (
    name_fields,
    rewrite_template,
    submit_template,
)
from aidline.gateway import templates
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from gateway.templating import GOOD, INFO, META_ID, House, build, listed, only, said, seconds, work
from local_server import Answer, Seen, serving


@pytest.fixture
def house(db: None) -> Iterator[House]:
    with serving() as world:
        world.answer = lambda _: said({"id": META_ID, "status": "PENDING", "category": "UTILITY"})
        yield build(world, "whatsapp_cloud")


# --- news ------------------------------------------------------------------------------------------------


def test_news_that_come_before_the_answer_stand(house: House) -> None:
    def early(_: Seen) -> Answer:
        change = TemplateChange("appointment", "en", "approved", at=now())
        templates.heard(house.channel.pk, change, now())
        return said({"id": META_ID, "status": "PENDING"})

    template = house.submitted()
    manager = templates._manager
    try:
        templates._manager = lambda channel: _Early(manager(channel), early)  # type: ignore[assignment]
        work()
    finally:
        templates._manager = manager
    assert (only().state, only().external_id) == ("approved", META_ID)
    assert template.pk == only().pk


class _Early:
    """Tells the news in this thread, in the middle of the call: a test's database belongs to one."""

    def __init__(self, manager: Any, tell: Any) -> None:
        self._manager, self._tell = manager, tell

    def create_template(self, http: Any, draft: Any) -> Any:
        self._tell(None)
        return self._manager.create_template(http, draft)


def test_news_in_the_wrong_order_end_in_the_right_state(house: House) -> None:
    house.submitted()
    work()
    house.told("APPROVED", at=seconds(10))
    house.told("PENDING", at=seconds(10))
    house.told("PENDING", at=seconds(20))
    assert only().state == "approved"
    house.told("PAUSED", at=seconds(2))
    house.told("REJECTED", at=seconds(5), reason="SCAM")
    assert (only().state, only().reason) == ("paused", "")


def test_old_news_of_the_refused_text_do_not_touch_the_new_one(house: House) -> None:
    template = house.submitted()
    work()
    house.told("REJECTED", at=seconds(), reason="INVALID_FORMAT")
    assert (only().state, only().reason) == ("rejected", "INVALID_FORMAT")
    rewrite_template(by=house.admin, template=template, wording=replace(GOOD, body="Come on {{1}}, please."))
    submit_template(by=house.admin, template=template)
    work()
    assert only().state == "pending"
    assert house.world.seen[-1].path == f"/v25.0/{META_ID}"
    house.told("REJECTED", at=seconds(3600), reason="INVALID_FORMAT")
    assert only().state == "pending"


def test_a_reason_and_the_words_of_a_refusal_are_kept(house: House) -> None:
    house.submitted()
    work()
    info = {"reason": "It ends oddly.", "recommendation": "End it well."}
    house.told("REJECTED", at=seconds(), reason="INVALID_FORMAT", rejection_info=info)
    assert (only().reason, only().refusal) == ("INVALID_FORMAT", "It ends oddly. End it well.")
    listed(house, replace(INFO, state="rejected"))
    assert only().refusal == "It ends oddly. End it well."


def test_news_of_a_template_that_is_not_known_ask_for_the_list(house: House) -> None:
    house.told("APPROVED", at=seconds())
    assert Template.objects.count() == 0
    assert Job.objects.get().kind == templates.SYNC


# --- the list --------------------------------------------------------------------------------------------


def test_a_draft_survives_every_list(house: House) -> None:
    house.written()
    listed(house)
    listed(house, replace(INFO, body="Another text", state="approved"))
    assert (only().state, only().body) == ("draft", GOOD.body)


def test_what_is_handed_in_while_a_list_is_on_its_way_survives_it(house: House) -> None:
    started = now()
    house.submitted()
    work()
    templates.write_list(house.channel, [], started)
    assert only().state == "pending"


def test_a_list_older_than_the_news_does_not_undo_them(house: House) -> None:
    house.submitted()
    work()
    house.told("APPROVED", at=seconds())
    listed(house, INFO, ago=timedelta(seconds=30))
    assert only().state == "approved"
    Template.objects.update(heard_at=now() - timedelta(hours=1))
    listed(house, replace(INFO, state="paused"))
    assert only().state == "paused"


def test_what_was_made_elsewhere_comes_and_goes_with_the_list(house: House) -> None:
    listed(house, INFO, replace(INFO, language="ar"), replace(INFO, name="other"))
    assert Template.objects.count() == 3
    listed(house, INFO)
    assert only().language == "en"


def test_what_was_written_here_and_vanished_there_is_a_draft_again(house: House) -> None:
    house.submitted()
    work()
    Template.objects.update(state="approved", submitted_at=now() - timedelta(days=1))
    listed(house)
    assert (only().state, only().reason, only().body) == ("draft", "not-there", GOOD.body)


def test_names_of_fields_survive_the_list_and_reach_every_language(house: House) -> None:
    template = house.written()
    house.written(language="ar")
    name_fields(by=house.admin, template=template, fields={"1": {"label": "Day", "fill": "date"}, "9": {}})
    listed(house, replace(INFO, state="approved"))
    later = house.written(language="fr")
    assert later.fields == {"1": {"label": "Day", "fill": "date"}}
    assert [row.fields for row in Template.objects.all()] == [later.fields] * 3


def test_while_something_is_looked_at_the_list_is_asked_for_more_often(house: House) -> None:
    listed(house, replace(INFO, language="ar"))
    templates.sync_waiting()
    assert Job.objects.count() == 0  # made elsewhere: the hourly look is enough
    house.submitted()
    work()
    for _ in range(2):
        templates.sync_waiting()
    assert Job.objects.filter(kind=templates.SYNC).count() == 1


# --- that these sentences see what they are for ----------------------------------------------------------


def test_news_without_an_order_would_end_in_the_wrong_state(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(same: Any, change: TemplateChange, received_at: Any) -> None:
        same.update(state=change.state)

    monkeypatch.setattr(templates, "_move", careless)
    with pytest.raises(AssertionError):
        test_news_in_the_wrong_order_end_in_the_right_state(house)


def test_a_list_that_takes_all_would_take_drafts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_OURS", ())
    with pytest.raises(AssertionError):
        test_a_draft_survives_every_list(house)
