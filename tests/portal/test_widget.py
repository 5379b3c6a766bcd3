"""The script for other sites, and the addresses for providers that fetch files themselves."""

import gzip
import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aidline.conversations.models import Attachment
from aidline.gateway import outfiles
from aidline.gateway.media import fetch_attachment
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from portal.stage import Stage, write
from portal.test_chat import PIXEL

SCRIPT = "/widget/port-merin.js"


def test_the_script_is_small_and_the_same_for_everybody(stage: Stage) -> None:
    answer = Client().get(SCRIPT)
    assert len(gzip.compress(answer.content)) < 15 * 1024
    assert not answer.cookies
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    known = Client()
    known.get("/chat/port-merin/")
    assert known.get(SCRIPT).content == answer.content


def test_the_script_speaks_every_language_of_the_centre(stage: Stage) -> None:
    source = Client().get(SCRIPT).content.decode()
    settings, _end = json.JSONDecoder().raw_decode(source[source.index('{"page"') :])
    assert set(settings["words"]) == {"fr", "ar", "en", "ti"}
    assert settings["words"]["ar"]["dir"] == "rtl"
    assert settings["page"].endswith("/chat/port-merin/?framed=1")


@pytest.fixture
def attachment(stage: Stage, visitor: Client) -> Attachment:
    write(visitor, file=SimpleUploadedFile("a.png", PIXEL))
    stage.work()
    row = Attachment.objects.get()
    fetch_attachment({"attachment": str(row.pk)})
    return row


def test_a_signed_address_gives_one_file_for_ten_minutes(attachment: Attachment) -> None:
    path = outfiles.sign(attachment.pk)
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "no-store"
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("photo.JPG", ".jpg"),
        ("Ilham's papers.pdf", ".pdf"),
        ("x", ""),
        ("x.", ""),
        ("a.b/../c", ""),
        ("x.jpg\n", ""),
    ],
)
def test_an_address_ends_like_the_file_and_tells_no_more_of_its_name(
    attachment: Attachment, name: str, ending: str
) -> None:
    url = outfiles.public_url(attachment.pk, name)
    path = url[url.index("/out/") :]
    assert path.partition(":")[2].rpartition(".")[1:] == (
        (".", ending[1:]) if ending else ("", path.partition(":")[2])
    )
    assert Client().get(path).status_code == 200
    assert "Ilham" not in url


def test_a_changed_address_gives_nothing(attachment: Attachment) -> None:
    path = outfiles.sign(attachment.pk)
    other = outfiles.sign(new_id())
    assert Client().get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert (
        Client().get("/out/" + other.split("/")[2].split(":")[0] + path[path.index(":") :]).status_code == 404
    )
    assert Client().get(other).status_code == 404
