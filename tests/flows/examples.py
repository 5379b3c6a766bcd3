"""The flow of the book: language → topic → information or a person. Also the example in docs/flows.md."""

import re
from functools import cache
from pathlib import Path

from aidline.flows.language import Flow
from aidline.flows.text import read

BOOK = Path(__file__).resolve().parents[2] / "docs" / "flows.md"


@cache
def example() -> Flow:
    return read(source())


@cache
def source() -> str:
    found = re.search(r"```yaml\n(flow: .*?)```", BOOK.read_text(), re.DOTALL)
    assert found
    return found[1]


@cache
def transcripts_of_the_example() -> str:
    found = re.search(r"```yaml\n(- title: .*?)```", BOOK.read_text(), re.DOTALL)
    assert found
    return found[1]
