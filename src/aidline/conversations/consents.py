"""Putting the question of a consent to a person, in a conversation they have begun."""

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Staff
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import CannotSend, send_reply
from aidline.people.consents import current_wording, invite
from aidline.people.models import Wording
from aidline.people.states import Purpose


@transaction.atomic
def ask_consent(*, by: Staff, conversation: Conversation, purpose: Purpose) -> list[Message]:
    """The centre's wording as a reply; what counts as a yes is known where answers come in (`gateway.opt_outs`)."""
    wording = current_wording(conversation.centre_id, purpose)
    if wording is None:
        raise CannotSend(_("There is no wording for this yet. A centre admin writes it in the set-up."))
    address, channel_id = conversation.address, conversation.channel_id
    if address is None or channel_id is None:
        raise CannotSend(_("There is no channel to answer on. Write a note instead."))
    language = _language(wording, conversation)
    sent = send_reply(by=by, conversation=conversation, text=f"{wording.texts[language]}\n\n{_how(language)}")
    invite(
        address=address,
        channel_id=channel_id,
        message_id=sent[-1].pk,  # a long wording goes in pieces; the last one says how to agree
        wording=wording,
        language=language,
    )
    return sent


def _language(wording: Wording, conversation: Conversation) -> str:
    wanted = (conversation.language, conversation.centre.default_language, *wording.texts)
    return str(next(code for code in wanted if code in wording.texts))


def _how(language: str) -> str:
    with override(language):
        # Translators: in place of YES and STOP words of gateway/opt_out_words.py, in capitals where there are any.
        return gettext("Answer YES if you agree. You need not, and can write STOP at any time.")
