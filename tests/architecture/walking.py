"""The table of every view × every role × own or other centre, made from the URL configuration."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from aidline.centres.models import Staff
from aidline.centres.states import RIGHTS, Can, Role
from architecture.stock import Stock, World

ORGANISATION_ADMIN = frozenset({Can.SET_UP, Can.SEE_HEALTH, Can.RUN_ORGANISATION, Can.SIGNED_IN})
# From the most to the least allowed, so that the methods of a view are learnt first.
ROLES = (
    *("centre_admin", "organisation_admin", "supervisor", "agent", "analyst", "translator"),
    *("voucher_officer", "approver", "cashier", "partner", "anonymous"),
)
ALLOWED, REFUSED, SIGN_IN, NOT_TAKEN = "allowed", "refused", "sign in", "not taken"

# What stands in the addresses of public pages and names nothing that belongs to a centre.
PLAIN = {"slug": "port-merin", "token": "nothing", "vendor": "meta", "path": "v25.0/1/messages"}
# The same thing under another name.
ALIASES = {"attachment_id": "attachment"}
# Ids that are not in the address but in what is posted, by the end of the route: field and thing.
POSTED = {
    "/template/": {"template": "template"},
    "/till/which/": {"till": "till"},
    "/merge/": {"person": "person"},
    "/not-same/": {"person": "person"},
    "/pass-on/": {"to": "member"},
    "/consult/": {"to": "member"},
    "/transfer/": {"to": "member"},
    "/wrap-up/": {"topic": "topic"},
    "calls/dial/<uuid:conversation>/": {"line": "line"},
    "people/act/": {"programme": "programme"},
    "people/act/do/": {"programme": "programme"},
    "/finish/": {"topic": "topic", "outcome": "outcome"},
}
# Asking for something that is not there is no error here, and changes nothing: tested where it is built.
NO_ERROR = {("filters/<uuid:saved>/forget/", "saved"), ("/not-same/", "person")}

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class View:
    route: str
    callback: Any

    @property
    def rule(self) -> Can | str | None:
        return getattr(self.callback, "rule", None)

    @property
    def parameters(self) -> list[str]:
        return [name for _, name in _PARAMETER.findall(self.route)]

    @property
    def ids(self) -> list[str]:
        return [name for kind, name in _PARAMETER.findall(self.route) if kind == "uuid"]

    @property
    def of_centre(self) -> bool:
        return "centre" in self.parameters and self.rule != "public"

    @property
    def posted(self) -> dict[str, str]:
        return next((names for end, names in POSTED.items() if self.route.endswith(end)), {})

    def is_silent(self, name: str) -> bool:
        return any(self.route.endswith(end) and name == silent for end, silent in NO_ERROR)

    def path(self, values: dict[str, str]) -> str:
        return "/" + _PARAMETER.sub(lambda found: values[found[2]], self.route)


def views(urlconf: str | None = None) -> list[View]:
    return list(_walk(get_resolver(urlconf).url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[View]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield View(route, pattern.callback)


def without_rule(found: list[View]) -> list[str]:
    return [view.route for view in found if not isinstance(view.rule, Can) and view.rule != "public"]


# --- what should be --------------------------------------------------------------------------------------


def expected(rule: Can, who: str, *, own: bool, of_centre: bool) -> str:
    if who == "anonymous":
        return SIGN_IN
    if not of_centre:
        return ALLOWED if rule is Can.SIGNED_IN or rule in _of_organisation(who) else REFUSED
    rights = _of_organisation(who) | (_of_role(who) if own else frozenset())
    return ALLOWED if rule in rights else REFUSED


def _of_organisation(who: str) -> frozenset[Can]:
    return ORGANISATION_ADMIN if who == "organisation_admin" else frozenset()


def _of_role(who: str) -> frozenset[Can]:
    return RIGHTS[Role(who)] if who in Role.values else frozenset()


# --- what is ---------------------------------------------------------------------------------------------


class Asker:
    """Makes real requests; whatever they change is taken back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cookies = {who: self._sign_in(who) for who in ROLES}
        self._methods: dict[str, tuple[str, ...]] = {}

    def _sign_in(self, who: str) -> str:
        cookie = self._world.house.client(who).cookies.get("sessionid")
        return cookie.value if cookie else ""

    def staff(self, who: str) -> Staff | None:
        return self._world.house.staff.get(who)

    def ask(self, who: str, view: View, values: dict[str, str], posted: dict[str, str]) -> set[str]:
        """The verdicts of every method that the view takes."""
        path, answers = view.path(values), set()
        for method in self._methods.get(view.route, ("get", "post")):
            verdict = self._asked(who, method, path, posted)
            if verdict == NOT_TAKEN:
                self._methods[view.route] = tuple({"get", "post"} - {method})
            else:
                answers.add(verdict)
        return answers or {"takes neither GET nor POST"}

    def _asked(self, who: str, method: str, path: str, posted: dict[str, str]) -> str:
        client = Client()
        if self._cookies[who]:
            client.cookies["sessionid"] = self._cookies[who]
        try:
            with taken_back():
                answer = getattr(client, method)(path, posted if method == "post" else None)
        except Exception as error:
            return f"breaks: {type(error).__name__}"
        return _verdict(answer)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _verdict(answer: HttpResponse) -> str:
    if answer.status_code == 405:
        return NOT_TAKEN
    if answer.status_code in (301, 302, 303) and answer["Location"].startswith("/sign-in/?next="):
        return SIGN_IN
    return REFUSED if answer.status_code in (401, 403, 404, 410) else ALLOWED


# --- the table -------------------------------------------------------------------------------------------


def faults(found: list[View], world: World) -> list[str]:
    """Every cell of the table that is not as the rules say."""
    asker = Asker(world)
    wrong: list[str] = []
    for view in found:
        wrong += _public(view, world, asker) if view.rule == "public" else _staffed(view, world, asker)
    return wrong


def _public(view: View, world: World, asker: Asker) -> Iterator[str]:
    """Anybody may come in; but nobody gets a centre's object by naming its id."""
    values = {name: _public_value(name, world.own) for name in view.parameters}
    answers = asker.ask("anonymous", view, values, {})
    if SIGN_IN in answers or any(answer.startswith("breaks") for answer in answers):
        yield f"{view.route} public: {sorted(answers)}"
    named = [name for name in view.parameters if ALIASES.get(name, name) in world.own.things]
    if set(named) - {"centre", "field"} and ALLOWED in answers:
        yield f"{view.route} is public and gives out an object of a centre"


def _public_value(name: str, stock: Stock) -> str:
    known = {**PLAIN, **stock.things}
    return known.get(ALIASES.get(name, name)) or str(uuid4())


def _staffed(view: View, world: World, asker: Asker) -> Iterator[str]:
    assert isinstance(view.rule, Can)
    for who in ROLES:
        places = {"own": world.own, "other": world.other} if view.of_centre else {"own": world.own}
        for place, stock in places.items():
            wanted = expected(view.rule, who, own=place == "own", of_centre=view.of_centre)
            values, posted = _values(view, stock, world, asker.staff(who)), _posted(view, stock)
            got = asker.ask(who, view, values, posted)
            if got != {wanted}:
                yield f"{view.route} {who} {place}: {sorted(got)} instead of {wanted}"
            if place == "own" and wanted == ALLOWED:
                yield from _foreign(view, who, values, world, asker)


def _foreign(view: View, who: str, values: dict[str, str], world: World, asker: Asker) -> Iterator[str]:
    """Under an address that one may use: ids of the other centre, and ids of nothing, are not found."""
    own = _posted(view, world.own)
    for name in view.ids:
        for whose, stranger in _strangers(view, name, world, who).items():
            got = asker.ask(who, view, {**values, name: stranger}, own)
            if got != {REFUSED} and not view.is_silent(name):
                yield f"{view.route} {who} with {whose} {name}: {sorted(got)} instead of {REFUSED}"
    for field, thing in view.posted.items():
        posted = {**own, field: world.other.things[thing]}
        got = asker.ask(who, view, values, posted)
        if REFUSED not in got and not view.is_silent(field) and thing != "outcome":
            yield f"{view.route} {who} posting the other centre's {thing}: {sorted(got)}"


def _strangers(view: View, name: str, world: World, who: str) -> dict[str, str]:
    nothing = {"nothing": str(uuid4())}
    if view.of_centre:
        return {**nothing, "the other centre's": world.other.of(name, _somebody_else(world, who))}
    if name == "session":
        return {**nothing, "somebody else's": world.own.of(name, _somebody_else(world, who))}
    return nothing


def _somebody_else(world: World, who: str) -> Staff:
    return next(staff for name, staff in world.house.staff.items() if name != who)


def _values(view: View, stock: Stock, world: World, who: Staff | None) -> dict[str, str]:
    things = {} if view.of_centre else world.organisation
    return {name: things.get(name) or stock.of(name, who) for name in view.parameters}


def _posted(view: View, stock: Stock) -> dict[str, str]:
    return {field: stock.things[thing] for field, thing in view.posted.items()}
