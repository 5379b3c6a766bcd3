"""Scripts as Hypothesis makes them up, and one of each for whoever wants to look at all."""

from hypothesis import strategies as st

from aidline.channels.contract.voice import (
    Connect,
    Enqueue,
    Gather,
    Hangup,
    Part,
    Pause,
    Play,
    Prompt,
    Record,
    Redirect,
    Reject,
    Say,
    Script,
    Transfer,
)

HERE = "https://help.example/voice/x/1"
TOLD = "https://help.example/hooks/x/1"
THEN = f"{HERE}/turn?call=01a202d6&at=3"
TUNE = f"{HERE}/sound/waiting.wav"
THEIR_NUMBER, OUR_NUMBER = "+447700900123", "+447700900999"
COACHED = "CA" + "7" * 32

texts = st.text(min_size=1, max_size=60) | st.sampled_from(
    ['Press 1 <now> & "wait"', "مرحبا، اضغط ١", "a\x00b\ud800\x0bc", "words " * 900, " "]
)
languages = st.sampled_from(["en", "ar", "fr", "uk", "ti", "prs", ""])
whiles = st.integers(0, 700)
addresses = st.sampled_from([THEN, f"{HERE}/turn?call=1&at=2&word=%C3%A9", f"{HERE}/turn"])
prompt: st.SearchStrategy[Prompt] = st.one_of(
    st.builds(Say, texts, languages), st.builds(Play, st.just(TUNE)), st.builds(Pause, st.integers(0, 9))
)
prompts = st.lists(prompt, max_size=4).map(tuple)

gathers = st.builds(
    Gather, prompts, addresses, st.integers(1, 20), st.integers(1, 60), st.sampled_from(["#", "*", ""])
)
records = st.builds(Record, addresses, st.just(TOLD), prompts, st.integers(1, 600), st.integers(1, 30))
queues = st.builds(Enqueue, prompts, addresses, st.sampled_from(["", TUNE]), st.integers(1, 60))
connects = st.builds(
    Connect,
    st.uuids().map(str),
    st.sampled_from(Part),
    st.uuids().map(str),
    st.just(TOLD),
    addresses,
    st.sampled_from(["", TUNE]),
    st.sampled_from(["", COACHED]),
    st.sampled_from(["", TOLD]),
)
transfers = st.builds(
    Transfer, st.just(THEIR_NUMBER), st.sampled_from(["", OUR_NUMBER]), addresses, st.integers(1, 90)
)
endings = st.one_of(
    gathers, records, queues, connects, transfers, st.builds(Redirect, addresses), st.builds(Hangup)
)
rejects: st.SearchStrategy[Script] = st.builds(Reject, st.booleans()).map(lambda reject: (reject,))

scripts: st.SearchStrategy[Script] = rejects | st.builds(
    lambda heard, end, more: (*heard, end, *more), prompts, endings, st.just(()) | prompts
)
unended: st.SearchStrategy[Script] = prompts

ONE_OF_EACH: tuple[Script, ...] = (
    (Say("Welcome", "en"), Hangup()),
    (Say("مرحبا", "ar"), Pause(2), Play(TUNE), Redirect(THEN)),
    (Gather((Say("Press 1", "en"), Play(TUNE)), THEN, most=1),),
    (Gather((), THEN, most=5, seconds=9, finish="*"),),
    (Record(THEN, TOLD, (Say("Speak after the tone", "en"),)),),
    (Enqueue((Say("You are third", "en"),), THEN, TUNE),),
    (Enqueue((), THEN),),
    *((Connect("room-1", part, f"leg-{part}", TOLD, THEN, TUNE),) for part in Part),
    (Connect("room-1", Part.WHISPERER, "leg-8", TOLD, THEN, coached=COACHED),),
    (Connect("room-1", Part.AGENT, "leg-9", TOLD, THEN, recorded_to=TOLD),),
    (Transfer(THEIR_NUMBER, OUR_NUMBER, THEN),),
    (Reject(),),
    (Reject(busy=True),),
    (Redirect(THEN),),
    (Hangup(),),
    (Say("and then nothing", "en"),),
    (),
)
