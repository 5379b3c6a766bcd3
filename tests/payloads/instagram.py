"""After developers.facebook.com/docs/instagram-platform, webhooks and messaging API (read 2026-11-24)."""

from aidline.channels.contract import (
    Choice,
    Deletion,
    Event,
    Kind,
    MediaRef,
    Reaction,
    Receipt,
    Scheme,
    Status,
    Unknown,
)
from payloads import meta_messaging as shared
from payloads.kit import SAID, WORDS, Kit

CONFIG = {
    "account_id": "17841400000000001",
    "access_token": "CANARYTOKEN-instagram",
    "app_secret": "CANARYSECRET-instagram-app",
    "verify_token": "CANARYVERIFY-word",
}
IGSID = "7009876543210987"
account = shared.Writer("instagram", CONFIG["account_id"], IGSID, Scheme.INSTAGRAM)
FILE = shared.FILE

STORY = {"story": {"id": "st_1", "url": FILE}}
MENTION = [{"type": "story_mention", "payload": {"url": FILE}}]
REEL = [{"type": "ig_reel", "payload": {"reel_video_id": "1", "title": "A reel", "url": FILE}}]

UNSAID: tuple[tuple[bytes, list[Event]], ...] = (
    (
        account.body(
            account.one(reaction={"mid": "m_OURS", "action": "react", "reaction": "love", "emoji": "❤"})
        ),
        [Reaction("m_OURS", "❤", (account.sender,), SAID)],
    ),
    (
        account.body(account.one(reaction={"mid": "m_OURS", "action": "unreact"})),
        [Reaction("m_OURS", "", (account.sender,), SAID)],
    ),
    (account.body(account.message(is_deleted=True)), [Deletion("m_1", (account.sender,), SAID)]),
    (
        account.body(account.message(text=WORDS, reply_to=STORY)),
        [account.incoming(Kind.TEXT, text=WORDS, reply_to="st_1")],
    ),
    (
        account.body(account.message(attachments=MENTION)),
        [account.incoming(Kind.UNSUPPORTED, raw_kind="story_mention", text=FILE)],
    ),
    (
        account.body(account.message(attachments=REEL)),
        [account.incoming(Kind.UNSUPPORTED, raw_kind="ig_reel", text=f"A reel\n{FILE}")],
    ),
    (
        account.body(account.one(postback={"mid": "m_2", "title": "Hours?", "payload": "hours"})),
        [account.incoming(Kind.CHOICE, "m_2", text="Hours?", choice=Choice("hours", "Hours?"))],
    ),
    (account.body(account.ours(message={"mid": "m_9", "text": "x", "is_echo": True})), [Unknown("echo")]),
    (
        account.body(account.ours(message={"mid": "m_9", "is_echo": True, "is_deleted": True})),
        [Unknown("echo")],
    ),
    (account.body(account.message(text=WORDS), to="17841400000000999"), [Unknown("other-account")]),
    (
        account.body({"field": "comments", "value": {"text": WORDS}}, name="changes"),
        [Unknown("change-comments")],
    ),
    (
        account.body(account.message(text=WORDS), name="standby"),
        [account.incoming(Kind.UNSUPPORTED, raw_kind="standby", text=WORDS)],
    ),
)

BATCH = account.whole(
    account.entry(account.message("m_0", text="0"), account.one(read={"mid": "m_OURS"})),
    account.entry(account.message("m_1", text="1"), account.message("m_2", text="2")),
)

KITS = (
    Kit(
        label="instagram",
        provider="instagram",
        config=CONFIG,
        other_config={**CONFIG, "account_id": "17841400000000009"},  # one app secret for both
        secret="app_secret",
        previous_secret="previous_app_secret",
        hook=shared.hook("instagram"),
        said=account.common(),
        receipts={
            Status.READ: (
                account.body(account.one(read={"mid": "m_OURS"})),
                Receipt("m_OURS", Status.READ, SAID),
            )
        },
        knows_our_id=False,
        strange=account.strange(),
        unsaid=UNSAID,
        batch=(BATCH, ["m_0", "m_1", "m_2"]),
        with_unknown_field=(
            account.body({**account.message(text=WORDS, newest={"deep": [1]}), "newer": 7}),
            account.incoming(Kind.TEXT, text=WORDS),
        ),
        handshakes=shared.handshakes("instagram", CONFIG["verify_token"]),
        to=account.sender,
        answers=shared.answers,
        sent_id="m_OURS",
        is_message=shared.is_message,
        words_of=shared.words_of,
        refusals=shared.REFUSALS,
        ref=lambda url: MediaRef(f"{url}/cdn/file?oh=1", Kind.IMAGE),
        telling=(IGSID, "CANARYWORDS", "Canaryname"),
    ),
)
