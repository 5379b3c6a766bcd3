"""One page or account at the Graph API: calls, attention, reactions, and what is asked when it is set up."""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from aidline.channels.contract import (
    ChannelDown,
    GiveUp,
    HookState,
    Outgoing,
    Sender,
    Sent,
    Uncertain,
    Verdict,
)
from aidline.channels.wire import meta
from aidline.channels.wire.calling import answer, call
from aidline.channels.wire.reading import ident, parts, said

Part = dict[str, Any]

NO, YES = "no", "yes"

# "Sent outside of allowed window" at Messenger and at Instagram.
_WINDOW = frozenset({"10/2018278", "10/2534022"})
_TAGGED = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}

# Codes and subcodes: Messenger Platform, "Common error codes"; Graph API, "Handling errors"; read 2026-11-24.
# What is not here is given up: it will fail the same way again.
VERDICTS: Mapping[str, Verdict] = {
    **dict.fromkeys(("1", "2", "4", "17", "32", "341", "613", "1200"), Verdict.RETRY),
    **dict.fromkeys(("80001", "80002", "80006", "9/2018352"), Verdict.RETRY),
    **dict.fromkeys(("0", "3", "10", "102", "190", "368", "10/1893063"), Verdict.CHANNEL_DOWN),
    **{str(code): Verdict.CHANNEL_DOWN for code in range(200, 300)},
    # The person, the moment or the content is the trouble, not the account.
    **dict.fromkeys(("551", "551/1545041", "200/1545041", "10/2018300"), Verdict.GIVE_UP),
    **dict.fromkeys(("10/2018278", "10/2018065", "10/2018108", "10/2534022"), Verdict.GIVE_UP),
    **dict.fromkeys(("100/2018001", "100/2534014", "100/2534001", "10/2534001"), Verdict.GIVE_UP),
    **dict.fromkeys(("100/2018047", "100/2018109", "4/2018109", "100/2018008"), Verdict.GIVE_UP),
}


class MetaAccount:
    """What the classes of Messenger and Instagram share besides their five verbs."""

    api: str
    path: str  # what stands for our account in an address
    token: str
    proof: Mapping[str, str]  # `appsecret_proof`, where the app asks for it
    app: str
    hook_fields: str
    plainly: ClassVar[Mapping[str, str]]  # how an answer within the window is marked
    human_agent: bool

    def _say(self, http: httpx.Client, out: Outgoing, message: Part) -> Sent:
        """The tag is for people's answers alone: it comes only where one was refused without it, and never to what
        no person wrote to this person, such as a broadcast.

        Quoting ends with the day whatever the tag allows: the words go out without it.
        """
        quoted = {"reply_to": {"mid": out.reply_to}} if out.reply_to else {}
        try:
            return self._said(http, out, {**self.plainly, **quoted, "message": message})
        except GiveUp as refused:
            if out.automatic or not self.human_agent or refused.code not in _WINDOW:
                raise
        return self._said(http, out, {**_TAGGED, "message": message})

    def _said(self, http: httpx.Client, out: Outgoing, said_in_it: Part) -> Sent:
        body = {"recipient": {"id": out.to.value}, **said_in_it}
        response = self._post(http, "messages", body)
        external_id = ident(answer(response).get("message_id"))
        if not external_id:
            raise Uncertain("no-id")
        return Sent(external_id, slow_down=meta.pause(response))

    def attend(self, http: httpx.Client, to: Sender, *, typing: bool) -> None:
        for action in ("mark_seen", "typing_on") if typing else ("mark_seen",):
            self._act(http, to, action)

    def _react(self, http: httpx.Client, to: Sender, external_id: str, reaction: str) -> None:
        payload = {"message_id": external_id, **({"reaction": reaction} if reaction else {})}
        self._act(http, to, "react" if reaction else "unreact", payload)

    def _act(self, http: httpx.Client, to: Sender, action: str, payload: Part | None = None) -> None:
        body = {"recipient": {"id": to.value}, "sender_action": action}
        self._post(http, "messages", body | ({"payload": payload} if payload else {}), repeatable=True)

    def register_hook(self, http: httpx.Client, url: str) -> None:  # noqa: ARG002
        """The address itself stands in the app at Meta; this makes the account's events go there."""
        self._post(http, "subscribed_apps", {"subscribed_fields": self.hook_fields}, repeatable=True)

    def hook_state(self, http: httpx.Client) -> HookState:
        found = parts(self._get(http, f"{self.path}/subscribed_apps", {}).get("data"))
        ours = [app for app in found if not self.app or ident(app.get("id")) in ("", self.app)]
        brought = any("messages" in _listed(app.get("subscribed_fields")) for app in ours)
        return HookState(url="", tells_address=not brought)

    # --- calls ---------------------------------------------------------------------------------------------

    def _post(self, http: httpx.Client, edge: str, body: Part, *, repeatable: bool = False) -> httpx.Response:
        response = call(
            http,
            "POST",
            f"{self.api}/{self.path}/{edge}",
            repeatable=repeatable,
            headers=meta.bearer(self.token),
            json={**body, **self.proof},
        )
        meta.checked(response, VERDICTS)
        return response

    def _get(self, http: httpx.Client, path: str, query: Mapping[str, str]) -> Part:
        url, headers = f"{self.api}/{path}", meta.bearer(self.token)
        asked = {**query, **self.proof}
        return meta.checked(call(http, "GET", url, repeatable=True, headers=headers, params=asked), VERDICTS)


def _listed(fields: Any) -> list[Any]:
    return fields if isinstance(fields, list) else []


def same_account(found: Part, field: str, account: str) -> str:
    """The name of the account, if the token is really its own: messages of another would come to nobody."""
    name = said(found.get("username")) or said(found.get("name"))
    if ident(found.get(field)) != account:
        raise ChannelDown("other-account", words=name)
    return name


def proof_of(app_secret: str, token: str, wanted: str) -> dict[str, str]:
    return {"appsecret_proof": meta.proof(app_secret, token)} if wanted == YES else {}
