"""Setup → Flows: written step by step or as text, tried out, published, and put in front of a channel."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from aidline.audit.models import Entry
from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.flows.language import HandOver, Menu, Message
from aidline.flows.models import Entrance, Flow, Run
from aidline.flows.queries import entrance
from aidline.flows.text import read
from staffed import House

AT = "/c/port-merin/setup/flows/"


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


@pytest.fixture
def flow(admin: Client) -> Flow:
    """As the page makes it."""
    answer = admin.post(AT + "new/", {"title": "First contact"})
    flow = Flow.objects.get()
    assert answer["Location"] == f"{AT}{flow.pk}/"
    return flow


@pytest.fixture
def channel(house: House) -> Channel:
    return create_channel(by=None, centre=house.centre, provider="webchat", name="Web chat", config={})


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def form_of(text: str) -> dict[str, str]:
    """What a browser would send of the fields on a page."""
    fields = dict(re.findall(r'<input type="(?:text|hidden|number)" name="([^"]+)" value="([^"]*)"', text))
    fields |= {
        name: words.strip() for name, words in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)<', text)
    }
    for name, inside in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', text, re.DOTALL):
        found = re.search(r'value="([^"]*)" selected', inside)
        fields[name] = found[1] if found else ""
    return fields


def draft(flow: Flow) -> Any:
    flow.refresh_from_db()
    return read(flow.draft)


def test_a_new_flow_is_sound_and_can_be_published_as_it_is(admin: Client, flow: Flow) -> None:
    assert flow.slug == "first-contact"
    assert "Nothing is wrong." in page(admin, f"{AT}{flow.pk}/problems/")
    admin.post(f"{AT}{flow.pk}/publication/")
    flow.refresh_from_db()
    assert flow.published
    assert (flow.published.number, flow.published.source) == (1, flow.draft)
    assert list(Entry.objects.filter(object_id=flow.pk).values_list("action", flat=True).order_by("pk")) == [
        "flow.create",
        "flow.publish",
    ]


def test_two_flows_of_one_name_are_told_apart(admin: Client, flow: Flow) -> None:
    answer = admin.post(AT + "new/", {"title": "First contact"})
    assert (answer.status_code, Flow.objects.count()) == (422, 1)


def test_every_page_of_a_flow_opens(admin: Client, flow: Flow) -> None:
    for part in ("", "settings/", "text/", "preview/", "tests/", "problems/", "publication/", "file/"):
        assert page(admin, f"{AT}{flow.pk}/{part}")
    for kind in (
        "message",
        "menu",
        "ask",
        "branch",
        "set",
        "topic",
        "information",
        "hours",
        "hand_over",
        "flow",
        "end",
    ):
        assert page(admin, f"{AT}{flow.pk}/new/{kind}/")
    for step in draft(flow).nodes:
        assert page(admin, f"{AT}{flow.pk}/steps/{step}/")
    assert admin.get(f"{AT}{flow.pk}/new/dance/").status_code == 404
    assert admin.get(f"{AT}{flow.pk}/steps/nowhere/").status_code == 404


@pytest.mark.parametrize("who", ["agent", "supervisor", "analyst", "translator", "anonymous"])
def test_only_who_sets_up_comes_in(house: House, flow: Flow, who: str) -> None:
    answer = house.client(who).get(f"{AT}{flow.pk}/")
    assert answer.status_code == (302 if who == "anonymous" else 404)


def test_a_flow_of_another_centre_is_not_found(house: House, flow: Flow) -> None:
    Flow.objects.filter(pk=flow.pk).update(centre=house.other)
    assert house.client("centre_admin").get(f"{AT}{flow.pk}/").status_code == 404


# --- step by step ----------------------------------------------------------------------------------------


def test_a_step_that_is_saved_as_it_stands_is_the_same(admin: Client, flow: Flow) -> None:
    before = draft(flow)
    for step in before.nodes:
        path = f"{AT}{flow.pk}/steps/{step}/"
        fields = form_of(page(admin, path))
        if "same_language" in page(admin, path):
            fields["same_language"] = "on"
        assert admin.post(path, fields).status_code == 302
    assert draft(flow) == before


def test_a_message_is_added_and_found_by_the_others(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/new/message/"
    fields = form_of(page(admin, path)) | {
        "name": "closed_today",
        "text-en": "We are closed today.",
        "text-ar": "نحن مغلقون اليوم.",
        "short-en": "Closed today.",
        "to": "goodbye",
    }
    answer = admin.post(path, fields)
    assert answer["Location"].endswith("#step-closed_today")
    node = draft(flow).nodes["closed_today"]
    assert isinstance(node, Message)
    assert (node.text["en"].short, node.text["ar"].text, node.to) == (
        "Closed today.",
        "نحن مغلقون اليوم.",
        "goodbye",
    )
    assert 'value="closed_today"' in page(admin, f"{AT}{flow.pk}/steps/about/")


def test_a_step_may_be_kept_before_it_is_decided_where_it_goes(admin: Client, flow: Flow) -> None:
    for kind in ("message", "menu", "ask", "branch", "set", "topic", "information", "hours", "flow"):
        answer = admin.post(
            f"{AT}{flow.pk}/new/{kind}/", {"name": f"new_{kind}", "rows": "1", "wants": "text"}
        )
        assert answer.status_code == 302, kind
    assert len(draft(flow).nodes) == 5 + 9


def test_a_choice_is_added_ordered_and_dropped_without_a_script(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/steps/about/"
    fields = form_of(page(admin, path)) | {"r2-text-en": "The clinic", "r2-to": "goodbye"}
    again = admin.post(path, fields | {"act": "up-2"}).content.decode()
    assert draft(flow).nodes["about"].choices[1].id == "nothing"  # nothing is kept yet
    fields = form_of(again)
    assert fields["r1-text-en"] == "The clinic"
    fields = form_of(admin.post(path, fields | {"act": "drop-2"}).content.decode())
    more = form_of(admin.post(path, fields | {"act": "more"}).content.decode())
    assert int(more["rows"]) == int(fields["rows"]) + 1
    admin.post(path, fields)
    node = draft(flow).nodes["about"]
    assert isinstance(node, Menu)
    assert [(choice.id, choice.to) for choice in node.choices] == [
        ("person", "person"),
        ("the-clinic", "goodbye"),
    ]


def test_a_step_that_is_renamed_is_renamed_everywhere(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/steps/person/"
    fields = form_of(page(admin, path)) | {"name": "colleague", "same_language": "on"}
    admin.post(path, fields)
    now = draft(flow)
    assert "person" not in now.nodes
    assert now.nodes["about"].otherwise == now.nodes["about"].choices[0].to == "colleague"
    assert list(now.nodes).index("colleague") == 2


def test_a_name_that_is_taken_or_none_is_told_at_its_field(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/steps/person/"
    for name in ("about", "two words", ""):
        answer = admin.post(path, form_of(page(admin, path)) | {"name": name})
        assert answer.status_code == 422
        assert 'id="id_name_error"' in answer.content.decode()


def test_a_step_that_is_removed_leaves_its_ways_open_and_hinders_publishing(
    admin: Client, flow: Flow
) -> None:
    admin.post(f"{AT}{flow.pk}/steps/person/removal/")
    assert draft(flow).nodes["about"].otherwise == ""
    answer = admin.post(f"{AT}{flow.pk}/publication/")
    assert answer["Location"].endswith("/problems/")
    flow.refresh_from_db()
    assert flow.published is None
    assert f"{AT}{flow.pk}/steps/about/" in page(admin, f"{AT}{flow.pk}/problems/")


def test_steps_are_moved_for_the_eye(admin: Client, flow: Flow) -> None:
    admin.post(f"{AT}{flow.pk}/steps/about/move/", {"by": "up"})
    assert next(iter(draft(flow).nodes)) == "about"


def test_languages_and_the_beginning_are_changed_for_the_whole(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/settings/"
    fields = {
        "title": "Welcome",
        "media": ["chat"],
        "first": "ar",
        "languages": ["en", "ar"],
        "start": "about",
    }
    admin.post(path, fields | {"danger": "danger", "danger_key": "#"})
    now = draft(flow)
    assert (now.title, now.languages, now.start, now.danger_key) == (
        "Welcome",
        ("ar", "en"),
        "about",
        "#",
    )
    assert flow.title == "Welcome"


def test_who_was_slower_is_told_and_overwrites_nothing(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/steps/goodbye/"
    mine = form_of(page(admin, path)) | {"text-en": "See you."}
    admin.post(path, form_of(page(admin, path)) | {"text-en": "Farewell."})
    admin.post(path, mine)
    assert draft(flow).nodes["goodbye"].text["en"].text == "Farewell."


# --- as text, as a file ----------------------------------------------------------------------------------


def test_text_is_kept_also_while_it_cannot_be_read(admin: Client, flow: Flow) -> None:
    admin.post(f"{AT}{flow.pk}/text/", {"source": "flow: [\r\n"})
    flow.refresh_from_db()
    assert flow.draft == "flow: [\n"
    assert "flow: [" in page(admin, f"{AT}{flow.pk}/text/")
    assert "cannot be read" in page(admin, f"{AT}{flow.pk}/")
    assert admin.post(f"{AT}{flow.pk}/publication/")["Location"].endswith("/problems/")


def imported(admin: Client, content: bytes, **more: str) -> Any:
    return admin.post(AT + "import/", {"file": SimpleUploadedFile("any.yaml", content), **more})


def test_a_file_goes_out_and_comes_back(admin: Client, flow: Flow) -> None:
    admin.post(f"{AT}{flow.pk}/publication/")
    answer = admin.get(f"{AT}{flow.pk}/file/")
    assert 'filename="first-contact.yaml"' in answer["Content-Disposition"]
    content = answer.content.replace(b"How can we help?", b"What do you need?")
    imported(admin, content)
    assert (Flow.objects.count(), draft(flow).nodes["about"].text["en"].text) == (1, "What do you need?")
    imported(admin, content.replace(b"flow: first-contact", b"flow: second"))
    assert set(Flow.objects.values_list("slug", flat=True)) == {"first-contact", "second"}


def test_a_file_replaces_no_draft_with_changes_unless_told_so(admin: Client, flow: Flow) -> None:
    content = flow.draft.encode().replace(b"How can we help?", b"What do you need?")
    assert imported(admin, content).status_code == 422
    assert "How can we help?" in (flow.draft)
    imported(admin, content, replaces="on")
    assert draft(flow).nodes["about"].text["en"].text == "What do you need?"


@pytest.mark.parametrize(
    "content", [b"flow: x\nnodes: 3\n", b"{}", b"{", b'{"specification_version": "1.0.0-rc4"}', b""]
)
def test_a_file_that_is_no_flow_changes_nothing_and_says_so(
    admin: Client, flow: Flow, content: bytes
) -> None:
    before = flow.draft
    answer = imported(admin, content, replaces="on")
    assert answer.status_code == 422
    assert "Nothing was brought in." in answer.content.decode()
    flow.refresh_from_db()
    assert (Flow.objects.count(), flow.draft) == (1, before)


def test_what_goes_out_as_floip_comes_back_the_same(admin: Client, flow: Flow) -> None:
    before = draft(flow)
    content = admin.get(f"{AT}{flow.pk}/floip/").content
    assert b"1.0.0-rc4" in content
    page = imported(admin, content, replaces="on").content.decode()
    assert "1 flow is a draft now." in page
    assert draft(flow).nodes == before.nodes


def test_what_could_not_be_carried_is_told(admin: Client) -> None:
    definition = {
        "name": "Survey",
        "uuid": "00000000-0000-4000-8000-000000000001",
        "spec_version": "13.1.0",
        "language": "eng",
        "type": "messaging",
        "nodes": [
            {
                "uuid": "00000000-0000-4000-8000-000000000002",
                "actions": [
                    {"uuid": "a", "type": "send_msg", "text": "Hello"},
                    {"uuid": "b", "type": "call_webhook", "url": "https://aid.example.org/"},
                ],
                "exits": [{"uuid": "00000000-0000-4000-8000-000000000003", "destination_uuid": None}],
            }
        ],
    }
    page = imported(admin, json.dumps(definition).encode()).content.decode()
    assert "This action cannot be done here." in page
    assert Flow.objects.get().slug == "survey"


# --- trying it out ---------------------------------------------------------------------------------------


def test_the_preview_plays_the_draft_and_keeps_nothing(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/preview/"
    began = page(admin, path)
    assert "Welcome. Choose your language." in began
    on = admin.post(path, form_of(began) | {"choice": "ar"}).content.decode()
    with translation.override("ar"):
        assert gettext("How can we help?") in on
    end = admin.post(path, form_of(on) | {"text": "0"}).content.decode()
    assert "Goes to a person" in end
    assert not Run.objects.exists()


def test_the_preview_does_not_believe_a_state_that_was_changed(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/preview/"
    fields = form_of(page(admin, path))
    forged = admin.post(path, {"play": fields["play"][:-4] + "AAAA", "choice": "ar"}).content.decode()
    assert forged.count("msg out") == 0  # begun anew


def test_the_preview_of_a_script_is_the_pane_alone(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/preview/"
    fields = form_of(page(admin, path)) | {"medium": "sms", "anew": "1"}
    answer = admin.post(path, fields, headers={"HX-Request": "true"}).content.decode()
    assert answer.startswith("<form")
    assert re.search(r"\d SMS", answer)


def test_a_step_is_looked_at_while_it_is_written(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/steps/goodbye/"
    fields = form_of(page(admin, path)) | {"text-en": "Farewell.", "act": "look"}
    answer = admin.post(path, fields, headers={"HX-Request": "true"}).content.decode()
    assert "Farewell." in answer
    assert "<html" not in answer
    assert "Farewell." not in flow.draft


TESTS = """
- title: A person is asked for
  medium: chat
  lines: |
    …
    > English
    How can we help?
    > 0
    A person will answer you here.
"""


def test_transcripts_run_before_publishing(admin: Client, flow: Flow) -> None:
    admin.post(f"{AT}{flow.pk}/tests/", {"tests": TESTS})
    assert "1 test goes well." in page(admin, f"{AT}{flow.pk}/tests/")
    admin.post(f"{AT}{flow.pk}/tests/", {"tests": TESTS.replace("answer you", "call you")})
    assert "A person will call you here." in page(admin, f"{AT}{flow.pk}/tests/")
    assert admin.post(f"{AT}{flow.pk}/publication/")["Location"].endswith("/problems/")
    flow.refresh_from_db()
    assert flow.published is None


# --- what runs -------------------------------------------------------------------------------------------


def test_a_channel_begins_with_a_flow_that_is_published(admin: Client, flow: Flow, channel: Channel) -> None:
    path = f"{AT}entrances/{channel.pk}/"
    admin.post(f"{AT}{flow.pk}/publication/")
    admin.post(path, {"messages": str(flow.pk), "calls": ""})
    flow.refresh_from_db()
    assert entrance(channel.pk, "messages") == (flow.published_id, read(flow.draft))
    assert entrance(channel.pk, "calls") is None
    admin.post(path, {"messages": "", "calls": "nonsense"})
    assert entrance(channel.pk, "messages") is None


def test_what_was_published_does_not_change_with_the_draft(admin: Client, flow: Flow) -> None:
    admin.post(f"{AT}{flow.pk}/publication/")
    admin.post(
        f"{AT}{flow.pk}/text/", {"source": flow.draft.replace("How can we help?", "What do you need?")}
    )
    flow.refresh_from_db()
    assert flow.published
    assert "What do you need?" not in flow.published.source
    shown = page(admin, f"{AT}{flow.pk}/publication/")
    assert "Changed since" in shown
    assert "What do you need?" in shown
    admin.post(f"{AT}{flow.pk}/publication/")
    admin.post(f"{AT}{flow.pk}/versions/1/return/")
    assert "How can we help?" in page(admin, f"{AT}{flow.pk}/text/")
    assert list(flow.versions.values_list("number", flat=True)) == [2, 1]


def test_a_flow_that_is_taken_out_of_use_begins_nowhere(admin: Client, flow: Flow, channel: Channel) -> None:
    admin.post(f"{AT}{flow.pk}/publication/")
    admin.post(f"{AT}entrances/{channel.pk}/", {"messages": str(flow.pk), "calls": str(flow.pk)})
    admin.post(f"{AT}{flow.pk}/retirement/")
    assert entrance(channel.pk, "messages") is None
    row = Entrance.objects.get()
    assert (row.messages, row.calls) == (None, None)


def test_the_list_says_what_runs_and_what_was_changed(admin: Client, flow: Flow, channel: Channel) -> None:
    assert "Draft" in page(admin, AT)
    admin.post(f"{AT}{flow.pk}/publication/")
    assert "Version 1 runs" in page(admin, AT)
    assert channel.name in page(admin, AT)


def test_a_hand_over_keeps_what_its_form_says(admin: Client, flow: Flow) -> None:
    path = f"{AT}{flow.pk}/steps/person/"
    admin.post(path, form_of(page(admin, path)) | {"skill": "legal", "risk": "high"})
    node = draft(flow).nodes["person"]
    assert isinstance(node, HandOver)
    assert (node.skill, node.risk, node.same_language) == ("legal", "high", False)
