"""A device is heard and fed only when it signs for itself, at its own shop."""

import json
from base64 import b64decode, b64encode
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from aidline.vouchers.models import DeviceRecord, Voucher
from aidline.vouchers.redeeming.pairing import pair_code, revoke
from vouchers import making
from vouchers.redeeming.playing import Ed25519Key, P256Key, Phone, phone
from vouchers.till.counter import Counter

BEFORE_TIME = b'{"device": "%s", "at": "0001-01-01T00:00:00+14:00", "records": []}' % str(uuid4()).encode()


def sync(counter: Counter, of: Phone, client: Client | None = None, **more: Any) -> HttpResponse:
    records = [
        {"body": b64encode(one.body).decode(), "signature": b64encode(one.signature).decode()}
        for one in of.queue
    ]
    facts = {"device": str(of.row.pk), "at": of.time.isoformat(), "records": records, **more}
    body = json.dumps(facts).encode()
    headers = {"X-Device-Signature": b64encode(of.key.sign(body)).decode()}
    browser = client or counter.client()
    return browser.post(counter.home + "sync/", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize("kind", [Ed25519Key, P256Key])
def test_what_a_device_signed_is_taken_in_and_it_learns_what_it_may_take(
    counter: Counter, kind: type
) -> None:
    voucher, device = counter.voucher(), phone(counter.till, kind)
    device.take(voucher, 1510)
    answer = sync(counter, device).json()
    assert [(one["code"], one["good"]) for one in answer["outcomes"]] == [("taken", True)]
    list_ = json.loads(b64decode(answer["list"]))
    assert [one["use_cents"] for one in list_["limits"]["programmes"]] == [2000]
    assert sync(counter, device).json()["outcomes"] == answer["outcomes"]
    row = Voucher.objects.get()
    assert row.balance_cents + row.held_cents == 1840


def test_while_more_is_to_come_nothing_is_lent(counter: Counter) -> None:
    device = phone(counter.till)
    device.take(counter.voucher(), 100)
    assert sync(counter, device, more=True).json()["list"] is None


def test_somebody_elses_signature_opens_nothing(counter: Counter) -> None:
    device, other = phone(counter.till), phone(counter.till)
    device.take(counter.voucher(), 100)
    device.key = other.key
    assert sync(counter, device).status_code == 403
    assert not DeviceRecord.objects.exists()


def test_a_device_of_another_shop_is_not_found(counter: Counter) -> None:
    stranger = phone(making.till(making.shop(counter.programme)))
    assert sync(counter, stranger).status_code == 404


def test_a_device_out_of_use_is_heard_and_told(counter: Counter) -> None:
    device = phone(counter.till)
    device.take(counter.voucher(), 100)
    revoke(by=None, device=device.row, reason="Stolen")
    answer = sync(counter, device).json()
    assert answer["revoked"]
    assert [one["code"] for one in answer["outcomes"]] == ["revoked"]
    assert DeviceRecord.objects.count() == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"device": "x", "at": "y", "records": 1}', b"[" * 200_000, BEFORE_TIME]
)
def test_what_is_no_message_of_a_device_is_refused(counter: Counter, body: bytes) -> None:
    answer = counter.client().post(counter.home + "sync/", body, content_type="application/json")
    assert answer.status_code == 400


def test_a_clock_that_names_no_zone_is_heard(counter: Counter) -> None:
    assert sync(counter, phone(counter.till), at="2026-11-24T10:00:00").status_code == 200


def test_a_code_sets_up_one_browser_in_its_own_shop(counter: Counter) -> None:
    code = pair_code(by=None, till=counter.till)
    public = b64encode(Ed25519Key().public).decode()
    facts = {"code": code, "algorithm": "ed25519", "public": public}
    elsewhere = counter.client(making.cashier(making.shop(counter.programme)))
    assert elsewhere.post(counter.home + "pairing/", facts).status_code == 422
    client = counter.client()
    assert client.post(counter.home + "pairing/", facts).status_code == 201
    assert client.cookies["aidline-till"]["httponly"]
    assert client.post(counter.home + "pairing/", facts).status_code == 422
    assert client.post(counter.home + "pairing/", {**facts, "public": "?"}).status_code == 422


def test_a_paired_browser_stands_at_the_till_it_was_paired_for(counter: Counter) -> None:
    second = making.till(counter.shop, "Till 2")
    client = counter.client()
    facts = {"code": pair_code(by=None, till=second), "algorithm": "ed25519"}
    client.post(counter.home + "pairing/", {**facts, "public": b64encode(Ed25519Key().public).decode()})
    client.post(counter.home + "which/", {"till": str(counter.till.pk)})
    assert "Till 2" in client.get(counter.home + "day/").content.decode()


def test_signing_out_clears_a_browser_but_not_a_till(counter: Counter) -> None:
    client = counter.client()
    assert client.post("/sign-out/").headers["Clear-Site-Data"] == '"cache", "storage"'
    client = counter.client()
    client.cookies["aidline-till"] = str(uuid4())
    assert client.post("/sign-out/").headers["Clear-Site-Data"] == '"cache"'


def test_the_app_can_be_installed_and_keeps_only_files_that_are_there(counter: Counter) -> None:
    client = counter.client()
    about = client.get(counter.home + "manifest.json").json()
    assert (about["start_url"], about["scope"], about["display"]) == (
        counter.home,
        counter.home,
        "standalone",
    )
    script = client.get(counter.home + "worker.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    files = json.loads(script.content.decode().split("const FILES = ")[1].split(";\n")[0])
    assert {client.get(name).status_code for name in [*files, about["icons"][0]["src"]]} == {200}
    assert "/static/portal/till/till.js" in files
