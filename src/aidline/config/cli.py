"""The command line. Reads arguments and settings, says what is wrong in one line, and hands over."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from aidline.config import sqlite_library  # noqa: F401  (before Django meets a database)
from aidline.config.environment import LANGUAGES, Environment, SettingError, load
from aidline.config.supervisor import end_with_parent, supervise
from aidline.vault.errors import VaultError

REFUSED = 2

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aidline.config.settings")
    os.umask(0o077)
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command(arguments)
    except (SettingError, VaultError) as error:
        print(f"aidline: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 130


# --- processes -------------------------------------------------------------------------------------------


def run(_arguments: argparse.Namespace) -> int:
    environment = load()
    prepared = subprocess.run([sys.executable, "-m", "aidline.config", "migrate"], check=False)
    if prepared.returncode:
        return prepared.returncode
    print(f"Aidline serves {environment.public_url}", flush=True)
    return supervise(environment)


def web(arguments: argparse.Namespace) -> int:
    environment = _process("web", arguments)
    _later("serve").serve(environment)
    return 0


def worker(arguments: argparse.Namespace) -> int:
    environment = _process("worker", arguments)
    _later("worker").work(environment)
    return 0


def migrate(_arguments: argparse.Namespace) -> int:
    _later("commands").migrate(load())
    return 0


def demo(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder.absolute()
    os.environ.setdefault("AIDLINE_DATA", str(folder / "data"))
    os.environ.setdefault("AIDLINE_PRACTICE", "1")
    _make_root_key(os.environ.setdefault("AIDLINE_ROOT_KEY_FILE", str(folder / "keys" / "root.key")))
    prepared = subprocess.run([sys.executable, "-m", "aidline.config", "furnish"], check=False)
    return prepared.returncode or supervise(load())


def furnish(_arguments: argparse.Namespace) -> int:
    _later("demo").furnish(load())
    return 0


def _process(role: str, arguments: argparse.Namespace) -> Environment:
    os.environ["AIDLINE_PROCESS"] = role
    if arguments.parent is not None:
        end_with_parent(arguments.parent)
    return load()


# --- administration --------------------------------------------------------------------------------------


def init(arguments: argparse.Namespace) -> int:
    _make_root_key(os.environ.setdefault("AIDLINE_ROOT_KEY_FILE", str(arguments.root_key)))
    environment = load()
    _later("commands").init(environment, arguments)
    print(f"Set AIDLINE_ROOT_KEY_FILE={environment.root_key_file} and AIDLINE_DATA={environment.data}.")
    print("Keep a copy of the root key in a safe place: without it nothing can be read again.")
    return 0


def doctor(_arguments: argparse.Namespace) -> int:
    return int(_later("doctor").examine(load()))


def centre_create(arguments: argparse.Namespace) -> int:
    _later("commands").create_centre(arguments)
    return 0


def channel_create(arguments: argparse.Namespace) -> int:
    _later("commands").create_channel(arguments)
    return 0


def staff_invite(arguments: argparse.Namespace) -> int:
    _later("commands").invite(arguments)
    return 0


def keys_rotate(arguments: argparse.Namespace) -> int:
    _later("commands").rotate_keys(load(), arguments)
    return 0


def _make_root_key(path: str) -> None:
    """Never over an existing one. When another source is set, there is nothing to make."""
    if Path(path).exists() or os.environ.get("AIDLINE_ROOT_PASSPHRASE_FILE"):
        return
    from aidline.vault.root import create_root

    create_root(Path(path).expanduser().absolute())


def _later(module: str) -> Any:
    """Django is set up here and not at the top: the supervisor never needs it, and settings may be refused."""
    import django

    django.setup()
    return import_module(f"aidline.config.{module}")


# --- the words -------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aidline", description="Contact centre for people in need.")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add(
        commands, "demo", demo, "three centres with a day of messages, and phones to write from"
    ).add_argument(
        "--folder", type=Path, default=Path("var/demo"), help="where the demonstration keeps its data"
    )
    _add(commands, "run", run, "everything in one process tree: web, worker and scheduler")
    _add_process(commands, "web", web, "pages, webhooks and live updates only")
    _add_process(commands, "worker", worker, "the worker and scheduler only")
    _add(commands, "migrate", migrate, "bring the database to this version")
    _add(commands, "furnish", furnish)
    _add_init(commands)
    _add(commands, "doctor", doctor, "look at everything and say in plain words what is wrong")
    _add_centre(commands)
    _add_channel(commands)
    _add_staff(commands)
    _add_keys(commands)
    return parser


def _add(commands: Any, name: str, command: Command, words: str | None = None) -> argparse.ArgumentParser:
    shown = {"help": words} if words else {}
    parser: argparse.ArgumentParser = commands.add_parser(name, description=words, **shown)
    parser.set_defaults(command=command)
    return parser


def _add_process(commands: Any, name: str, command: Command, words: str) -> None:
    parser = _add(commands, name, command, words)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def _add_init(commands: Any) -> None:
    parser = _add(commands, "init", init, "make the root key, the data folder and the first invitation")
    parser.add_argument("--organisation", required=True, help="its name")
    parser.add_argument("--admin", required=True, metavar="E-MAIL", help="of the first organisation admin")
    default = Path("/etc/aidline/root.key") if os.geteuid() == 0 else Path("~/.config/aidline/root.key")
    parser.add_argument(
        "--root-key", type=Path, default=default.expanduser(), help="where to keep the root key"
    )


def _add_centre(commands: Any) -> None:
    centre = commands.add_parser("centre", help="contact centres").add_subparsers(required=True)
    parser = _add(centre, "create", centre_create, "open a contact centre")
    parser.add_argument("name")
    parser.add_argument("--slug", default="", help="its name in web addresses")
    parser.add_argument("--time-zone", default="UTC")
    parser.add_argument("--languages", default="en", help="of the people, the default first: ar,en,fr")
    parser.add_argument("--region", default="", help="two letters, to read phone numbers in national form")


def _add_channel(commands: Any) -> None:
    channel = commands.add_parser("channel", help="accounts at providers").add_subparsers(required=True)
    parser = _add(channel, "create", channel_create, "connect an account at a provider")
    parser.add_argument("centre", help="slug of the centre")
    parser.add_argument("provider")
    parser.add_argument("name")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="TOML with the account's settings; - reads standard input"
    )


def _add_staff(commands: Any) -> None:
    staff = commands.add_parser("staff", help="people who work here").add_subparsers(required=True)
    parser = _add(staff, "invite", staff_invite, "print an invitation link")
    parser.add_argument("email")
    parser.add_argument("--centre", default="", help="slug; without it: organisation admin")
    parser.add_argument("--role", default="agent")
    parser.add_argument("--languages", default="", help=f"spoken, such as {','.join(LANGUAGES[:3])}")


def _add_keys(commands: Any) -> None:
    keys = commands.add_parser("keys", help="encryption keys").add_subparsers(required=True)
    parser = _add(keys, "rotate", keys_rotate, "replace the root key; run while nothing else runs")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="the new key; made if missing")
