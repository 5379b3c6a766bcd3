"""Webhook calls as they come in, and what they are answered with."""

from collections.abc import Mapping
from dataclasses import dataclass

QUERY = ":query"  # where `HookRequest.kept` puts the raw query; a header cannot have this name
_KEPT = ("content-type",)


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A webhook call as it came in.

    `url` is the public address with the raw query; scheme and host come from our settings, never from Host.
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def kept(self) -> dict[str, str]:
        """What is stored beside the body, and what `parse` is given as headers. Signatures are not in it."""
        kept = {name: self.headers[name] for name in _KEPT if name in self.headers}
        return {**kept, QUERY: self.url.partition("?")[2]}


@dataclass(frozen=True, slots=True)
class HookAnswer:
    status: int = 200
    content_type: str = "text/plain"
    body: bytes = b""
