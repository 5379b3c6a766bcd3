"""What only mail has: programs of thirty years, loops, files in files, and a line between sent and perhaps."""

import smtplib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidline.channels.contract import (
    ChannelDown,
    Choice,
    Event,
    File,
    GiveUp,
    Incoming,
    Kind,
    Outgoing,
    Place,
    RetryLater,
    SendError,
    Sent,
    Uncertain,
    Unknown,
)
from aidline.channels.providers import email
from aidline.channels.providers.email import Email
from aidline.channels.wire import mail_lines, mail_writing
from aidline.channels.wire.mail_folding import fold
from aidline.channels.wire.mail_html import words_of
from aidline.kernel import http
from aidline.simulator.mailhouse.smtp import Reply
from local_server import Answer
from mail_server import MailWorld, mail_serving, read, text_of
from payloads.email import (
    CONFIG,
    OUR_ID,
    OURS,
    PERSON,
    PNG,
    WHO,
    mail,
    mixed,
    nested,
    part,
    plain,
    with_file,
)
from payloads.kit import MESSAGE, RECEIVED, SAID, WORDS


def make(**config: str) -> Email:
    return Email(email.Config(**{**CONFIG, **config}))


def parse(raw: bytes, **config: str) -> list[Event]:
    return make(**config).parse(raw, {}, RECEIVED)


def said(raw: bytes, **config: str) -> Incoming:
    (event,) = parse(raw, **config)
    assert isinstance(event, Incoming), event
    return event


# --- reading: the traps ----------------------------------------------------------------------------------


def test_a_mail_without_date_or_subject_or_id_is_a_mail() -> None:
    raw = plain(WORDS, Date="", Subject="", Message_ID="").replace(b"Received:", b"X-Gone:")
    event = said(raw)
    assert (event.text, event.subject, event.sent_at) == (WORDS, "", None)
    assert event.external_id.startswith("sha256:")
    again = said(raw.replace(b"X-Gone:", b"X-Gone: another way,"))
    other = said(plain(WORDS + "!", Date="", Subject="", Message_ID=""))
    assert again.external_id == event.external_id != other.external_id


def test_the_time_is_that_of_our_own_server_and_not_of_a_wrong_clock() -> None:
    assert said(plain(WORDS, Date="Thu, 01 Jan 1970 00:00:00 +0000")).sent_at == SAID
    assert said(plain(WORDS).replace(b"Received:", b"X-No:")).sent_at == SAID.replace(minute=50, second=0)
    zoneless = plain(WORDS, Date="Sun, 22 Nov 2026 11:50:00 -0000").replace(b"Received:", b"X-No:")
    assert said(zoneless).sent_at == datetime(2026, 11, 22, 11, 50, tzinfo=UTC)


@pytest.mark.parametrize("charset", ["iso-8859-6", "windows-1256", "koi8-r", "utf-16", "shift_jis"])
def test_words_in_every_set_of_characters_are_read(charset: str) -> None:
    words = {"koi8-r": "Нужна помощь", "shift_jis": "助けてください"}.get(charset, "أحتاج إلى مساعدة")
    head = f"Content-Type: text/plain; charset={charset}"
    raw = mail("MIME-Version: 1.0", head, "Content-Transfer-Encoding: 8bit") + words.encode(charset)
    assert said(raw).text == words


@pytest.mark.parametrize("charset", ["x-unknown", "", "utf-8"])
def test_a_wrong_set_of_characters_loses_no_line(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}"
    raw = mail("MIME-Version: 1.0", head, "Content-Transfer-Encoding: 8bit") + b"caf\xe9\r\nsecond"
    assert said(raw).text == "café\nsecond"


def test_plain_text_comes_before_html_unless_it_is_empty() -> None:
    html = part("text/html; charset=utf-8", "<p>from <b>html</b></p>")
    assert said(mixed(part("text/plain", "plain"), html, kind="alternative")).text == "plain"
    assert said(mixed(part("text/plain", "  \n"), html, kind="alternative")).text == "from html"
    assert said(mixed(html, kind="alternative")).text == "from html"
    assert said(mail("MIME-Version: 1.0", "Content-Type: text/html", body="<p>only</p>")).text == "only"


def test_texts_between_pictures_are_all_kept_as_some_programs_cut_them() -> None:
    picture = part("image/png", PNG, "Content-Disposition: inline; filename=a.png")
    event = said(mixed(part("text/plain", "before"), picture, part("text/plain", "after")))
    assert (event.text, [ref.name for ref in event.media]) == ("before\n\nafter", ["a.png"])


def test_a_picture_inside_the_text_without_disposition_or_name_is_a_file() -> None:
    inside = nested(
        "related",
        part("text/html; charset=utf-8", '<p>look <img src="cid:x" alt="the door"></p>'),
        part("image/png", PNG, "Content-ID: <x>"),
    )
    event = said(mixed(part("text/plain", ""), inside, kind="alternative"))
    assert (event.kind, event.text) == (Kind.IMAGE, "look the door")
    assert [(ref.kind, ref.mime, ref.content) for ref in event.media] == [(Kind.IMAGE, "image/png", PNG)]


@pytest.mark.parametrize(
    ("mime", "name"),
    [
        ("application/ms-tnef", "winmail.dat"),
        ("text/calendar; method=REQUEST", "invite.ics"),
        ("text/vcard", "card.vcf"),
        ("application/octet-stream", "نموذج.pdf"),
    ],
)
def test_files_of_every_kind_are_documents(mime: str, name: str) -> None:
    (ref,) = said(with_file(mime, name, b"inside")).media
    assert (ref.kind, ref.name, ref.content, ref.size) == (Kind.DOCUMENT, name, b"inside", 6)


def test_a_calendar_beside_the_text_and_without_a_name_is_kept() -> None:
    event = said(
        mixed(part("text/plain", "come"), part("text/calendar", "BEGIN:VCALENDAR"), kind="alternative")
    )
    assert (event.text, event.media[0].name) == ("come", "file.ics")


def test_a_forwarded_mail_is_a_file_that_holds_all_of_it() -> None:
    inner = "Subject: What they wrote\nFrom: other@example.net\n\nthe threat itself"
    event = said(mixed(part("text/plain", "see this"), part("message/rfc822", inner)))
    (ref,) = event.media
    assert (event.text, ref.name, ref.mime) == ("see this", "What they wrote.eml", "message/rfc822")
    assert b"the threat itself" in (ref.content or b"")


def test_a_name_in_the_wrong_writing_is_still_a_name() -> None:
    heads = {
        "filename*=UTF-8''%D8%B1%D8%B3%D8%A7%D9%84%D8%A9.pdf": "رسالة.pdf",
        'filename="=?UTF-8?B?2LHYs9in2YTYqS5wZGY=?="': "رسالة.pdf",
        "filename=no quotes here.pdf": "no",
    }
    for head, name in heads.items():
        raw = mixed(part("application/pdf", b"x", f"Content-Disposition: attachment; {head}"))
        assert said(raw).media[0].name.startswith(name), head


def test_several_ids_in_a_header_for_one_are_all_looked_at() -> None:
    raw = plain(WORDS, In_Reply_To=f"<theirs@example.net> <{OUR_ID}>")
    assert said(raw).reply_to == OUR_ID
    assert said(plain(WORDS, References=f"<{OUR_ID}> <theirs@example.net>")).reply_to == OUR_ID
    assert said(plain(WORDS, In_Reply_To="<theirs@example.net>")).reply_to == "theirs@example.net"
    assert said(plain(WORDS, In_Reply_To="Your message of Monday")).reply_to == ""


@pytest.mark.parametrize(
    ("reply_to", "expected"),
    [
        ("ilham.new@example.net", "ilham.new@example.net"),
        ("broken@", PERSON),
        ("not an address", PERSON),
        ("a@example.net, b@example.net", PERSON),
        (OURS, PERSON),
        ("", PERSON),
    ],
)
def test_who_is_answered_is_one_address_and_a_broken_one_is_passed_over(reply_to: str, expected: str) -> None:
    """Never both: an answer to one of them must not open the other's conversation."""
    assert [one.value for one in said(plain(WORDS, Reply_To=reply_to)).senders] == [expected]


def test_a_domain_has_one_form_whatever_its_letters() -> None:
    forms = ("Amal@EXAMPLE.net", "Amal@example.NET.", "Amal@bücher.example", "Amal@xn--bcher-kva.example")
    found = [said(plain(WORDS, From=form)).senders[0].value for form in forms]
    assert found == ["Amal@example.net", "Amal@example.net", *["Amal@xn--bcher-kva.example"] * 2]


def test_a_header_that_breaks_the_library_is_read_as_it_stands() -> None:
    for broken in ("=?utf-8?q?=", "=?x-none?b?%%%?= <ilham@example.net>", "<<>>,,;;@", "a" * 5000):
        parse(plain(WORDS, From=broken, Subject=broken, Date=broken, Reply_To=broken, In_Reply_To=broken))


def test_a_mail_cut_in_the_middle_keeps_its_words_and_says_that_files_are_missing() -> None:
    whole = with_file("application/pdf", "large.pdf", b"x" * 9000)
    event = said(b"X-Aidline-Cut: 31000000\r\n" + whole[:1500])
    assert event.text == WORDS
    assert [(ref.ref, ref.name, ref.content) for ref in event.media] == [("too-large-1", "large.pdf", None)]
    with httpx.Client() as client, pytest.raises(GiveUp, match="too-large"):
        make().fetch_media(client, event.media[0])
    alone = said(b"X-Aidline-Cut: 31000000\r\n" + plain(WORDS))
    assert [(ref.ref, ref.size) for ref in alone.media] == [("too-large-0", 31_000_000)]


def test_the_signature_of_a_signed_mail_is_no_file() -> None:
    signature = part("application/pgp-signature", b"sig", "Content-Disposition: attachment; filename=s.asc")
    assert said(mixed(part("text/plain", "hello"), signature, kind="signed")).media == ()


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; note=x",
        "Precedence: bulk",
        "Precedence: list",
        "X-Auto-Response-Suppress: All",
        "List-Id: <news.example.net>",
        "X-Autoreply: yes",
    ],
)
def test_what_a_machine_wrote_is_marked(head: str) -> None:
    assert said(plain(WORDS, head)).automatic
    assert not said(plain(WORDS, "Auto-Submitted: no")).automatic


def test_empty_return_paths_and_daemons_are_machines_too() -> None:
    assert said(plain(WORDS, Return_Path="<>")).automatic
    for writer in ("no-reply@example.net", "MAILER-DAEMON@example.net", "noreply+7@example.net"):
        assert said(plain(WORDS, From=writer)).automatic
    assert not said(plain(WORDS, From="noreplying@example.net")).automatic


def test_our_own_mail_that_came_round_is_let_go() -> None:
    assert parse(plain(WORDS, From=f"Harbour Aid <{OURS}>")) == [Unknown("mail-from-ourselves")]
    assert parse(plain(WORDS, From=PERSON, Reply_To=OURS)) != [Unknown("mail-from-ourselves")]


# --- html ------------------------------------------------------------------------------------------------


def test_of_html_nothing_but_words_survives() -> None:
    html = """<html><head><title>t</title><style>p{color:red}</style></head><body onload="x()">
      <script>alert(1)</script><p>First&nbsp;line<br>second &amp; &lt;third&gt;</p><ul><li>one</li><li>two</li></ul>
      <img src="https://tracker.example/p.gif" width=1><a href="https://real.example/x">https://shown.example</a>
      <a href="mailto:a@example.org">a@example.org</a> <a href="javascript:x()">press</a>
      <object><p>unseen</p></object></body></html>"""
    assert words_of(html).split("\n") == [
        "First line",
        "second & <third>",
        "",
        "- one",
        "- two",
        "",
        "https://shown.example <https://real.example/x> a@example.org press",
    ]


@given(st.text(alphabet="<>/abp \n&;\"='!-scriptlqu", max_size=200))
def test_html_of_any_kind_is_read_without_error(html: str) -> None:
    words_of(html)


# --- folding ---------------------------------------------------------------------------------------------

NEW = "Thank you, that helps.\nCan I come on Monday?"
WROTE = [
    "On Mon, 23 Nov 2026 at 09:14, Harbour Aid <help@aid.example.org> wrote:",
    "On 23.11.2026 09:14, Harbour Aid wrote:",
    "Le lun. 23 nov. 2026 à 09:14, Harbour Aid\n<help@aid.example.org> a écrit :",
    "Am 23.11.2026 um 09:14 schrieb Harbour Aid <help@aid.example.org>:",
    "El lun, 23 nov 2026 a las 9:14, Harbour Aid (<help@aid.example.org>) escribió:",
    "Em seg., 23 de nov. de 2026 às 09:14, Harbour Aid <help@aid.example.org> escreveu:",
    "Il giorno lun 23 nov 2026 alle ore 09:14 Harbour Aid <help@aid.example.org> ha scritto:",
    "Op ma 23 nov. 2026 om 09:14 schreef Harbour Aid <help@aid.example.org>:",
    "пн, 23 нояб. 2026 г. в 09:14, Harbour Aid <help@aid.example.org> написал(а):",
    "пн, 23 лист. 2026 р. о 09:14 Harbour Aid <help@aid.example.org> пише:",
    "في الاثنين، 23 نوفمبر 2026 في 9:14 ص تمت كتابة ما يلي بواسطة Harbour Aid <help@aid.example.org>:",
    "Harbour Aid <help@aid.example.org>, 23 Kas 2026 Pzt, 09:14 tarihinde şunu yazdı:",
    "در تاریخ دوشنبه ۲۳ نوامبر 2026، Harbour Aid <help@aid.example.org> نوشت:",
]
OUTLOOK = [
    "-----Original Message-----\nFrom: Harbour Aid\nSent: Monday\nTo: Ilham\nSubject: Question",
    "________________________________\nFrom: Harbour Aid <help@aid.example.org>\nSent: Monday\nTo: I\nSubject: Q",
    "De : Harbour Aid <help@aid.example.org>\nEnvoyé : lundi 23 novembre 2026\nÀ : Ilham\nObjet : Question",
    "Von: Harbour Aid\nGesendet: Montag, 23. November 2026\nAn: Ilham\nBetreff: Frage",
    "De: Harbour Aid\nEnviado: lunes\nPara: Ilham\nAsunto: Pregunta",
    "От: Harbour Aid\nОтправлено: понедельник\nКому: Ilham\nТема: Вопрос",
    "من: Harbour Aid\nتم الإرسال: الاثنين\nإلى: Ilham\nالموضوع: سؤال",
    "---------- Forwarded message ---------\nFrom: Harbour Aid",
]


@pytest.mark.parametrize("wrote", WROTE)
def test_a_marked_quote_is_folded_with_the_line_that_introduces_it(wrote: str) -> None:
    quote = f"{wrote}\n\n> Come to the office.\n> It is open until five.\n"
    assert fold(f"{NEW}\n\n{quote}") == (NEW, quote.rstrip("\n"))


@pytest.mark.parametrize("heads", OUTLOOK)
def test_an_older_mail_under_its_heads_is_folded(heads: str) -> None:
    assert fold(f"{NEW}\n\n{heads}\n\nCome to the office.") == (NEW, f"{heads}\n\nCome to the office.")


@pytest.mark.parametrize("end", ["-- \nIlham\nHarbour street", "Sent from my iPhone", "Envoyé de mon iPhone"])
def test_signatures_are_folded(end: str) -> None:
    assert fold(f"{NEW}\n\n{end}") == (NEW, end)


def test_a_signature_above_a_quote_goes_with_it() -> None:
    text, folded = fold(f"{NEW}\n\nSent from my iPhone\n\n{WROTE[0]}\n> old")
    assert (text, folded.split("\n")[0]) == (NEW, "Sent from my iPhone")


def test_answers_below_the_quote_are_the_text() -> None:
    assert fold(f"{WROTE[0]}\n> old\n> older\n\n{NEW}") == (NEW, f"{WROTE[0]}\n> old\n> older")


@pytest.mark.parametrize(
    "unclear",
    [
        "> Where?\nHere.\n> When?\nNow.",
        "> only a quote",
        f"{WROTE[0]}\n> nothing new",
        "From: here to the harbour is far.\nI cannot walk.",
        "He wrote:\nI will find you",
        "-- ",
        "On Monday my brother wrote: he is safe",
        "Date: none\nTo: whom it may concern",
    ],
)
def test_where_it_is_not_clear_what_is_new_nothing_is_hidden(unclear: str) -> None:
    text, folded = fold(unclear)
    assert (text, folded) == (unclear, "")


_LINES = st.sampled_from(
    [
        "Hello",
        "",
        "> quoted",
        ">> deeper",
        "-- ",
        "--",
        WROTE[0],
        WROTE[4],
        *OUTLOOK[0].split("\n"),
        "Sent from my x",
    ]
)


@given(st.lists(_LINES, max_size=14))
def test_no_line_is_ever_lost_by_folding(lines: list[str]) -> None:
    text, folded = fold("\n".join(lines))
    kept = Counter(line for line in f"{text}\n{folded}".split("\n") if line.strip())
    assert kept == Counter(line for line in lines if line.strip())
    assert bool(text.strip()) == any(line.strip() for line in lines)


# --- writing ---------------------------------------------------------------------------------------------


def out(kind: Kind = Kind.TEXT, **more: Any) -> Outgoing:
    return Outgoing(MESSAGE, WHO[0], kind, **{"text": "Hello", **more})


def written(outgoing: Outgoing, **config: str) -> tuple[EmailMessage, MailWorld]:
    with mail_serving() as world:
        world.answer = lambda _: Answer(250, b"2.0.0 ok")
        send(world, outgoing, **config)
    return read(world.letters[0].data), world


def send(world: MailWorld, outgoing: Outgoing, **config: str) -> Sent:
    ways = {"smtp_host": "127.0.0.1", "smtp_port": str(world.port), **config}
    with http.client(frozenset({world.origin, f"localhost:{world.port}"})) as client:
        client.timeout = httpx.Timeout(1.0)
        return make(**ways).send(client, outgoing)


def test_a_mail_of_ours_tells_nothing_but_what_it_must() -> None:
    mail_, world = written(out())
    names = {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }
    assert set(mail_.keys()) == names
    assert (mail_["From"], mail_["To"], mail_["Subject"]) == (f"Harbour Aid <{OURS}>", PERSON, "Message")
    assert mail_["Date"].datetime.utcoffset() == timedelta(0)
    assert socket.gethostname() not in world.letters[0].data.decode() + world.letters[0].greeting
    assert world.letters[0].greeting == "aid.example.org"
    assert (world.letters[0].sender, world.letters[0].to) == (OURS, (PERSON,))


def test_a_mail_of_ours_hangs_on_to_its_thread() -> None:
    ids = tuple(f"m-{at}@example.net" for at in range(40))
    mail_, _ = written(out(subject="Heating", thread=(*ids, "sha256:abc"), reply_to="m-39@example.net"))
    assert mail_["Subject"] == "Re: Heating"
    assert mail_["In-Reply-To"] == "<m-39@example.net>"
    assert mail_["References"].split() == [f"<{one}>" for one in (ids[0], *ids[-19:])]


@pytest.mark.parametrize(
    "subject", ["Re: Heating", "AW: Heating", "RE[2]: Heating", "رد: تدفئة", "Ответ: тепло"]
)
def test_no_second_re_is_put_before_an_answer(subject: str) -> None:
    assert written(out(subject=subject))[0]["Subject"] == subject


def test_words_from_outside_cannot_become_headers() -> None:
    mail_, _ = written(
        out(subject="x\r\nBcc: all@example.net", reply_to="a@b>\r\nX: y", thread=("c@d\nX: y",))
    )
    assert (mail_["Bcc"], mail_["X"], mail_["In-Reply-To"]) == (None, None, None)
    with mail_serving() as world, pytest.raises(GiveUp):
        send(world, replace(out(), to=replace(WHO[0], value="a@example.net\r\nRCPT TO:<b@example.net>")))
    assert world.letters == []


def test_choices_and_places_are_text() -> None:
    choices = tuple(Choice(str(at), f"Way {at}") for at in range(1, 13))
    _, world = written(out(Kind.CHOICE, text="Which?", choices=choices))
    assert text_of(world.letters[0].data).startswith("Which?\n\n1. Way 1\n2. Way 2")
    _, world = written(out(Kind.LOCATION, text="", place=Place(50.85, 4.35, "Square", "Main street 1")))
    assert (
        text_of(world.letters[0].data) == "Square\nMain street 1\n50.850000, 4.350000\ngeo:50.850000,4.350000"
    )


def test_a_file_goes_beside_the_text_with_its_name() -> None:
    file = File("رسالة.pdf", "application/pdf", 9, lambda: b"the bytes")
    mail_, world = written(out(Kind.DOCUMENT, text="Here", file=file))
    (enclosed,) = mail_.iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content()) == ("رسالة.pdf", b"the bytes")
    assert text_of(world.letters[0].data) == "Here"


def test_a_file_that_grows_too_large_by_its_writing_is_given_up_unsent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail_writing, "LARGEST", 1000)
    file = File("a.pdf", "application/pdf", 900, lambda: b"x" * 900)
    with mail_serving() as world, pytest.raises(GiveUp, match="too-large"):
        send(world, out(Kind.DOCUMENT, file=file))
    assert world.letters == []


def test_what_no_person_wrote_says_so() -> None:
    assert written(out(automatic=True))[0]["Auto-Submitted"] == "auto-replied"
    assert written(out())[0]["Auto-Submitted"] is None


def test_a_dot_alone_on_a_line_does_not_end_a_mail() -> None:
    text = ".\n..\n.hidden\nend"
    assert text_of(written(out(text=text))[1].letters[0].data) == text


# --- the line between sent and perhaps -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        (450, "4.2.0 greylisted", RetryLater),
        (550, "5.1.1 nobody", GiveUp),
        (551, "moved away", GiveUp),
        (552, "5.2.2 full", GiveUp),
        (550, "5.7.1 relaying denied", GiveUp),
    ],
)
def test_a_recipient_that_is_refused_was_written_to_by_nobody(
    code: int, words: str, expected: type[SendError]
) -> None:
    with mail_serving() as world:
        world.refused[PERSON] = Reply(code, words)
        with pytest.raises(expected) as caught:
            send(world, out())
    assert (world.letters, caught.value.code) == (
        [],
        words.split(maxsplit=1)[0] if words[1] == "." else str(code),
    )


def test_a_wrong_password_shuts_the_channel_with_the_servers_words() -> None:
    with mail_serving() as world:
        world.locked = True
        with pytest.raises(ChannelDown) as caught:
            send(world, out())
    assert (caught.value.code, caught.value.words) == ("5.7.8", "5.7.8 wrong user or password")


def test_a_server_that_knows_no_way_to_sign_in_shuts_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_serving() as world:
        monkeypatch.setattr(mail_lines._Smtp, "login", _no_way)
        with pytest.raises(ChannelDown, match="cannot-sign-in"):
            send(world, out())


def _no_way(*_: object) -> None:
    raise smtplib.SMTPException("No suitable authentication method found.")


@contextmanager
def cut_after(commands: int) -> Iterator[int]:
    """A server that hangs up when it has answered that many commands."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = listener.accept()
        with suppress(OSError), line, line.makefile("rwb") as pipe:
            pipe.write(b"220 x\r\n")
            pipe.flush()
            for _ in range(commands):
                verb = pipe.readline()[:4].upper()
                answer = {
                    b"EHLO": b"250-x\r\n250 AUTH PLAIN\r\n",
                    b"AUTH": b"235 2.7.0 ok\r\n",
                    b"DATA": b"354 go\r\n",
                }
                pipe.write(answer.get(verb, b"250 ok\r\n"))
                pipe.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(2)
    listener.close()


@pytest.mark.parametrize("commands", range(5))
def test_a_line_cut_before_the_final_dot_may_be_tried_again(commands: int) -> None:
    """Greeting, EHLO, AUTH, MAIL, RCPT: nothing has been said yet."""
    with cut_after(commands) as port, pytest.raises(RetryLater):
        send(_at(port), out())


def test_a_line_cut_after_the_final_dot_is_never_tried_again() -> None:
    with cut_after(5) as port, pytest.raises((Uncertain, RetryLater)) as caught:
        send(_at(port), out())
    # With DATA answered the dot was written into a line that may have been cut before or after it.
    assert isinstance(caught.value, Uncertain)


def _at(port: int) -> MailWorld:
    world = MailWorld()
    world.port = port
    return world


def test_a_goodbye_that_hangs_does_not_make_a_sent_mail_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smtplib.SMTP.quit", lambda _self: 1 / 0)
    with mail_serving() as world:
        world.answer = lambda _: Answer(250, b"2.0.0 ok")
        assert send(world, out()).external_id == OUR_ID


# --- TLS and addresses -----------------------------------------------------------------------------------


def test_private_addresses_are_never_called_unless_they_are_set() -> None:
    with mail_serving() as world, http.client() as client:
        provider = make(smtp_port=str(world.port), imap_port=str(world.port))
        for call in (lambda: provider.send(client, out()), lambda: provider.poll(client, "")):
            with pytest.raises(GiveUp, match="address-refused"):
                call()
    assert world.letters == []


def test_a_server_that_offers_no_encryption_gets_no_password() -> None:
    with mail_serving() as world, pytest.raises(ChannelDown, match="no-starttls"):
        send(world, out(), smtp_security="starttls")
    assert world.letters == []


def test_no_encryption_is_for_private_networks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Public:
        def getpeername(self) -> tuple[str, int]:
            return ("192.0.46.8", 25)

        def close(self) -> None:
            pass

    monkeypatch.setattr(mail_lines, "connect", lambda *_: Public())
    with http.client() as client, pytest.raises(ChannelDown, match="not-encrypted"):
        make().send(client, out())


def test_a_certificate_that_proves_nothing_shuts_the_channel(tmp_path: Path) -> None:
    context = _self_signed(tmp_path)
    with mail_serving(context=context) as world, pytest.raises(ChannelDown, match="certificate"):
        send(world, out(), smtp_security="starttls", smtp_host="localhost")
    assert world.letters == []


def test_with_a_certificate_that_is_trusted_the_mail_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = _self_signed(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    monkeypatch.setattr(mail_lines, "tls", lambda: trusting)
    with mail_serving(context=context) as world:
        world.answer = lambda _: Answer(250, b"2.0.0 ok")
        ways = {"smtp_security": "starttls", "smtp_host": "localhost"}
        with http.client(frozenset({f"localhost:{world.port}"})) as client:
            sent = make(smtp_port=str(world.port), **ways).send(client, out())
    assert (sent.external_id, len(world.letters)) == (OUR_ID, 1)


def _self_signed(folder: Path) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain_ = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain_))
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
