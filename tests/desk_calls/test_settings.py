"""The telephone settings of a channel, the tool that fetches Twilio's library, and who says that it is missing."""

import base64
import hashlib
import io
import tarfile
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest
from django.test import Client

from aidline.calls.lines import line_of
from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.config import doctor
from aidline.config.environment import load
from desk_calls.stage import Stage
from factories import make_channel, make_staff

FIELDS = {
    "ring_seconds": 25,
    "wrap_up_seconds": 90,
    "longest_wait_minutes": 10,
    "longest_queue": 20,
    "missed_calls_wait": "on",
    "records_voicemail_after_yes": "on",
    "ways_out": "+218, +31 +31",
    "calls_a_day": 50,
    "emergency_numbers": "112 1515",
}


@pytest.fixture
def admin(stage: Stage) -> Staff:
    return make_staff(stage.centre, Role.CENTRE_ADMIN, name="Ada Head")[0]


def url(stage: Stage, line: object = None) -> str:
    return f"/c/port-merin/setup/channels/{line or stage.line.pk}/calls/"


def test_an_admin_changes_how_calls_are_taken(stage: Stage, admin: Staff) -> None:
    client = stage.client(admin)
    assert (
        client.get(f"/c/port-merin/setup/channels/{stage.line.pk}/").content.decode().count(url(stage)) == 1
    )
    assert client.post(url(stage), FIELDS).status_code == 302
    line = line_of(stage.line)
    assert (line.ring_seconds, line.ways_out, line.emergency_numbers) == (
        25,
        ["+218", "+31"],
        ["112", "1515"],
    )
    assert (line.records_voicemail_after_yes, line.records_calls, line.asks_consent) == (True, False, False)
    assert 'value="+218 +31"' in client.get(url(stage)).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("ways_out", "Libya", "calling codes with a plus"),
        ("emergency_numbers", "help", "numbers with spaces"),
        ("ring_seconds", "1", "greater than or equal to 10"),
    ],
)
def test_what_cannot_work_is_refused_beside_its_field(
    stage: Stage, admin: Staff, field: str, value: str, told: str
) -> None:
    answer = stage.client(admin).post(url(stage), {**FIELDS, field: value})
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert line_of(stage.line).ring_seconds == 20


def test_a_channel_that_takes_no_calls_has_no_such_page(stage: Stage, admin: Staff) -> None:
    other = make_channel(stage.centre)
    assert stage.client(admin).get(url(stage, other.pk)).status_code == 404
    assert stage.client(stage.agent).get(url(stage)).status_code == 404


def test_the_settings_the_kit_and_the_doctor_say_when_the_library_is_missing(
    stage: Stage, admin: Staff
) -> None:
    with (
        patch("aidline.desk.calls.softphone.sdk_is_here", return_value=False),
        patch("aidline.desk.setup.telephone.sdk_is_here", return_value=False),
        patch("aidline.config.doctor.sdk_is_here", return_value=False),
    ):
        assert "fetch_voice_sdk.py" in stage.client(admin).get(url(stage)).content.decode()
        kit = stage.client(script=True).post(stage.url("kit"))
        assert (kit.status_code, "fetch_voice_sdk.py" in kit.content.decode()) == (422, True)
        (finding,) = doctor.telephones(replace(load(), practice=False))
        assert (finding.level, "fetch_voice_sdk.py" in finding.words) == (doctor.Level.BAD, True)


def test_nobody_who_is_not_signed_in_gets_a_token(stage: Stage) -> None:
    assert Client().post(stage.url("kit")).status_code == 302


# --- the tool --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    found = spec_from_file_location(
        "fetch_voice_sdk", Path(__file__).parents[2] / "tools" / "fetch_voice_sdk.py"
    )
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


def package(content: bytes = b"Twilio = {}") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, inside in (("package/dist/twilio.min.js", content), ("package/LICENSE.md", b"Apache-2.0")):
            info = tarfile.TarInfo(name)
            info.size = len(inside)
            tar.addfile(info, io.BytesIO(inside))
    return file.getvalue()


def test_one_file_and_its_licence_come_out_of_the_package(tool: ModuleType, tmp_path: Path) -> None:
    known = base64.b64encode(hashlib.sha512(package()).digest()).decode()
    with patch.object(tool, "SHA512", known):
        tool.unpack(package(), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["LICENSE.md", "twilio.min.js"]


def test_another_package_is_not_kept(tool: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(tool.CannotFetch, match="another one"):
        tool.unpack(package(b"something else"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_registry_the_set_up_goes_on_and_says_so(
    tool: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    unreachable = ["--registry", "http://127.0.0.1:1/"]
    assert tool.main([*unreachable, "--if-reachable"]) == 0
    assert "is not installed" in capsys.readouterr().err
    assert tool.main(unreachable) == 1
