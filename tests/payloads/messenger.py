"""After developers.facebook.com/docs/messenger-platform, webhook events and Send API (read 2026-11-24)."""

from datetime import UTC, datetime

from aidline.channels.contract import (
    Choice,
    Deletion,
    Edit,
    Event,
    Kind,
    MediaRef,
    Place,
    Preference,
    Reaction,
    Receipt,
    ReceiptUpTo,
    Scheme,
    Status,
    Unknown,
)
from payloads import meta_messaging as shared
from payloads.kit import MESSAGE, SAID, SAID_SECONDS, WORDS, Kit

CONFIG = {
    "page_id": "100000000000101",
    "access_token": "CANARYTOKEN-page",
    "app_secret": "CANARYSECRET-app",
    "verify_token": "CANARYVERIFY-word",
    "app_id": "300000000000303",
}
PSID = "7001234567890123"
page = shared.Writer("page", CONFIG["page_id"], PSID, Scheme.MESSENGER)
UNTIL = SAID.replace(microsecond=253_000)
FILE = shared.FILE

LOCATION = {
    "type": "location",
    "title": "Square",
    "payload": {"coordinates": {"lat": 50.85, "long": 4.35}},
}
SAID_KINDS: dict[Kind, tuple[bytes, Event]] = {
    **page.common(),
    Kind.LOCATION: page.said(
        page.message(attachments=[LOCATION]), Kind.LOCATION, place=Place(50.85, 4.35, "Square")
    ),
}
ECHO = {"mid": "m_OURS", "text": WORDS, "is_echo": True, "app_id": 300000000000303}

RECEIPTS: dict[Status, tuple[bytes, Receipt | ReceiptUpTo]] = {
    Status.SENT: (
        page.body(page.ours(message={**ECHO, "metadata": str(MESSAGE)})),
        Receipt("m_OURS", Status.SENT, SAID, message=MESSAGE),
    ),
    Status.DELIVERED: (
        page.body(page.one(delivery={"mids": ["m_OURS"], "watermark": shared.MILLISECONDS})),
        Receipt("m_OURS", Status.DELIVERED, SAID),
    ),
    Status.READ: (
        page.body(page.one(read={"watermark": shared.MILLISECONDS + 253})),
        ReceiptUpTo((page.sender,), Status.READ, UNTIL),
    ),
}


def link(kind: str, **more: object) -> dict[str, object]:
    return {"type": kind, "payload": {"url": "https://example.org/post", "title": "A post"}, **more}


POST = "A post\nhttps://example.org/post"
UNSAID: tuple[tuple[bytes, list[Event]], ...] = (
    (
        page.body(
            page.one(reaction={"mid": "m_OURS", "action": "react", "reaction": "smile", "emoji": "😆"})
        ),
        [Reaction("m_OURS", "😆", (page.sender,), SAID)],
    ),
    (
        page.body(page.one(reaction={"mid": "m_OURS", "action": "react", "reaction": "love"})),
        [Reaction("m_OURS", "❤️", (page.sender,), SAID)],
    ),
    (
        page.body(page.one(reaction={"mid": "m_OURS", "action": "unreact"})),
        [Reaction("m_OURS", "", (page.sender,), SAID)],
    ),
    (page.body(page.ours(reaction={"mid": "m_1", "action": "react"})), [Unknown("reaction")]),
    (
        page.body(page.one(message_edit={"mid": "m_1", "text": "new", "num_edit": 1})),
        [Edit("m_1", "new", (page.sender,), SAID)],
    ),
    (page.body(page.message(is_deleted=True)), [Deletion("m_1", (page.sender,), SAID)]),
    (
        page.body(page.one(postback={"mid": "m_2", "title": "Get started", "payload": "START"})),
        [page.incoming(Kind.CHOICE, "m_2", text="Get started", choice=Choice("START", "Get started"))],
    ),
    (
        page.body(page.one(postback={"title": "Old", "payload": "x"})),
        [
            page.incoming(
                Kind.CHOICE,
                f"postback-{PSID}-{SAID_SECONDS}.000",
                text="Old",
                choice=Choice("x", "Old"),
            )
        ],
    ),
    (
        page.body(page.one(delivery={"watermark": shared.MILLISECONDS + 253})),
        [ReceiptUpTo((page.sender,), Status.DELIVERED, UNTIL)],
    ),
    (
        page.body({**page.one(delivery={"mids": ["a", "b"], "watermark": 1795348770253}), "timestamp": None}),
        [Receipt(mid, Status.DELIVERED, datetime(2026, 11, 22, 11, 59, 30, 253_000, UTC)) for mid in "ab"],
    ),
    (
        page.body(
            page.one(
                optin={"type": "notification_messages", "notification_messages_status": "STOP NOTIFICATIONS"}
            ),
            page.one(
                optin={
                    "type": "notification_messages",
                    "notification_messages_status": "RESUME_NOTIFICATIONS",
                }
            ),
        ),
        [Preference((page.sender,), opted_out=True), Preference((page.sender,), opted_out=False)],
    ),
    # echoes of others: nobody here said it
    (
        page.body(page.ours(message={**ECHO, "app_id": 263902037430900, "metadata": str(MESSAGE)})),
        [Unknown("echo")],
    ),
    (page.body(page.ours(message={"mid": "m_9", "text": WORDS, "is_echo": True})), [Unknown("echo")]),
    (page.body(page.ours(message={"mid": "m_9", "text": WORDS})), [Unknown("echo")]),
    (page.body(page.ours(message=ECHO)), [Receipt("m_OURS", Status.SENT, SAID)]),
    # several pictures, links, and what belongs to somebody else
    (
        page.body(page.message(text=WORDS, attachments=[{"type": "image", "payload": {"url": FILE}}] * 2)),
        [page.incoming(Kind.IMAGE, text=WORDS, media=(MediaRef(FILE, Kind.IMAGE),) * 2)],
    ),
    (page.body(page.message(attachments=[link("fallback")])), [page.incoming(Kind.TEXT, text=POST)]),
    (
        page.body(page.message(text="look", attachments=[link("fallback")])),
        [page.incoming(Kind.TEXT, text="look")],
    ),
    (
        page.body(page.message(attachments=[link("reel")])),
        [page.incoming(Kind.UNSUPPORTED, raw_kind="reel", text=POST)],
    ),
    (
        page.body(page.message(attachments=[{"type": "sticker", "payload": {"url": FILE}}])),
        [page.incoming(Kind.STICKER, media=(MediaRef(FILE, Kind.STICKER),))],
    ),
    (
        page.body(page.message(attachments=[{"type": "image"}])),
        [page.incoming(Kind.UNSUPPORTED, raw_kind="image")],
    ),
    (
        page.body(page.message(commands=[{"name": "help"}])),
        [page.incoming(Kind.UNSUPPORTED, raw_kind="commands")],
    ),
    (
        page.body(page.message(text=WORDS), name="standby"),
        [page.incoming(Kind.UNSUPPORTED, raw_kind="standby", text=WORDS)],
    ),
    (
        page.body(page.file("image"), page.message(is_deleted=True), name="standby"),
        [
            page.incoming(Kind.UNSUPPORTED, raw_kind="standby", media=(MediaRef(FILE, Kind.IMAGE),)),
            Deletion("m_1", (page.sender,), SAID),
        ],
    ),
    (
        page.body({**page.message(text="seconds"), "timestamp": int(SAID_SECONDS)}),
        [page.incoming(Kind.TEXT, text="seconds")],
    ),
    (page.body(page.message(text=WORDS), to="999"), [Unknown("other-account")]),
)

BATCH = page.whole(
    page.entry(page.message("m_0", text="0"), page.message("m_1", text="1")),
    page.entry(page.message("m_9", text="another page"), to="999"),
    page.entry(page.one(read={"watermark": shared.MILLISECONDS}), page.message("m_2", text="2")),
)

KITS = (
    Kit(
        label="messenger",
        provider="messenger",
        config=CONFIG,
        other_config={**CONFIG, "page_id": "100000000000109"},  # one app secret for both
        secret="app_secret",
        previous_secret="previous_app_secret",
        hook=shared.hook("messenger"),
        said=SAID_KINDS,
        receipts=RECEIPTS,
        names_no_message=frozenset({Status.DELIVERED, Status.READ}),
        strange=page.strange(),
        unsaid=UNSAID,
        batch=(BATCH, ["m_0", "m_1", "m_2"]),
        with_unknown_field=(
            page.body({**page.message(text=WORDS, nlp={"entities": {}}), "newer": [1]}),
            page.incoming(Kind.TEXT, text=WORDS),
        ),
        stops=(page.body(page.one(optin={"notification_messages_status": "STOP_NOTIFICATIONS"})),),
        handshakes=shared.handshakes("messenger", CONFIG["verify_token"]),
        to=page.sender,
        answers=shared.answers,
        sent_id="m_OURS",
        is_message=shared.is_message,
        words_of=shared.words_of,
        refusals=shared.REFUSALS,
        ref=lambda url: MediaRef(f"{url}/cdn/file?oh=1", Kind.IMAGE),
        telling=(PSID, "CANARYWORDS", "Canaryname"),
    ),
)
