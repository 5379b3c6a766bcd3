"""Reads the TOML files into shapes. A key nobody knows is an error, so that a typing slip cannot hide."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from aidline.simulator.content.shapes import (
    Article,
    Canned,
    Card,
    Category,
    Centre,
    Channel,
    Content,
    Member,
    Network,
    Person,
    Place,
    Post,
    Talk,
    Template,
    Topic,
    Turn,
)

Table = dict[str, Any]

_HERE = Path(__file__).parent
_OF_TALK = ("channel", "state", "turns", "agent", "topic", "outcome", "tags", "snoozed_minutes", "source")


@cache
def load() -> Content:
    return Content(network=_network(), people=tuple(_people()))


# --- the network -----------------------------------------------------------------------------------------


def _network() -> Network:
    table = _read(_HERE / "network.toml")
    return Network(
        organisation=table["organisation"],
        centres=tuple(_centre(slug) for slug in table["centres"]),
        staff=tuple(_member(row) for row in table["staff"]),
        topics=tuple(Topic(code, labels) for code, labels in _read(_HERE / "topics.toml").items()),
        tags=tuple(table["tags"]),
        templates=tuple(Template(name, **row) for name, row in _read(_HERE / "templates.toml").items()),
        glossary=table["glossary"],
    )


def _centre(slug: str) -> Centre:
    table = _read(_HERE / "centres" / f"{slug}.toml")
    canned = _read(_HERE / "centres" / f"{slug}.canned.toml")
    flow = _HERE / "centres" / f"{slug}.flow.yaml"
    return Centre(
        slug=slug,
        languages=tuple(table.pop("languages")),
        channels=tuple(Channel(key, **row) for key, row in table.pop("channels").items()),
        canned=tuple(Canned(code, texts) for code, texts in canned.items()),
        categories=tuple(_categories(slug)),
        flow=flow.read_text(encoding="utf-8") if flow.exists() else "",
        **table,
    )


def _categories(slug: str) -> Iterator[Category]:
    path = _HERE / "centres" / f"{slug}.articles.toml"
    for code, row in (_read(path) if path.exists() else {}).items():
        articles = tuple(Article(name, texts) for name, texts in row["articles"].items())
        yield Category(code, row["titles"], articles)


def _member(row: Table) -> Member:
    posts = tuple(Post(**post) for post in row.pop("posts"))
    return Member(posts=posts, languages=tuple(row.pop("languages")), **row)


# --- the day ---------------------------------------------------------------------------------------------


def _people() -> Iterator[Person]:
    for path in sorted((_HERE / "day").glob("*.toml")):
        table = _read(path)
        centre = table["centre"]
        yield from (_person(row, centre) for row in table["person"])


def _person(row: Table, centre: str) -> Person:
    earlier = tuple(_talk(talk) for talk in row.pop("earlier", ()))
    talk = _talk({name: row.pop(name) for name in _OF_TALK if name in row})
    return Person(centre=centre, talk=talk, earlier=earlier, **{"number": "", **row})


def _talk(row: Table) -> Talk:
    turns = tuple(_turn(turn) for turn in row.pop("turns"))
    return Talk(turns=turns, tags=tuple(row.pop("tags", ())), **{"channel": "", **row})


def _turn(row: Table) -> Turn:
    place, card = row.pop("place", None), row.pop("card", None)
    return Turn(
        place=Place(**place) if place else None,
        card=Card(**card) if card else None,
        parameters=tuple(row.pop("parameters", ())),
        choices=tuple(row.pop("choices", ())),
        **row,
    )


def _read(path: Path) -> Table:
    return tomllib.loads(path.read_text(encoding="utf-8"))
