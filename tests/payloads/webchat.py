"""Web chat: our own JSON from a visitor."""

from aidline.channels.contract import Kind, Scheme, Sender, Status
from payloads.kit import WORDS, Kit
from payloads.plain import STRANGE, Plain, hook, receipts

CONFIG = {"secret": "CANARYSECRET-webchat"}
VISITOR = Sender(Scheme.WEBCHAT, "01a202d67c9d70008646")
PLAIN = Plain(VISITOR)
SAID = {kind: case for kind, case in PLAIN.said().items() if kind is not Kind.STICKER}

KITS = (
    Kit(
        label="webchat",
        provider="webchat",
        config=CONFIG,
        other_config={"secret": "CANARYSECRET-other"},
        secret="secret",
        previous_secret="previous_secret",
        hook=hook,
        said=SAID,
        receipts={status: case for status, case in receipts().items() if status is not Status.FAILED},
        strange=STRANGE,
        unsaid=(
            *PLAIN.unsaid(),
            (PLAIN.say(text=WORDS, language="ar-SY"), [PLAIN.incoming(Kind.TEXT, text=WORDS, language="ar")]),
        ),
        batch=PLAIN.batch(),
        with_unknown_field=PLAIN.unknown_field(),
        stops=(PLAIN.say(text="stop", opt_out=True),),
        to=VISITOR,
        networked=False,
        sent_id="",
    ),
)
