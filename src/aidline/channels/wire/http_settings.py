"""The settings of a gateway of any kind, checked: what cannot work is said at its field, at set-up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aidline.channels.contract import Scheme, Status, Verdict, WrongSetting, gettext_noop
from aidline.channels.wire import http_template
from aidline.channels.wire.http_answers import Answers
from aidline.channels.wire.http_mapping import FORM, JSON, Names
from aidline.channels.wire.http_template import BadTemplate, Pairs, Values

NONE = "none"

_MEANINGS: Mapping[str, Verdict] = {
    "retry": Verdict.RETRY,
    "give up": Verdict.GIVE_UP,
    "stop": Verdict.STOP_CONTACTING,
    "down": Verdict.CHANNEL_DOWN,
}
_STATUS = re.compile(r"[1-5](\d\d|xx)")
_PATH = re.compile(r"[^.\s]+(\.[^.\s]+)*")


@dataclass(frozen=True, slots=True)
class Form:
    """A request with places for what is put in."""

    path: str
    headers: Pairs
    type: str
    template: Any
    holders: frozenset[str]

    def body(self, values: Values) -> dict[str, Any]:
        if self.type == JSON:
            return {"content": http_template.json_body(self.template, values)}
        return {"content": http_template.form_body(self.template, values)} if self.type == FORM else {}

    def filled_headers(self, values: Values) -> dict[str, str]:
        return {name: http_template.filled(value, values) for name, value in self.headers}

    def typed(self, headers: Mapping[str, str]) -> dict[str, str]:
        if self.type == NONE or any(name.lower() == "content-type" for name in headers):
            return dict(headers)
        kind = "application/json" if self.type == JSON else "application/x-www-form-urlencoded"
        return {**headers, "Content-Type": kind}


def base(given: str) -> str:
    try:
        parts = urlsplit(given)
        good = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        good = False
    if not good or "{" in given or "@" in given:
        raise WrongSetting(
            "base_url", gettext_noop("An address begins with https:// and holds no placeholders.")
        )
    return given.rstrip("/")


def request(config: Any) -> Form:
    if config.method == "GET" and config.body_type != NONE:
        raise WrongSetting("body_type", gettext_noop("With GET everything stands in the path: choose none."))
    path = _read("send_path", http_template.path_template, config.send_path, _NO_PATH)
    headers = _read("headers", http_template.header_lines, config.headers, _NO_HEADERS)
    template = _template(config)
    in_body = http_template.holders(config.body) if config.body_type != NONE else frozenset()
    in_path = http_template.holders(config.send_path)
    _known("body", in_body)
    _known("send_path", in_path)
    _known("headers", http_template.holders(config.headers), frozenset({"key", "id"}))
    if not (config.key.isascii() and config.key.isprintable()):
        raise WrongSetting("key", gettext_noop("Only letters, digits and signs that every keyboard has."))
    whole = in_body | in_path
    if "text" not in whole or not whole & {"to", "to_digits"}:
        field = "send_path" if config.body_type == NONE else "body"
        raise WrongSetting(field, gettext_noop("{text} and {to} are missing: nobody would be reached."))
    return Form(path, headers, config.body_type, template, whole)


_NO_PATH = gettext_noop("A path begins with / and holds no spaces.")
_NO_HEADERS = gettext_noop("One header a line, as Name: value.")
_NO_JSON = gettext_noop('This is not JSON. Each placeholder stands within quotes, as "{text}".')
_NO_FORM = gettext_noop("One field a line, as name={text}.")


def _template(config: Any) -> Any:
    if config.body_type == JSON:
        return _read("body", http_template.json_template, config.body, _NO_JSON)
    return (
        _read("body", http_template.form_template, config.body, _NO_FORM)
        if config.body_type == FORM
        else None
    )


def _read(field: str, read: Any, given: str, words: str) -> Any:
    try:
        return read(given)
    except BadTemplate:
        raise WrongSetting(field, words) from None


def _known(field: str, used: frozenset[str], known: frozenset[str] = http_template.PLACEHOLDERS) -> None:
    if used - known:
        raise WrongSetting(field, gettext_noop("There is a placeholder here that we do not know."))


# --- what its calls name things --------------------------------------------------------------------------


def names(config: Any) -> Names:
    for field in _NAMES:
        given = getattr(config, field)
        if given and not _PATH.fullmatch(given):
            raise WrongSetting(
                field, gettext_noop("A name has no spaces, and a point only between two names.")
            )
    if bool(config.in_from) is not bool(config.in_text or config.in_media):
        field = "in_text" if config.in_from else "in_from"
        raise WrongSetting(field, gettext_noop("Sender and text belong together: name both or neither."))
    return Names(
        format=config.format,
        rows=config.in_rows if config.format == JSON else "",
        id=config.in_id,
        sender=config.in_from,
        text=config.in_text,
        name=config.in_name,
        time=config.in_time,
        time_format=config.time_format,
        media=config.in_media,
        media_type=config.in_media_type,
        status=config.status_name,
        status_id=config.status_id,
        status_ours=config.status_our_id,
        status_code=config.status_code,
        words=_words(config),
        scheme=Scheme(config.scheme),
        country=_country(config.country),
    )


_NAMES = (
    "id_name",
    "success_name",
    "error_name",
    "in_rows",
    "in_id",
    "in_from",
    "in_text",
    "in_name",
    "in_time",
    "in_media",
    "in_media_type",
    "status_name",
    "status_id",
    "status_our_id",
    "status_code",
)


def _words(config: Any) -> dict[str, Status]:
    found: dict[str, Status] = {}
    for status in Status:
        field = f"words_{status}"
        for word in listed(getattr(config, field)):
            if word in found:
                raise WrongSetting(field, gettext_noop("A word here means something else already."))
            found[word] = status
    return found


def _country(given: str) -> str:
    if given and not (len(given) == 2 and given.isascii() and given.isalpha()):
        raise WrongSetting("country", gettext_noop("Two letters, such as LB."))
    return given.upper()


# --- what its answers mean -------------------------------------------------------------------------------


def answers(config: Any) -> Answers:
    values = frozenset(listed(config.success_values))
    if bool(values) is not bool(config.success_name):
        field = "success_name" if values else "success_values"
        raise WrongSetting(field, gettext_noop("Name and values of success belong together."))
    return Answers(
        statuses=statuses(config.success_statuses),
        text=config.success_text,
        name=config.success_name,
        values=values,
        id=config.id_name,
        error=config.error_name,
        verdicts=verdicts(config.errors),
    )


def listed(given: str) -> list[str]:
    return [word.strip().lower() for word in given.split(",") if word.strip()]


def statuses(given: str) -> frozenset[int]:
    """`200, 202` or `2xx`."""
    words = listed(given)
    if not words or not all(_STATUS.fullmatch(word) for word in words):
        raise WrongSetting(
            "success_statuses", gettext_noop("Numbers such as 200, or 2xx for all that begin with 2.")
        )
    spans = ((int(word[0]) * 100, 100) if word.endswith("xx") else (int(word), 1) for word in words)
    return frozenset(status for start, many in spans for status in range(start, start + many))


def verdicts(lines: str) -> dict[str, Verdict]:
    found = {}
    for line in filter(str.strip, lines.splitlines()):
        word, _, meaning = line.rpartition("=")
        if not word.strip() or meaning.strip().lower() not in _MEANINGS:
            raise WrongSetting(
                "errors", gettext_noop("One a line, as 21610 = stop, with a meaning that we know.")
            )
        found[word.strip()] = _MEANINGS[meaning.strip().lower()]
    return found


def whole(field: str, given: str, least: int, most: int) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 9 and least <= int(given) <= most):
        raise WrongSetting(field, gettext_noop("A whole number within reason."))
    return int(given)
