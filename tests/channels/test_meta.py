"""What Meta's channels share: its headers slow us down in time, and its refusals say more than a code."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from aidline.channels.contract import ChannelDown, GiveUp, RetryLater, Uncertain, Verdict
from aidline.channels.wire import meta
from channels.conformance.bench import bench
from local_server import Answer
from payloads import whatsapp_cloud

TABLE = {"4": Verdict.RETRY, "190": Verdict.CHANNEL_DOWN, "10": Verdict.CHANNEL_DOWN, "10/7": Verdict.GIVE_UP}


def good(**headers: Any) -> httpx.Response:
    return httpx.Response(
        200, headers={name.replace("_", "-"): json.dumps(value) for name, value in headers.items()}
    )


def refused(status: int, error: dict[str, Any], **headers: str) -> Exception:
    response = httpx.Response(status, headers=headers)
    return meta.refusal(response, error, TABLE)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"x_app_usage": {"call_count": 79, "total_time": 12}}, None),
        ({"x_app_usage": {"call_count": 3, "total_time": 81}}, timedelta(seconds=1)),
        ({"x_page_usage": {"call_count": 96}}, timedelta(seconds=10)),
        ({"x_page_usage": {"total_cputime": 130}}, timedelta(minutes=1)),
        (
            {"x_business_use_case_usage": {"1": [{"type": "messenger", "call_count": 100}]}},
            timedelta(minutes=1),
        ),
        (
            {"x_business_use_case_usage": {"1": [{"estimated_time_to_regain_access": 19}]}},
            timedelta(minutes=19),
        ),
        (
            {"x_business_use_case_usage": {"1": [{"estimated_time_to_regain_access": 1e8}]}},
            timedelta(hours=1),
        ),
        (
            {
                "x_app_usage": ["x"],
                "x_business_use_case_usage": {"1": {"a": 1}, "2": [7, {"call_count": "9"}]},
            },
            None,
        ),
        ({"x_app_usage": {"call_count": -1, "total_time": True}}, None),
    ],
)
def test_the_nearer_to_the_limit_the_longer_the_pause(headers: dict, wait: timedelta | None) -> None:
    assert meta.pause(good(**headers)) == wait


def test_headers_that_are_no_json_say_nothing() -> None:
    assert (
        meta.pause(httpx.Response(200, headers={"x-app-usage": "[" * 9000, "x-page-usage": "words"})) is None
    )


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        (400, {"code": 10, "error_subcode": 7}, GiveUp, "10/7"),
        (400, {"code": 10, "error_subcode": 8}, ChannelDown, "10"),
        (400, {"code": 777, "is_transient": True}, RetryLater, "777"),
        (400, {"code": 777, "is_transient": "yes"}, GiveUp, "777"),
        (200, {"code": 1, "error_subcode": 1357046}, Uncertain, "1/1357046"),
        (500, {}, RetryLater, "http-500"),
    ],
)
def test_a_subcode_decides_where_it_is_known(status: int, error: dict, kind: type, code: str) -> None:
    found = refused(status, error)
    assert (type(found), found.args) == (kind, (code,))


def test_a_refused_account_keeps_the_words_of_the_vendor_out_of_its_text() -> None:
    found = refused(400, {"code": 190, "message": "Session has expired"})
    assert isinstance(found, ChannelDown)
    assert (found.words, "Session" in str(found)) == ("Session has expired", False)


def test_when_calls_are_taken_again_is_when_we_try_again() -> None:
    usage = json.dumps({"1": [{"estimated_time_to_regain_access": 3}]})
    found = refused(400, {"code": 4}, **{"x-business-use-case-usage": usage})
    assert isinstance(found, RetryLater)
    assert found.retry_after == timedelta(minutes=3)


def test_whatsapp_slows_down_with_the_headers() -> None:
    with bench(whatsapp_cloud.KITS[0]) as found:
        body = json.dumps({"messages": [{"id": "wamid.1"}]}).encode()
        assert found.send(found.out()).slow_down is None
        found.answer_messages_with(Answer(200, body, {"X-App-Usage": '{"call_count": 95}'}))
        assert found.send(found.out()).slow_down == timedelta(seconds=10)
