"""How a reply with files is cut into messages."""

from dataclasses import replace

import pytest

from aidline.channels.contract import Kind
from aidline.channels.providers.telegram import CAPABILITIES
from aidline.conversations.sending import Upload, _pieces
from aidline.kernel.ids import new_id

ABLE = replace(CAPABILITIES, captioned=frozenset({Kind.IMAGE}), caption_limit=20)


def upload(kind: Kind) -> Upload:
    return Upload(kind, new_id(), "image/jpeg", 3, "a.jpg")


@pytest.mark.parametrize(
    ("kinds", "text", "expected"),
    [
        ([Kind.IMAGE], "for you", [(Kind.IMAGE, "for you")]),
        ([Kind.IMAGE], "x" * 21, [(Kind.TEXT, "x" * 21), (Kind.IMAGE, "")]),
        ([Kind.AUDIO], "for you", [(Kind.TEXT, "for you"), (Kind.AUDIO, "")]),
        ([Kind.AUDIO], "", [(Kind.AUDIO, "")]),
        ([Kind.IMAGE, Kind.IMAGE], "two", [(Kind.TEXT, "two"), (Kind.IMAGE, ""), (Kind.IMAGE, "")]),
    ],
)
def test_words_go_beside_a_file_only_where_the_provider_keeps_them(
    kinds: list[Kind], text: str, expected: list[tuple[Kind, str]]
) -> None:
    pieces = _pieces(ABLE, text, [upload(kind) for kind in kinds])
    assert [(piece.kind, piece.text) for piece in pieces] == expected
