"""Calls to one of Twilio's hosts: credentials, errors, pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from aidline.channels.contract import SendError, Verdict
from aidline.channels.wire.calling import answer, call, failure
from aidline.channels.wire.reading import ident, part, parts, said

_PAGES = 50


@dataclass(frozen=True, slots=True)
class Api:
    base: str
    headers: Mapping[str, str]
    verdicts: Mapping[str, Verdict]

    def call(
        self, http: httpx.Client, method: str, url: str, *, repeatable: bool = False, **parts: Any
    ) -> dict[str, Any]:
        response = call(http, method, url, repeatable=repeatable, headers=dict(self.headers), **parts)
        found = answer(response)
        if response.is_success:
            return found
        raise refusal(response, self.verdicts)

    def pages(
        self, http: httpx.Client, url: str, query: Mapping[str, str], name: str
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = self.call(http, "GET", url, repeatable=True, params=query)
        for _page in range(_PAGES):
            found += parts(page.get(name))
            following = _next_page(page)
            if not following:
                break
            page = self.call(http, "GET", str(httpx.URL(self.base).join(following)), repeatable=True)
        return found


def refusal(response: httpx.Response, verdicts: Mapping[str, Verdict]) -> SendError:
    found = answer(response)
    made = failure(response, ident(found.get("code")), verdicts)
    made.words = said(found.get("message"))[:300]
    return made


def _next_page(page: dict[str, Any]) -> str:
    """Path and query alone, so that our credentials go nowhere else."""
    url = ident(page.get("next_page_uri")) or ident(part(page.get("meta")).get("next_page_url"))
    following = urlsplit(url)
    return f"{following.path}?{following.query}" if url else ""
