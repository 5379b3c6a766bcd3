"""Files from elsewhere with something else wherever something stands: each is read, or said to be unreadable."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from aidline.flows.exchange import floip_in, rapidpro
from aidline.flows.exchange.losses import NotReadable
from aidline.flows.problems import FlowError
from aidline.flows.text import write
from flows import floip_files, rapidpro_files

GONE = object()
WRONG: tuple[Any, ...] = (None, 5, "x", [], {}, [None], {"x": None}, "@(" * 500, GONE)


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def torn(tree: Any, path: tuple[Any, ...], wrong: Any) -> str:
    found = deepcopy(tree)
    where = found
    for key in path[:-1]:
        where = where[key]
    if wrong is GONE:
        del where[path[-1]]
    else:
        where[path[-1]] = wrong
    return json.dumps(found)


def examples() -> list[tuple[Callable[[str], Any], Any]]:
    return [
        (floip_in.read, floip_files.whole()),
        (rapidpro.read, rapidpro_files.export(rapidpro_files.flow())),
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_a_torn_file_breaks_nothing(which: int) -> None:
    read, tree = examples()[which]
    assert read(json.dumps(tree)).flows
    for number, path in enumerate(places(tree)):
        for wrong in (GONE, WRONG[number % len(WRONG)]):
            try:
                for flow in read(torn(tree, path, wrong)).flows:
                    write(flow)
            except (NotReadable, FlowError):
                continue
