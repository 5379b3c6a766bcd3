"""What a page of the form says, as one text to be read aloud in the person's language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aidline.portal.registering.steps import CONSENT, REVIEW, YOU, Step, questions
from aidline.portal.tongues import of_screen
from aidline.vouchers.models import Programme
from aidline.vouchers.registering import words
from aidline.vouchers.registering.filling import consent_for
from aidline.vouchers.registering.form import word


def words_of(programme: Programme, step: Step, language: str) -> str:
    """Sentences of ours are left out where our screens do not speak this language: a voice would spell them."""
    ours = of_screen(language, programme.centre) == language
    return "\n".join(text.strip() for text in _said(programme, step, language, ours=ours) if text.strip())


def _said(programme: Programme, step: Step, language: str, *, ours: bool) -> Iterator[str]:
    if step.code == CONSENT:
        yield from _consent(programme, language, ours=ours)
    elif step.code == YOU and ours:
        yield _("Write your name, and the phone number your vouchers are to come to.")
    elif step.code == REVIEW and ours:
        yield _("Look at what you have written. If it is right, press the big button.")
    for one in questions(step.fields, language, given={}, faults={}, fallback=language):
        yield f"{one.label}."
        yield one.help
        yield ". ".join(choice.label for choice in one.choices)


def _consent(programme: Programme, language: str, *, ours: bool) -> Iterator[str]:
    yield f"{words.title(programme, language)}."
    yield words.own(programme, "why", language)
    consent = consent_for(programme)
    if consent:
        yield word(consent.texts, language, programme.centre.default_language)
    if ours:
        yield _("You can say no. It costs you nothing: everything else we do for you stays the same.")
