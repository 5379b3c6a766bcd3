"""Every form of every page, found by walking the URL configuration, filled with marked values and sent.

What is public by its purpose is named in `PUBLIC` and filled with ordinary words.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from PIL import Image, PngImagePlugin

from architecture.stock import World
from architecture.walking import ALIASES, View, views

from .marks import Marks
from .pages import Field, Form, forms_of

# Shown to everybody who opens the web chat, or names of things and not of people: (end of route, field).
PUBLIC: tuple[tuple[str, str], ...] = (
    ("setup/", "name"),
    ("setup/texts/", ".*"),
    ("centres/new/", "name|slug"),
    ("channels/new/", "name"),
    ("channels/<uuid:channel>/", "name"),
    ("setup/", "quick_exit_url"),
    ("setup/transcription/", "model"),  # of the speech service
    ("pause/", ".*"),  # said to everybody
    ("hours/special/", ".*"),
    ("topics/new/", ".*"),
    ("topics/<uuid:topic>/", ".*"),
    ("consent/<slug:purpose>/", ".*"),  # what everybody is asked
    ("staff/<uuid:member>/", "skills"),  # as flows call them; of work, not of a person in need
    ("replies/new/", "code"),
    ("replies/<uuid:reply>/", "code"),
    ("phones/faults/", ".*"),  # what the look-alikes shall do in practice
    # Handed in to the provider, and read by whoever gets it: no person is in it.
    ("templates/new/", ".*"),
    ("templates/<uuid:template>/", ".*"),
    ("templates/<uuid:template>/language/", ".*"),
    ("templates/<uuid:template>/fields/", ".*"),
    # What a programme is called and says to everybody in it, and which partners, issuers and shops it has.
    ("programmes/new/", "name"),
    ("programmes/<uuid:programme>/copy/", "name"),
    ("keys/new/", "name"),
    ("programmes/partners/new/", "name"),
    ("programmes/partners/<uuid:partner>/", "name"),
    ("programmes/issuers/new/", "name|base_url|url"),
    ("programmes/issuers/<uuid:issuer>/", "name|base_url|url"),
    ("shops/new/", "name|place"),
    ("shops/<uuid:shop>/", "name|place"),
    ("shops/<uuid:shop>/settings/", "name|place"),
    ("tills/new/", "name"),
    ("tills/<uuid:till>/", "name"),
)
# What a flow says, and how it is tried; the words, the consent text and the questions of a programme.
SAID_TO_ALL = (
    "setup/flows/",
    "<uuid:programme>/words/",
    "<uuid:programme>/consent/",
    "<uuid:programme>/questions/",
    "<uuid:programme>/settings/",
)
# Sent after everything else: they end what the other forms speak of, and a new link ends somebody's sessions.
ENDING = re.compile(
    r"(leaving|removal|revocation|forget|end|end-others|finish|sign-out|closing|undo|leave|hide|link)/?$"
)
TEXTUAL = frozenset({"text", "textarea", "search", "password", "email", "url", "tel", ""})
ROLES = ("agent", "supervisor", "translator", "analyst", "centre_admin", "organisation_admin", "anonymous")

# Written by scripts and not by forms: (end of route, fields).
SCRIPTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("draft/", ("text", "note")),
    ("note/", ("text",)),
    ("say", ("text", "name", "contact")),
    ("leave", ("text", "contact", "name")),
)


@dataclass(slots=True)
class Filled:
    """What was sent, and how it was taken."""

    sent: dict[str, list[int]] = field(default_factory=dict)
    marked: dict[str, set[str]] = field(default_factory=dict)  # routes that took a marked value, by role
    turned_away: list[str] = field(default_factory=list)  # who was asked to sign in, and where

    def note(self, who: str, route: str, answer: HttpResponse, *, marked: bool) -> None:
        self.sent.setdefault(route, []).append(answer.status_code)
        if answer.headers.get("location", "").startswith("/sign-in/?next="):
            self.turned_away.append(f"{who} {route}")
        elif marked and answer.status_code < 400:
            self.marked.setdefault(who, set()).add(route)


class Filler:
    def __init__(self, world: World, marks: Marks) -> None:
        self._world, self._marks = world, marks
        self._seen: set[tuple[str, ...]] = set()
        self._clients: dict[str, Client] = {}
        self.filled = Filled()

    def fill_all(self) -> Filled:
        """Every role fills every form that it is shown."""
        ending: list[tuple[str, str, Form]] = []
        self._clients = {who: self._client(who) for who in ROLES}
        for who in ROLES:
            for page in self._pages(who):
                for url, form in self._forms(who, page):
                    if ENDING.search(urlsplit(url).path):
                        ending.append((who, url, form))
                    else:
                        self._send(who, url, form)
            self._send_scripted(who)
        self._end(ending)
        return self.filled

    def _end(self, ending: list[tuple[str, str, Form]]) -> None:
        """Each once, whoever was shown it, as it ends the thing for all; and signed in again where need be."""
        done = set()
        for who, url, form in ending:
            if (url, *form.shape) not in done:
                done.add((url, *form.shape))
                self._clients[who] = self._client(who)
                self._send(who, url, form)

    def _client(self, who: str) -> Client:
        client = self._world.house.client(who)
        client.defaults["SERVER_NAME"] = "127.0.0.1"
        client.raise_request_exception = False
        return client

    # --- where forms are -----------------------------------------------------------------------------

    def _pages(self, who: str) -> Iterator[str]:
        for view in views():
            if (view.rule == "public") == (who == "anonymous") and not view.route.startswith("look-alike"):
                yield self._path(view, who)

    def _path(self, view: View, who: str) -> str:
        known = {**self._world.own.things, "slug": self._world.own.centre.slug, "token": "nothing"}
        if view.route.startswith("o/"):
            known |= self._world.organisation
        staff = self._world.house.staff.get(who)
        values = {}
        for name in view.parameters:
            wanted = ALIASES.get(name, name)
            own = wanted in ("session", "saved")
            values[name] = self._world.own.of(wanted, staff) if own else known.get(wanted, "0" * 32)
        return view.path(values)

    def _forms(self, who: str, page: str) -> Iterator[tuple[str, Form]]:
        answer = self._clients[who].get(page)
        if answer.status_code != 200 or "html" not in answer.headers.get("content-type", ""):
            return
        for form in forms_of(answer.content.decode()):
            url = urljoin(page, form.action)
            if (who, url, *form.shape) not in self._seen:
                self._seen.add((who, url, *form.shape))
                yield url, form

    # --- what is sent --------------------------------------------------------------------------------

    def _send(self, who: str, url: str, form: Form) -> None:
        route = _route(url)
        if route is None:
            return
        before = len(self._marks.written)
        posted: dict[str, object] = {}
        for one in form.fields:
            self._fill(one, route, posted)
        answer: HttpResponse = self._clients[who].post(url, posted)
        self.filled.note(who, route, answer, marked=len(self._marks.written) > before)

    def _fill(self, one: Field, route: str, posted: dict[str, object]) -> None:
        if one.tag == "select":
            posted[one.name] = next((option for option in one.options if option), "")
        elif one.kind in ("radio", "checkbox"):
            if one.checked or one.kind == "radio":
                posted.setdefault(one.name, one.value or "on")
        elif one.kind == "file":
            posted[one.name] = self._file(route, one.name)
        elif one.kind in ("submit", "button"):
            posted.setdefault(one.name, one.value)
        elif one.kind in TEXTUAL:
            posted[one.name] = self._words(one, route)
        else:
            posted[one.name] = one.value or _ORDINARY.get(one.kind, "")

    def _words(self, one: Field, route: str) -> str:
        where = f"{route} {one.name}"
        if _is_public(route, one.name):
            return one.value or "Harbour"
        if one.kind == "email" or "email" in one.name:
            return self._marks.email(where)
        if one.kind == "url" or "url" in one.name:
            return f"https://{self._marks.name(where)}.example.org"
        if one.kind == "tel" or "phone" in one.name or one.name in ("number", "sender", "address"):
            return "+" + self._marks.number(where)
        mark = self._marks.text(where)
        return mark if not one.longest or one.longest >= len(mark) else mark[: one.longest]

    def _file(self, route: str, name: str) -> io.BytesIO:
        """A picture that says the word in its comment and in its name."""
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", self._marks.name(f"{route} {name}, inside"))
        content = io.BytesIO()
        Image.new("RGB", (64, 64), "navy").save(content, "PNG", pnginfo=info)
        content.seek(0)
        content.name = f"{self._marks.name(f'{route} {name}')}.png"
        return content

    def _send_scripted(self, who: str) -> None:
        for view in views():
            fields = next((names for end, names in SCRIPTED if view.route.endswith(end)), ())
            if fields and (view.rule == "public") == (who == "anonymous"):
                posted = {name: self._marks.text(f"{view.route} {name}") for name in fields}
                answer = self._clients[who].post(self._path(view, who), posted)
                self.filled.note(who, view.route, answer, marked=True)


_ORDINARY = {
    "number": "1",
    "time": "10:00",
    "date": "2026-12-01",
    "datetime-local": "2026-12-01T10:00",
    "hidden": "",
}


def _is_public(route: str, name: str) -> bool:
    if any(part in route for part in SAID_TO_ALL):
        return True
    return any(route.endswith(end) and re.fullmatch(names, name) for end, names in PUBLIC)


def _route(url: str) -> str | None:
    try:
        return str(resolve(urlsplit(url).path).route)
    except Resolver404:
        return None
