"""Paper: two on a sheet, and all their words for whoever hears the file."""

import random
import re

from aidline.vouchers.codes.paper import sheets
from vouchers.codes.degrading import face


def test_two_are_on_a_sheet():
    dice = random.Random(1)
    pdf = sheets([face(dice) for _ in range(5)], title="Food")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 3
    assert len(re.findall(rb"/Subtype /Image", pdf)) == 5


def test_it_can_be_heard():
    one = face(random.Random(2), "ar", brand="بورت مرين")
    pdf = sheets([one], title="Food")
    assert b"/Lang (ar)" in pdf
    assert b"/Alt" in pdf
    assert b"/StructTreeRoot" in pdf
    assert " ".join(one.groups.replace("-", "")) in one.as_text
    assert "بورت مرين" in one.as_text
