"""What may be set from outside: `AIDLINE_*` variables, or the same names in one TOML file.

Read once, checked whole, and refused with the name of the setting and the fix. The table at the end of
docs/settings.md is tested against `READERS`.
"""

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LANGUAGES = ("en", "fr", "es", "ar", "uk", "nl")
PROCESSES = ("tool", "web", "worker", "test")


class SettingError(Exception):
    """A setting that cannot be used. Shown to the person at the keyboard, without a traceback."""

    def __init__(self, name: str, problem: str, fix: str) -> None:
        super().__init__(f"{name} {problem}. {fix}")
        self.name = name


class _Wrong(Exception):
    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.problem, self.fix = problem, fix


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where the rows are. `path` for SQLite, all else for PostgreSQL."""

    path: Path | None = None
    host: str = ""
    port: int = 0
    name: str = ""
    user: str = ""
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    data: Path
    database: DatabaseUrl
    media: str
    spool: Path
    root_key_file: Path | None
    root_passphrase_file: Path | None
    root_passphrase: str
    secret_key_file: Path | None
    public_url: str
    hosts: tuple[str, ...]
    bind: tuple[str, int]
    proxies: str
    language: str
    workers: int
    private_hosts: tuple[str, ...]
    practice: bool
    process: str

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str] = os.environ) -> Environment:
    given = {**_from_file(environ.get("AIDLINE_CONFIG", "")), **_from_variables(environ)}
    data = _read("data", given.get("data", "var"))
    values = {name: _read(name, given.get(name, default)) for name, (_, default) in READERS.items()}
    values["database"] = values.pop("database_url") or DatabaseUrl(path=data / "aidline.sqlite3")
    values["media"] = values["media"] or str(data / "media")
    values["spool"] = values["spool"] or data / "spool"
    values["hosts"] = _all_hosts(values["hosts"], values["public_url"])
    return Environment(**values)


# --- where values come from ------------------------------------------------------------------------------


def _from_variables(environ: Mapping[str, str]) -> dict[str, str]:
    given = {key.removeprefix("AIDLINE_").lower(): value for key, value in environ.items() if _ours(key)}
    for name in given:
        _known(name, f"AIDLINE_{name.upper()}")
    return {name: value for name, value in given.items() if value != ""}


def _ours(key: str) -> bool:
    return key.startswith("AIDLINE_") and key != "AIDLINE_CONFIG"


def _from_file(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        content = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise SettingError(
            "AIDLINE_CONFIG", f"cannot be read ({error.strerror})", "Check the path."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError("AIDLINE_CONFIG", f"is not valid TOML ({error})", "Correct that line.") from None
    for name in content:
        _known(name, f"{name} in AIDLINE_CONFIG")
    return {name: _as_text(value) for name, value in content.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(int(value)) if isinstance(value, bool) else str(value)


def _known(name: str, shown: str) -> None:
    if name in READERS:
        return
    near = difflib.get_close_matches(name, READERS, n=1)
    fix = f"Did you mean {near[0]}?" if near else "Remove it; docs/settings.md lists all settings."
    raise SettingError(shown, "is not a setting", fix)


def _read(name: str, text: str) -> Any:
    try:
        return READERS[name][0](text)
    except _Wrong as wrong:
        raise SettingError(f"AIDLINE_{name.upper()}", wrong.problem, wrong.fix) from None


# --- how each is read ------------------------------------------------------------------------------------


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise _Wrong("is a file", "Give a folder; it is made if it is missing.")
    return path


def _optional_folder(text: str) -> Path | None:
    return _folder(text) if text else None


def _file(text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise _Wrong("names a file that is not there", "Make it with `aidline init`, or correct the path.")
    return path


def _database(text: str) -> DatabaseUrl | None:
    if not text:
        return None
    url = urlsplit(text)
    if url.scheme == "sqlite":
        return DatabaseUrl(path=_sqlite_path(url.path))
    if url.scheme in ("postgres", "postgresql"):
        return _postgresql(text)
    raise _Wrong(
        "starts with something else than sqlite: or postgres:", "Use postgres://user:password@host/name."
    )


def _sqlite_path(path: str) -> Path:
    if not path.strip("/"):
        raise _Wrong("has no file name", "Use sqlite:////var/lib/aidline/aidline.sqlite3.")
    return Path(unquote(path[1:])).absolute()


def _postgresql(text: str) -> DatabaseUrl:
    url = urlsplit(text)
    try:
        port = url.port or 0
    except ValueError:
        raise _Wrong(
            "has a port that is not a number", "Use postgres://user:password@host:5432/name."
        ) from None
    name = unquote(url.path.lstrip("/"))
    if not name:
        raise _Wrong("has no database name", "Use postgres://user:password@host/name.")
    return DatabaseUrl(
        host=unquote(url.hostname or ""),
        port=port,
        name=name,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        options=tuple(parse_qsl(url.query)),
    )


def _media(text: str) -> str:
    if not text:
        return ""
    if "://" not in text:
        return str(_folder(text))
    if not text.startswith("s3://") or not urlsplit(text).netloc:
        raise _Wrong("is neither a folder nor an S3 bucket", "Use a path, or s3://bucket?endpoint=https://….")
    return text


def _public_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise _Wrong("is not a web address", "Use https://help.example.org.")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise _Wrong("has a path", "Give scheme and host only, as in https://help.example.org.")
    return f"{url.scheme}://{url.netloc}"


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _hosts(text: str) -> tuple[str, ...]:
    hosts = _list(text)
    if "*" in hosts:
        raise _Wrong("may not be *", "Name the hosts; anybody may put anything into a Host header.")
    return hosts


def _all_hosts(hosts: tuple[str, ...], public_url: str) -> tuple[str, ...]:
    own = (urlsplit(public_url).hostname or "", "127.0.0.1", "localhost", "[::1]")
    return tuple(dict.fromkeys((*hosts, *own)))


def _bind(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise _Wrong("is not host:port", "Use 127.0.0.1:8000.")
    return host.strip("[]"), int(port)


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise _Wrong("is not a language of the screens", f"Choose one of {', '.join(LANGUAGES)}.")
    return text


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise _Wrong("is not a number from 1 to 64", "1 is right for most; SQLite allows no more.")
    return int(text)


def _switch(text: str) -> bool:
    if text.lower() not in SWITCHES:
        raise _Wrong("is neither on nor off", "Use 1 or 0.")
    return SWITCHES[text.lower()]


def _process(text: str) -> str:
    if text not in PROCESSES:
        raise _Wrong("is not a process of ours", "Leave it out: the program sets it for itself.")
    return text


SWITCHES = {
    "1": True,
    "true": True,
    "on": True,
    "yes": True,
    "0": False,
    "false": False,
    "off": False,
    "no": False,
}

READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "data": (_folder, "var"),
    "database_url": (_database, ""),
    "media": (_media, ""),
    "spool": (_optional_folder, ""),
    "root_key_file": (_file, ""),
    "root_passphrase_file": (_file, ""),
    "root_passphrase": (str, ""),
    "secret_key_file": (_file, ""),
    "public_url": (_public_url, "http://127.0.0.1:8000"),
    "hosts": (_hosts, ""),
    "bind": (_bind, "127.0.0.1:8000"),
    "proxies": (str, "127.0.0.1,::1"),
    "language": (_language, "en"),
    "workers": (_count, "1"),
    "private_hosts": (_list, ""),
    "practice": (_switch, "0"),
    "process": (_process, "tool"),
}

assert {field.name for field in fields(Environment)} == {*READERS, "database"} - {"database_url"}
