"""Checks that nothing about a person and nothing secret is told to logs, errors or shown configurations."""

from aidline.channels import registry
from channels.conformance.bench import Bench


def a_shown_configuration_hides_its_secrets(bench: Bench) -> None:
    provider = bench.provider()
    shown = repr(registry.CONFIGS[bench.kit.provider](**{**bench.kit.config, **bench.address})) + repr(
        provider
    )
    assert not any(secret in shown for secret in secrets(bench))


def the_form_knows_which_settings_are_secret(bench: Bench) -> None:
    fields = {field.name: field for field in registry.config_fields(bench.kit.provider)}
    assert fields[bench.kit.secret].secret
    assert fields[bench.kit.previous_secret].secret
    assert all(field.label for field in fields.values())


def secrets(bench: Bench) -> list[str]:
    fields = registry.config_fields(bench.kit.provider)
    return [
        bench.kit.config[field.name] for field in fields if field.secret and field.name in bench.kit.config
    ]


def assert_silent(bench: Bench) -> None:
    """After whatever else was done on this bench."""
    told = "\n".join(bench.told)
    for word in (*secrets(bench), *bench.kit.telling):
        assert word not in told, f"{bench.kit.label} told {word!r}"
