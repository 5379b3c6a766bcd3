"""What every answer tells the browser, and what no log tells anybody."""

import json
import logging

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from aidline.config.headers import HeadersMiddleware
from aidline.config.logs import LineFormatter, WithoutPaths


def through(response: HttpResponse) -> dict[str, str]:
    answered = HeadersMiddleware(lambda request: response)(HttpRequest())
    return dict(answered.headers)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/no-such-page/"])
def test_every_page_is_strict_and_is_kept_by_nobody(path: str) -> None:
    headers = Client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_one_view_may_be_framed_by_the_sites_it_names_and_nothing_else_changes() -> None:
    response = HttpResponse()
    response.content_security = {"frame-ancestors": "https://partner.example"}  # type: ignore[attr-defined]
    policy = through(response)["Content-Security-Policy"]
    assert "frame-ancestors https://partner.example" in policy
    assert "script-src 'self'" in policy


def test_a_view_that_says_how_long_it_may_be_kept_is_believed() -> None:
    response = HttpResponse(headers={"Cache-Control": "public, max-age=60"})
    assert through(response)["Cache-Control"] == "public, max-age=60"


def record(**more: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "aidline.test", "levelname": "ERROR", "msg": "it failed", **more})


def test_an_error_is_logged_by_kind_and_place_without_its_words() -> None:
    try:
        try:
            raise KeyError("+44 7700 900123")
        except KeyError as cause:
            raise Http404("Amal, +44 7700 900123") from cause
    except Http404 as error:
        line = LineFormatter().format(record(exc_info=(Http404, error, error.__traceback__)))
    assert "7700" not in line
    assert "Amal" not in line
    assert json.loads(line)["error"].startswith("Http404 at test_headers_and_logs.py:")
    assert json.loads(line)["error"].endswith("from KeyError")


def test_a_refused_request_is_logged_without_its_path() -> None:
    request = RequestFactory().get("/join/secret-token/")
    refused = record(msg="Not Found: %s", args=("/join/secret-token/",), status_code=404, request=request)
    assert WithoutPaths().filter(refused)
    assert "secret" not in LineFormatter().format(refused)
