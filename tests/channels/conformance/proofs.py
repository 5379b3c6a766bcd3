"""Where a call carries what proves it: in a header, in a field of its form, or as the last part of the address."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from aidline.channels.contract import HookRequest
from payloads.kit import Kit


@dataclass(frozen=True)
class Proof:
    request: HookRequest
    header: str  # "" for a word in the address
    field: str = ""

    @property
    def word(self) -> str:
        if self.field:
            return self._fields()[self.field]
        if self.header:
            return self.request.headers[self.header]
        return self.request.url.partition("?")[0].rpartition("/")[2]

    def with_word(self, word: str | None) -> HookRequest:
        """None: without any."""
        if self.field:
            others = {name: value for name, value in self._fields().items() if name != self.field}
            fields = others if word is None else {**others, self.field: word.encode("utf-8", "replace")}
            return replace(self.request, body=urlencode(fields).encode())
        if self.header:
            others = {name: value for name, value in self.request.headers.items() if name != self.header}
            return replace(self.request, headers=others if word is None else {**others, self.header: word})
        address, mark, query = self.request.url.partition("?")
        base = address.rpartition("/")[0]
        return replace(self.request, url=(base if word is None else f"{base}/{word}") + mark + query)

    def _fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.request.body.decode(), keep_blank_values=True))


def proof_of(kit: Kit, request: HookRequest) -> Proof:
    if kit.proof_field:
        return Proof(request, "", kit.proof_field)
    named = [name for name in request.headers if kit.proof and kit.proof in name]
    return Proof(request, named[0] if named else "")
