"""Credentials go to the vendor, whatever address a webhook names."""

import pytest

from aidline.channels.wire.own_hosts import is_own

API = "https://xxxxx.api.vendor.example"


@pytest.mark.parametrize(
    ("url", "good"),
    [
        (f"{API}/file", True),
        ("https://files.vendor.example/f", True),
        ("http://files.vendor.example/f", False),
        ("https://vendor.example.evil.example/f", False),
        ("https://evilvendor.example/f", False),
        ("https://evil.example/?x=.vendor.example", False),
        ("https://user@evil.example:443/.vendor.example", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_the_vendors_own_hosts_are_trusted(url: str, good: bool) -> None:
    assert is_own(url, API, ".vendor.example") is good


def test_an_api_elsewhere_has_no_sisters() -> None:
    assert is_own("http://127.0.0.1:9/f", "http://127.0.0.1:9", ".vendor.example")
    assert not is_own("https://files.vendor.example/f", "http://127.0.0.1:9", ".vendor.example")
