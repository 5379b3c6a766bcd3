"""The dialogue itself: what is heard for what is said, in each medium."""

from dataclasses import replace
from typing import Any

import pytest

from aidline.flows import engine
from aidline.flows.language import (
    Act,
    Ask,
    End,
    Finish,
    Flow,
    HandOver,
    Medium,
    Menu,
    Message,
    Node,
    Offer,
    Read,
    Said,
    SpeakLanguage,
    SubFlow,
    Tell,
    ToPerson,
    Vouchers,
    Want,
    Wanted,
    Words,
)
from aidline.flows.language import Choice as Option
from aidline.flows.state import State, Turn, Waits

from .examples import example
from .worlds import SmallWorld, article_id

SHELF = {"food": ["Where to eat", "Food parcels"], "papers": ["Passport"]}
CHAT, SMS, PHONE = Medium


class Talk:
    """A person in a flow. Between any two turns the state is packed and unpacked."""

    def __init__(self, flow: Flow, medium: Medium = CHAT, language: str = "", **world: Any) -> None:
        self.flow, self.world = flow, SmallWorld(**({"shelf": SHELF} | world))
        self.turn: Turn = engine.begin(flow, medium=medium, language=language, world=self.world)

    def say(self, *said: str | Said) -> "Talk":
        for one in said:
            heard = one if isinstance(one, Said) else Said(one)
            self.turn = engine.hear(self.flow, self.state, heard, self.world)
        return self

    def leave_queue(self) -> "Talk":
        self.turn = engine.left_queue(self.flow, self.state, self.world)
        return self

    @property
    def state(self) -> State:
        kept = State.unpacked(self.turn.state.packed())
        assert kept == self.turn.state
        return kept

    @property
    def last(self) -> Any:
        return self.turn.acts[-1]

    @property
    def heard(self) -> list[str]:
        return [words(act) for act in self.turn.acts if words(act)]


def words(act: Act) -> str:
    found = getattr(act, "line", None)
    return found.text if found else ""


def text(**languages: str) -> dict[str, Words]:
    return {code: Words(said) for code, said in languages.items()}


def flow(*nodes: Node, **more: Any) -> Flow:
    return Flow(
        "test", "", ("en", "fr"), tuple(Medium), nodes[0].name, {one.name: one for one in nodes}, **more
    )


BYE = End("bye", text(en="Bye", fr="Salut"))
PERSON = HandOver("person", text(en="Wait", fr="Attendez"))


def menu(*ids: str, **more: Any) -> Menu:
    choices = tuple(Option(id, text(en=f"The {id}"), "bye") for id in ids)
    return Menu("menu", text(en="Which?", fr="Lequel ?"), choices, "person", **more)


# --- the example, in all media -----------------------------------------------------------------------------


@pytest.mark.parametrize("medium", list(Medium))
def test_language_then_topic_then_an_article(medium: Medium) -> None:
    talk = Talk(example(), medium).say("2", "1", "2")
    assert talk.state.language == "ar"
    assert talk.heard == [f"All about Food parcels, {medium}", "ماذا تريد أن تفعل الآن؟"]
    assert Read(article_id("Food parcels")) in talk.turn.acts
    assert talk.say("2").heard == ["شكرا. مع السلامة."]
    assert talk.last == Finish()


@pytest.mark.parametrize("medium", list(Medium))
@pytest.mark.parametrize("said", ["0", "٠", "human", "Une personne", "شخص", "людина!", "help"])
def test_a_person_is_always_one_word_away(medium: Medium, said: str) -> None:
    for path in ([], ["1"], ["1", "1"], ["1", "1", "1"]):
        talk = Talk(example(), medium).say(*path, said)
        assert isinstance(talk.last, ToPerson)
        assert talk.state.over is (medium is not PHONE)


def test_by_night_a_message_is_taken_and_a_person_answers_later() -> None:
    talk = Talk(example(), SMS, opened=False).say("1", "3")
    assert talk.heard[0] == "Closed now. We answer tomorrow. In danger call 112."
    assert isinstance(talk.say("My roof is gone").last, ToPerson)


def test_on_the_phone_each_language_is_spoken_by_its_own_voice() -> None:
    talk = Talk(example(), PHONE)
    offered = talk.last
    assert isinstance(offered, Offer)
    assert [act.line.language for act in talk.turn.acts if isinstance(act, Tell | Offer)] == ["en", "ar"]
    assert [(one.line.text, one.line.language) for one in offered.options] == [
        ("English", "en"),
        ("العربية", "ar"),
    ]


def test_in_writing_the_question_comes_in_every_language() -> None:
    assert Talk(example()).heard == [
        "Welcome to Port Merin. Choose your language.\nأهلا بكم في بورت ميرين. اختر لغتك."
    ]


# --- always ------------------------------------------------------------------------------------------------


def test_nine_repeats_what_was_said_with_the_question() -> None:
    hello = Message("hello", text(en="Hello", fr="Bonjour"), "menu")
    talk = Talk(flow(hello, menu("a"), BYE, PERSON), PHONE)
    assert talk.heard == talk.say("9").heard == ["Hello", "Which?"]
    assert talk.say("#", "2").heard == ["Bonjour", "Lequel ?"]


def test_a_language_is_changed_by_its_name_and_from_a_list() -> None:
    talk = Talk(flow(menu("a"), BYE, PERSON)).say("français")
    assert talk.turn.acts[0] == SpeakLanguage("fr")
    assert talk.say("langue").state.waits is Waits.LANGUAGE
    assert talk.say("English").heard == ["Which?"]


def test_only_a_language_that_is_theirs_is_asked_of_a_person() -> None:
    plain = flow(menu("a"), BYE, PERSON)
    assert Talk(plain, PHONE).say("0").last.language == ""
    assert Talk(plain, PHONE, language="fr").say("0").last.language == "fr"
    assert Talk(plain, PHONE).say("#", "1", "0").last.language == "en"
    any_language = flow(menu("a"), BYE, replace(PERSON, same_language=False))
    assert Talk(any_language, PHONE, language="fr").say("0").last.language == ""


def test_danger_leads_where_the_flow_says() -> None:
    sos = HandOver("sos", text(en="Now"), risk="imminent")
    talk = Talk(flow(menu("a"), BYE, PERSON, sos, danger="sos")).say("I am in danger")
    assert talk.last == ToPerson(talk.last.line, "", "", "imminent")
    assert talk.heard == ["Now"]
    assert Talk(flow(menu("a"), BYE, PERSON)).say("*").last.risk == "imminent"


def test_a_person_who_is_asked_for_is_not_the_one_for_danger() -> None:
    sos = HandOver("sos", text(en="Now"), risk="imminent")
    talk = Talk(flow(menu("a"), BYE, sos, danger="sos", phrases={"to_person": text(en="So be it")}))
    assert talk.say("0").last.risk == ""
    assert talk.heard == ["So be it"]


def test_a_risk_once_told_stays() -> None:
    talk = Talk(flow(menu("a"), BYE, PERSON), PHONE).say("*").leave_queue().say("0")
    assert talk.last.risk == "imminent"


def test_a_word_that_always_works_is_not_taken_for_the_beginning_of_a_choice() -> None:
    """Where a message is looked at before, "help" may come with the choice that begins so."""
    rent = Option("rent", text(en="Help with rent"), "bye")
    asked = replace(menu(keeps="which"), choices=(rent, Option("help", text(en="Help"), "bye")))
    talk = Talk(flow(asked, BYE, PERSON))
    assert isinstance(engine.hear(talk.flow, talk.state, Said("help", "rent"), talk.world).acts[-1], ToPerson)
    assert talk.say(Said("Help", "help")).state.kept == {"which": "help"}


@pytest.mark.parametrize("keys", ["*", "1*", "**"])
def test_on_the_phone_the_key_for_danger_counts_among_others(keys: str) -> None:
    assert Talk(flow(menu("a"), BYE, PERSON), PHONE).say(keys).last.risk == "imminent"


def test_a_way_for_danger_that_leads_nowhere_is_a_person_all_the_same() -> None:
    assert Talk(flow(menu("a"), BYE, PERSON, danger="gone")).say("sos").last.risk == "imminent"


@pytest.mark.parametrize(
    ("said", "language"), [("anglais", "en"), ("Francés", "fr"), ("الفرنسية", "fr"), ("dari", "")]
)
def test_languages_have_names_in_other_languages(said: str, language: str) -> None:
    other = {"en": "fr", "fr": "en"}.get(language, "en")
    spoken = Talk(flow(menu("a"), BYE, PERSON), language=other).say(said).state.language
    assert spoken == (language or other)


def test_words_are_those_of_our_languages_and_of_the_flow() -> None:
    """ "Om" is a person in Romanian, and a name elsewhere."""
    ask = Ask("ask", text(en="Your name?"), Wanted.TEXT, "bye", "person", "name")
    assert Talk(flow(ask, BYE, PERSON)).say("Om").state.kept == {"name": "Om"}
    romanian = replace(flow(ask, BYE, PERSON), languages=("en", "ro"))
    assert isinstance(Talk(romanian).say("Om").last, ToPerson)
    tigrinya = replace(flow(ask, BYE, PERSON), also={"person": {"om": ("nama",)}})
    assert isinstance(Talk(tigrinya).say("Nama!").last, ToPerson)


def test_who_waits_for_a_person_stays_where_they_are() -> None:
    sos = HandOver("sos", text(en="Now"), risk="imminent", skill="night")
    talk = Talk(flow(menu("a"), BYE, PERSON, sos, danger="sos"), PHONE).say("*")
    first = talk.last
    assert talk.say("0").last == talk.say("9").last == first


# --- questions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["2", "٢", "two", "The b", "bee", Said(choice="b")])
def test_a_choice_is_meant_in_many_ways(said: str | Said) -> None:
    one, two = menu("a", "b", keeps="which").choices
    asked = replace(menu(keeps="which"), choices=(one, replace(two, also={"en": ("bee",)})))
    assert Talk(flow(asked, BYE, PERSON)).say(said).state.kept == {"which": "b"}


def test_tries_are_counted_silence_too() -> None:
    talk = Talk(flow(menu("a"), BYE, PERSON), PHONE).say(Said())
    assert talk.heard == ["Which?"]
    assert talk.say("7").heard[0].startswith("I did not understand")
    assert isinstance(talk.say(Said()).last, ToPerson)


def test_keys_are_the_flows_on_the_phone_and_the_order_elsewhere() -> None:
    choices = tuple(replace(one, key=key) for one, key in zip(menu("a", "b").choices, (0, 1), strict=True))
    asked = replace(menu("a", "b", keeps="which"), choices=choices)
    assert Talk(flow(asked, BYE, PERSON), PHONE).say("1").state.kept == {"which": "b"}
    assert Talk(flow(asked, BYE, PERSON), CHAT).say("1").state.kept == {"which": "a"}


def test_the_ninth_of_a_long_list_can_be_chosen_in_writing() -> None:
    long = menu(*(f"c{place}" for place in range(1, 11)), keeps="which")
    assert Talk(flow(long, BYE, PERSON)).say("9").state.kept == {"which": "c9"}
    on_the_phone = Talk(flow(long, BYE, PERSON), PHONE).say("8")
    assert [one.id for one in on_the_phone.last.options] == ["c8", "c9", "c10", "-more"]
    assert on_the_phone.say("2").state.kept == {"which": "c9"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("٣", "3"),
        ("3 children", "3"),
        ("trois", "3"),
        ("0", "0"),
        ("9", "9"),
        ("11", None),
        ("3 or 4", None),
        ("-1", None),
    ],
)
def test_a_number_within_its_bounds(said: str, kept: str | None) -> None:
    ask = Ask("ask", text(en="How many?"), Wanted.NUMBER, "bye", "person", "n", 0, 10)
    assert Talk(flow(ask, BYE, PERSON)).say(said).state.kept.get("n") == kept


def test_a_number_that_cannot_be_0_leaves_0_to_a_person() -> None:
    ask = Ask("ask", text(en="How many?"), Wanted.NUMBER, "bye", "person", "n", 1, 8)
    assert isinstance(Talk(flow(ask, BYE, PERSON)).say("0").last, ToPerson)
    assert isinstance(Talk(flow(ask, BYE, PERSON)).say("9").last, Want)
    any_number = replace(ask, least=None, most=None)
    assert isinstance(Talk(flow(any_number, BYE, PERSON)).say("00").last, ToPerson)


@pytest.mark.parametrize(
    ("medium", "wants", "said", "kept"),
    [
        (CHAT, Wanted.PHOTO, Said(file="photo"), "photo"),
        (CHAT, Wanted.PHOTO, Said("here"), None),
        (CHAT, Wanted.LOCATION, Said(place=(35.5, 12.25)), "35.500000,12.250000"),
        (SMS, Wanted.LOCATION, Said("behind the school"), "behind the school"),
        (CHAT, Wanted.VOICE, Said(file="voice"), "voice"),
        (PHONE, Wanted.VOICE, Said(file="voice"), "voice"),
        (PHONE, Wanted.TEXT, Said(file="voice"), "voice"),
    ],
)
def test_other_things_are_asked_for(medium: Medium, wants: Wanted, said: Said, kept: str | None) -> None:
    ask = Ask("ask", text(en="Send it"), wants, "bye", "person", "it")
    assert Talk(flow(ask, BYE, PERSON), medium).say(said).state.kept.get("it") == kept


def test_what_cannot_be_given_on_the_phone_is_not_asked_for() -> None:
    ask = Ask("ask", text(en="Send it"), Wanted.PHOTO, "person", "bye")
    assert Talk(flow(ask, BYE, PERSON), PHONE).heard == ["Bye"]


# --- flows in flows, queues and budgets ----------------------------------------------------------------------


def test_a_sub_flow_comes_back() -> None:
    inner = replace(flow(menu("a"), BYE, PERSON), slug="inner")
    outer = flow(SubFlow("go", "inner", "after"), End("after", text(en="After")))
    assert Talk(outer, flows={"inner": inner}).say("1").heard == ["Bye", "After"]


def test_a_person_of_a_sub_flow_is_found_and_the_queue_goes_on_there() -> None:
    person = replace(PERSON, otherwise="bye")
    inner = replace(flow(menu("a"), BYE, person), slug="inner")
    outer = flow(SubFlow("go", "inner", "after"), End("after", text(en="After")))
    talk = Talk(outer, PHONE, flows={"inner": inner}).say("0")
    assert talk.heard == ["Wait"]
    assert talk.leave_queue().heard == ["Bye", "After"]


def test_a_sub_flow_that_is_gone_or_goes_round_leads_to_a_person() -> None:
    around = flow(SubFlow("go", "test", "bye"), BYE, PERSON)
    assert isinstance(Talk(around).last, ToPerson)
    assert isinstance(Talk(around, flows={"test": around}).last, ToPerson)


def test_a_sub_flow_that_is_taken_away_meanwhile_leads_to_a_person() -> None:
    """Also where the outer flow has a node of the same name."""
    inner = replace(flow(menu("a"), BYE), slug="inner")
    outer = flow(SubFlow("go", "inner", "menu"), menu("a"), BYE, PERSON)
    talk = Talk(outer, flows={"inner": inner})
    talk.world = SmallWorld()
    assert talk.say("1").heard == ["Wait"]


def test_who_waits_in_a_sub_flow_that_changed_meanwhile_still_waits() -> None:
    inner = replace(flow(menu("a"), BYE, PERSON), slug="inner")
    outer = flow(SubFlow("go", "inner", "bye"), BYE)
    talk = Talk(outer, PHONE, flows={"inner": inner}).say("0")
    other = replace(flow(replace(menu("a"), name="person", otherwise="bye"), BYE), slug="inner")
    talk.world = SmallWorld({"inner": other})
    assert isinstance(talk.say("0").last, ToPerson)
    assert talk.state.waits is Waits.QUEUE


def test_who_waits_for_nobody_leaves_a_message() -> None:
    talk = Talk(flow(menu("a"), BYE, PERSON), PHONE).say("0")
    assert talk.state.waits is Waits.QUEUE
    assert isinstance(talk.leave_queue().last, Want)
    assert talk.say(Said(file="voice")).last == Finish()


def test_what_goes_round_without_asking_ends_with_a_person() -> None:
    a, b = Message("a", text(en=""), "b"), Message("b", text(en=""), "a")
    assert isinstance(Talk(flow(a, b, PERSON)).last, ToPerson)


def test_who_never_comes_to_an_end_is_given_a_person() -> None:
    talk = Talk(flow(menu("a"), BYE, PERSON))
    talk.say(*["9"] * engine.INPUTS)
    assert isinstance(talk.last, Offer)
    assert isinstance(talk.say("9").last, ToPerson)


def test_after_the_end_nothing_more_is_said() -> None:
    assert Talk(flow(menu("a"), BYE, PERSON)).say("1", "1", "0").turn.acts == (Finish(),)


# --- information ---------------------------------------------------------------------------------------------


def test_every_category_can_be_chosen_first() -> None:
    read = replace(example().nodes["read_food"], category="", to="goodbye", none="person")
    asked = replace(example(), start="read_food", nodes={**example().nodes, "read_food": read})
    talk = Talk(asked)
    assert [one.id for one in talk.last.options] == ["food", "papers"]
    assert [one.id for one in talk.say("2").last.options] == ["-topics", "-on", "-human"]
    assert isinstance(talk.say("1", "1", "1", "4").last, ToPerson)


def test_many_articles_are_turned_over_like_pages() -> None:
    asked = replace(example(), start="read_food")
    talk = Talk(asked, shelf={"food": [f"Title {place}" for place in range(10)]}).say("more")
    assert [one.line.text for one in talk.last.options] == ["Title 7", "Title 8", "Title 9", "More"]
    assert talk.say("2").heard[0] == "All about Title 8, chat"


def test_nothing_to_read_goes_elsewhere_and_what_is_gone_is_said() -> None:
    asked = replace(example(), start="read_food")
    assert isinstance(Talk(asked, shelf={}).last, ToPerson)
    talk = Talk(asked, gone=frozenset({"Where to eat"})).say("1")
    assert talk.heard[0] == "This is not there any more."
    assert not any(isinstance(act, Read) for act in talk.turn.acts)


# --- vouchers ------------------------------------------------------------------------------------------------

RECEIPT = "12345678901234"
ASKED = Vouchers("a", {"en": Words("Your receipt code?")}, "bye", "person")


def test_the_holder_is_told_at_once() -> None:
    talk = Talk(flow(ASKED, BYE, PERSON), purse=["12 left"])
    assert talk.heard[0] == "12 left en"
    assert isinstance(talk.last, Finish)


@pytest.mark.parametrize("medium", Medium)
def test_anybody_else_is_asked_for_the_receipt_and_hears_the_state(medium: Medium) -> None:
    talk = Talk(flow(ASKED, BYE, PERSON), medium, receipts={RECEIPT: "Included"})
    assert isinstance(talk.last, Want)
    assert talk.last.digits == len(RECEIPT)
    assert talk.say("99999999999999").turn.acts  # asked again
    assert talk.say(RECEIPT).heard[0] == "Included en"


def test_who_has_no_receipt_comes_to_a_person() -> None:
    talk = Talk(flow(ASKED, BYE, PERSON)).say("12", "13", "14")
    assert isinstance(talk.last, ToPerson)
    assert isinstance(Talk(flow(ASKED, BYE, PERSON)).say("0").last, ToPerson)
