"""The Contents of one Twilio account: making, handing in, finding again, taking away."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from aidline.channels.contract import (
    GiveUp,
    Outgoing,
    RetryLater,
    SendError,
    TemplateDraft,
    TemplateInfo,
    TemplateRefused,
    Uncertain,
)
from aidline.channels.wire import twilio_content as content
from aidline.channels.wire.calling import answer, call, failure
from aidline.channels.wire.reading import ident, said
from aidline.channels.wire.twilio_api import Api

# What is known to lie at Twilio, by account and by name. A Content is never changed, so this cannot become
# wrong, only old: one that is gone gets an empty SID, and its choices go out as numbers until the next start.
_KNOWN: dict[tuple[str, str], dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Contents:
    api: Api
    account: str

    def for_choices(self, http: httpx.Client, out: Outgoing) -> tuple[str, dict[str, str]] | None:
        """SID and variables of a message with choices; None where they are typed as numbers.

        It comes before the one call for the message and can be repeated. If only this fails, words still get through.
        """
        prepared = content.prepared(out)
        if prepared is None:
            return None
        shape, words = prepared
        known = self._known()
        if shape["friendly_name"] not in known:
            known |= self._found_or_made(http, shape)
        sid = known[shape["friendly_name"]]
        return (sid, words) if sid else None

    def forget(self, sid: str) -> None:
        known = self._known()
        known |= {name: "" for name, one in known.items() if one == sid}

    def _known(self) -> dict[str, str]:
        return _KNOWN.setdefault((self.api.base, self.account), {})

    def _found_or_made(self, http: httpx.Client, shape: content.Content) -> dict[str, str]:
        name = shape["friendly_name"]
        try:
            listed = self.api.pages(http, self._url(), {"PageSize": "500"}, "contents")
            ours = {
                said(one["friendly_name"]): ident(one.get("sid"))
                for one in listed
                if content.is_for_choices(one)
            }
            if not ours.get(name):
                ours[name] = ident(
                    self.api.call(http, "POST", self._url(), repeatable=True, json=shape).get("sid")
                )
        except RetryLater:
            raise
        except SendError:
            return {name: ""}
        return ours

    # --- templates ---

    def templates(self, http: httpx.Client) -> list[TemplateInfo]:
        found = self.api.pages(http, self._url("ContentAndApprovals"), {"PageSize": "100"}, "contents")
        return [content.template_info(one) for one in found if not content.is_for_choices(one)]

    def create(self, http: httpx.Client, draft: TemplateDraft) -> TemplateInfo:
        """Made, then handed in to WhatsApp. What could be made and not handed in is taken away again."""
        if draft.external_id:
            self.delete(http, draft.external_id)
        sid = ident(self._told(http, "POST", self._url(), json=content.creation(draft)).get("sid"))
        if not sid:
            raise Uncertain("no-id")
        url = self._url(f"Content/{quote(sid, safe='')}/ApprovalRequests/whatsapp")
        try:
            asked = self._told(http, "POST", url, json=content.approval(draft))
        except (GiveUp, RetryLater):
            with suppress(SendError):
                self.delete(http, sid)
            raise
        state = content.STATES.get(ident(asked.get("status")).lower(), "pending")
        category = ident(asked.get("category")).lower() or draft.category
        return TemplateInfo(
            sid, draft.language, state, category, draft.body, external_id=sid, title=draft.name
        )

    def delete(self, http: httpx.Client, sid: str) -> None:
        self._told(http, "DELETE", self._url(f"Content/{quote(sid, safe='')}"), repeatable=True, gone=404)

    def _told(
        self, http: httpx.Client, method: str, url: str, *, gone: int = 0, **parts: Any
    ) -> dict[str, Any]:
        """As every call, but a refusal comes with Twilio's words."""
        response = call(http, method, url, headers=dict(self.api.headers), **parts)
        found = answer(response)
        if response.is_success or response.status_code == gone:
            return found
        problem = failure(response, ident(found.get("code")), self.api.verdicts)
        if isinstance(problem, GiveUp):
            raise TemplateRefused(problem.code, said(found.get("message"))[:500])
        raise problem

    def _url(self, path: str = "Content") -> str:
        return f"{self.api.base.rstrip('/')}/v1/{path}"
