"""What the command line does once Django is there."""

import argparse
import fcntl
import os
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from aidline import vault
from aidline.centres.models import Centre, Organisation
from aidline.centres.services import create_centre as new_centre
from aidline.centres.services import create_organisation
from aidline.centres.services import invite as new_invitation
from aidline.centres.states import Role
from aidline.channels.hooks import hook_url
from aidline.channels.registry import PROVIDERS, BadConfig
from aidline.channels.services import create_channel as new_channel
from aidline.config.environment import Environment, SettingError
from aidline.vault.root import RootSource, create_root

MIGRATION_LOCK = 7000  # PostgreSQL advisory lock


class Mistake(SettingError):
    """An argument that cannot be used; told like a setting."""


# --- the database ----------------------------------------------------------------------------------------


def migrate(environment: Environment) -> None:
    """Processes of several machines may start together: one changes the tables, the others wait."""
    prepare_folders(environment)
    with _alone(environment):
        call_command("migrate", interactive=False, verbosity=0)
    vault.check_root()


def prepare_folders(environment: Environment) -> None:
    for folder in (environment.data, environment.spool):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _alone(environment: Environment) -> Iterator[None]:
    if environment.database.path:
        with Path(environment.data, "migrate.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        yield
    finally:
        connection.close()


# --- the organisation ------------------------------------------------------------------------------------


def init(environment: Environment, arguments: argparse.Namespace) -> None:
    migrate(environment)
    organisation = Organisation.objects.first() or create_organisation(name=arguments.organisation)
    _, token = new_invitation(
        by=None, organisation=organisation, email=arguments.admin, organisation_admin=True
    )
    _print_link("First organisation admin", token)


def create_centre(arguments: argparse.Namespace) -> None:
    languages = _list(arguments.languages)
    if not languages:
        raise Mistake("--languages", "is empty", "Give at least one, such as en.")
    centre = new_centre(
        by=None,
        organisation=_organisation(),
        name=arguments.name,
        slug=arguments.slug,
        time_zone=arguments.time_zone,
        languages=languages,
        region=arguments.region.upper(),
    )
    print(f"Centre {centre.slug} is open. Next: aidline channel create {centre.slug} webchat “Web chat”")


def create_channel(arguments: argparse.Namespace) -> None:
    if arguments.provider not in PROVIDERS:
        raise Mistake("provider", "is not known", f"Choose one of {', '.join(sorted(PROVIDERS))}.")
    try:
        channel = new_channel(
            by=None,
            centre=_centre(arguments.centre),
            provider=arguments.provider,
            name=arguments.name,
            config=_config(arguments.config),
        )
    except BadConfig as error:
        raise Mistake(f"--config: {error.field}", f"is {error.problem}", "Correct the file.") from None
    print(f"Channel {channel.pk} is open. Its webhook address:")
    print(hook_url(channel))


def invite(arguments: argparse.Namespace) -> None:
    """Roles belong to a centre; without one the invitation is for an organisation admin."""
    centre = _centre(arguments.centre) if arguments.centre else None
    _, token = new_invitation(
        by=None,
        organisation=_organisation(),
        email=arguments.email,
        centre=centre,
        role=_role(arguments.role) if centre else None,
        languages=_list(arguments.languages) or None,
        organisation_admin=centre is None,
    )
    _print_link("Invitation", token)


def rotate_keys(environment: Environment, arguments: argparse.Namespace) -> None:
    if not arguments.to.exists():
        create_root(arguments.to.absolute())
    fresh = RootSource(file=arguments.to.absolute())
    count = vault.rotate_root(old=settings.AIDLINE_ROOT_KEY_SOURCE, new=fresh)
    print(f"{count} keys are wrapped by the new root key now.")
    print(f"Set AIDLINE_ROOT_KEY_FILE={arguments.to.absolute()} and start Aidline again.")
    if environment.root_key_file:
        print(f"Keep {environment.root_key_file} for as long as you keep backups made before today.")


# --- arguments -------------------------------------------------------------------------------------------


def _organisation() -> Organisation:
    organisation = Organisation.objects.first()
    if organisation is None:
        raise Mistake("organisation", "is missing", "Run `aidline init` first.")
    return organisation


def _centre(slug: str) -> Centre:
    centre = Centre.objects.filter(slug=slug).first()
    if centre is None:
        known = ", ".join(Centre.objects.values_list("slug", flat=True)) or "none yet"
        raise Mistake("centre", "is not known", f"Known are: {known}.")
    return centre


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise Mistake("--role", "is not known", f"Choose one of {', '.join(Role)}.") from None


def _config(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    return {name: str(value) for name, value in tomllib.loads(text).items()}


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _print_link(words: str, token: str) -> None:
    address = f"{settings.PUBLIC_URL}{reverse('join', args=[token])}"
    print(f"{words}: open this address once, within seven days:{os.linesep}{address}")
