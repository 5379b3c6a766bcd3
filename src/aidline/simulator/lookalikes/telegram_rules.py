"""What the methods of Telegram's Bot API take, as tables: those that we call, with all their common fields.

Source: core.telegram.org/bots/api (Bot API 10.1, read 2026-11-24).
"""

from aidline.simulator.lookalikes.strict import Rule, Table, flag, many, text, thing

_INTEGER = Rule((int,))
_CHAT = Rule((int, str), needed=True)
_DEGREES = Rule((int, float), needed=True)

_BUTTON: Table = {"text": text(needed=True), "callback_data": text(), "url": text()}
_MARKUP: Table = {"inline_keyboard": many(needed=True)}
_REPLY: Table = {
    "message_id": Rule((int,), needed=True),
    "chat_id": Rule((int, str)),
    "allow_sending_without_reply": flag(),
    "quote": text(1024),
    "quote_parse_mode": text(),
    "quote_entities": many(),
    "quote_position": _INTEGER,
}
_COMMON: Table = {
    "chat_id": _CHAT,
    "message_thread_id": _INTEGER,
    "disable_notification": flag(),
    "protect_content": flag(),
    "message_effect_id": text(),
    "reply_parameters": thing(_REPLY),
    "reply_markup": thing(_MARKUP),
}
_CAPTION: Table = {
    "caption": text(1024),
    "parse_mode": text(),
    "caption_entities": many(),
}
_PREVIEW: Table = {
    "is_disabled": flag(),
    "url": text(),
    "prefer_small_media": flag(),
    "prefer_large_media": flag(),
    "show_above_text": flag(),
}

# The field that holds the file, and how large it may be.
_MB = 1024 * 1024
FILES = {
    "sendPhoto": ("photo", 10 * _MB),
    "sendVideo": ("video", 50 * _MB),
    "sendAudio": ("audio", 50 * _MB),
    "sendVoice": ("voice", 50 * _MB),
    "sendDocument": ("document", 50 * _MB),
    "sendSticker": ("sticker", 50 * _MB),
}

BUTTON = _BUTTON
METHODS: dict[str, Table] = {
    "sendMessage": {
        **_COMMON,
        "text": text(4096, needed=True),
        "parse_mode": text(),
        "entities": many(),
        "link_preview_options": thing(_PREVIEW),
    },
    "sendLocation": {
        **_COMMON,
        "latitude": _DEGREES,
        "longitude": _DEGREES,
        "horizontal_accuracy": Rule((int, float)),
        "live_period": _INTEGER,
    },
    "sendVenue": {
        **_COMMON,
        "latitude": _DEGREES,
        "longitude": _DEGREES,
        "title": text(needed=True),
        "address": text(needed=True),
    },
    **{method: {**_COMMON, **_CAPTION, field: text()} for method, (field, _most) in FILES.items()},
    "setMessageReaction": {
        "chat_id": _CHAT,
        "message_id": Rule((int,), needed=True),
        "reaction": many({"type": text(needed=True, only=frozenset({"emoji"})), "emoji": text(needed=True)}),
        "is_big": flag(),
    },
    "sendChatAction": {
        "chat_id": _CHAT,
        "message_thread_id": _INTEGER,
        "action": text(
            needed=True, only=frozenset({"typing", "upload_photo", "upload_document", "record_voice"})
        ),
    },
    "getFile": {"file_id": text(needed=True)},
    "getMe": {},
    "getWebhookInfo": {},
    "deleteWebhook": {"drop_pending_updates": flag()},
    "setWebhook": {
        "url": Rule((str,)),
        "ip_address": text(),
        "max_connections": _INTEGER,
        "allowed_updates": many(),
        "drop_pending_updates": flag(),
        "secret_token": text(256),
    },
}
METHODS["sendSticker"] = {**_COMMON, "sticker": text(), "emoji": text()}

# The emoji that may be a reaction of a bot (ReactionTypeEmoji): these only, in this form.
_SIGNS = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 "
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 "
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
REACTIONS = frozenset(_SIGNS.split())
