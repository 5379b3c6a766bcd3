"""A model reads and writes sealed columns as if they were plain, and stores nothing readable."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import models
from django.test.utils import isolate_apps

from aidline import vault
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed, SealedBytes, SealedJSON


def make_model() -> type[models.Model]:
    class Letter(models.Model):
        id = models.UUIDField(primary_key=True, default=new_id)
        centre_id = models.UUIDField()
        person_id = models.UUIDField()
        text_sealed = models.BinaryField(null=True)
        name_sealed = models.BinaryField()
        extra_sealed = models.BinaryField(null=True)
        text = Sealed("text_sealed")
        name = Sealed("name_sealed")
        extra = SealedJSON("extra_sealed")
        raw_sealed = models.BinaryField(null=True)
        raw = SealedBytes("raw_sealed")

        class Meta:
            app_label = "vault"
            db_table = "post_letter"

        @property
        def seal_scope(self) -> UUID:
            return self.centre_id

        @property
        def seal_key(self) -> UUID:
            return self.person_id

    return Letter


@pytest.fixture
def letter(centre: UUID, person: UUID) -> SimpleNamespace:
    with isolate_apps("aidline.vault"):
        return make_model()(centre_id=centre, person_id=person)


def test_text_is_sealed_when_set_and_opened_when_read(letter: SimpleNamespace) -> None:
    letter.text = "مرحبا"

    assert letter.text == "مرحبا"
    assert "مرحبا".encode() not in letter.text_sealed
    assert "مرحبا" not in str(vars(letter))


def test_the_empty_text_is_null_where_that_is_allowed(letter: SimpleNamespace) -> None:
    letter.text = "x"
    letter.text = ""
    letter.name = ""

    assert letter.text_sealed is None
    assert letter.text == ""
    assert letter.name_sealed
    assert letter.name == ""


@pytest.mark.parametrize("value", [{"a": [1, "é", None]}, [], 0, False, "text"])
def test_any_json_value_comes_back(letter: SimpleNamespace, value: object) -> None:
    letter.extra = value

    assert letter.extra == value
    assert letter.extra_sealed


def test_bytes_come_back_as_they_were(letter: SimpleNamespace) -> None:
    letter.raw = b"\xff\x00raw"
    assert letter.raw == b"\xff\x00raw"

    letter.raw = b""
    assert letter.raw_sealed is None
    assert letter.raw == b""


def test_no_json_value_is_null(letter: SimpleNamespace) -> None:
    letter.extra = {}
    letter.extra = None

    assert letter.extra_sealed is None
    assert letter.extra is None


def test_a_column_copied_to_its_neighbour_is_refused(letter: SimpleNamespace) -> None:
    letter.text = "mine"
    letter.name_sealed = letter.text_sealed

    with pytest.raises(vault.Tampered):
        _ = letter.name


def test_a_row_that_changed_persons_still_opens(letter: SimpleNamespace, centre: UUID) -> None:
    letter.text = "before the merge"
    letter.person_id = new_id()
    vault.new_person_key(letter.person_id, centre)

    assert letter.text == "before the merge"
    sealed_before = letter.text_sealed
    letter.text = "after"
    assert letter.text_sealed[1:17] == letter.person_id.bytes != sealed_before[1:17]


def test_bytes_from_any_database_driver_are_fine(letter: SimpleNamespace) -> None:
    letter.text = "x"
    letter.text_sealed = memoryview(letter.text_sealed)

    assert letter.text == "x"
