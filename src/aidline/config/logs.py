"""Logs that tell what happened and never to whom: no bodies, no addresses, no values, no ids from a path."""

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

# Django puts the path of a refused request into these; paths carry ids, and a mistyped one carries anything.
PATH_LOGGERS = ("django.request", "django.security", "django.server")

_Error = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutPaths(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        record.msg = (
            f"{getattr(record, 'status_code', 'refused')} at {getattr(match, 'route', 'no known page')}"
        )
        record.args = ()
        return True


class LineFormatter(logging.Formatter):
    """One line of JSON per event. Of an error the kind and the places: its text may quote a person."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def formatException(self, ei: _Error) -> str:  # noqa: N802 (the name is logging's)
        kind, error, trace = ei
        places = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(trace)
        ]
        cause = getattr(error, "__cause__", None) or getattr(error, "__context__", None)
        named = f"{kind.__name__ if kind else ''} at {' > '.join(places)}"
        return f"{named}, from {type(cause).__name__}" if cause else named


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_paths": {"()": WithoutPaths}},
    "formatters": {"line": {"()": LineFormatter}},
    "handlers": {
        "out": {"class": "logging.StreamHandler", "formatter": "line"},
        "requests": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_paths"]},
    },
    "root": {"handlers": ["out"], "level": "WARNING"},
    "loggers": {
        "aidline": {"level": "INFO"},
        "django.db.backends": {"level": "ERROR"},  # never SQL with values
        "httpx": {"level": "ERROR"},  # logs addresses
        "httpcore": {"level": "ERROR"},
        "uvicorn.access": {"level": "CRITICAL"},
        "uvicorn.error": {"level": "WARNING"},
        **{name: {"handlers": ["requests"], "level": "ERROR", "propagate": False} for name in PATH_LOGGERS},
    },
}
