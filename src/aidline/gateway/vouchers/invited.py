"""The link of an invitation is put in as its message leaves. What is kept and read by colleagues has none: whoever
opened it there could answer in somebody's name.
"""

from typing import Any

from aidline.channels.contract import GiveUp
from aidline.vouchers.models import Invite
from aidline.vouchers.registering.invitations import open_invites
from aidline.vouchers.registering.links import HIDDEN

OVER = "invitation-over"  # answered, taken back or too old since the message was written


def with_link(extra: dict[str, Any], text: str) -> tuple[dict[str, Any], str]:
    """The text and, of an approved message, what is filled in."""
    if "invite" not in extra:
        return extra, text
    token = _token(extra["invite"])
    template = extra.get("template")
    if template:
        given = {name: value.replace(HIDDEN, token) for name, value in template["parameters"].items()}
        extra = {**extra, "template": {**template, "parameters": given}}
    return extra, text.replace(HIDDEN, token)


def _token(invite_id: str) -> str:
    invite: Invite | None = open_invites().select_related("registration").filter(pk=invite_id).first()
    if invite is None or not invite.token:
        raise GiveUp(OVER)
    return invite.token
