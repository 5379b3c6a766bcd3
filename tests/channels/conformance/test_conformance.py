"""Every provider in the registry, every sentence. A new provider needs a file in tests/payloads and nothing here."""

from collections.abc import Callable
from importlib import import_module
from inspect import getmembers, isfunction
from types import ModuleType

import pytest

from aidline.channels import registry
from channels.conformance import arriving, calling, leaving, silence
from channels.conformance.bench import Bench, bench
from payloads.kit import Kit

Check = Callable[[Bench], None]


def sentences(module: ModuleType) -> list[Check]:
    made_here = getmembers(module, lambda one: isfunction(one) and one.__module__ == module.__name__)
    return [check for name, check in made_here if not name.startswith(("_", "assert_", "secrets"))]


KITS: list[Kit] = [kit for name in registry.PROVIDERS for kit in import_module(f"payloads.{name}").KITS]
CHECKS = [check for module in (arriving, calling, leaving, silence) for check in sentences(module)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.label)
def test_of_every_provider_it_holds_that(kit: Kit, check: Check) -> None:
    with bench(kit) as found:
        check(found)
        silence.assert_silent(found)


def test_every_provider_brings_a_kit() -> None:
    assert {kit.provider for kit in KITS} == set(registry.PROVIDERS) == set(registry.CONFIGS)
    assert all(made.name == name for name, made in registry.PROVIDERS.items())


def test_the_checks_are_all_found() -> None:
    assert len(CHECKS) > 45
