"""`/voice/…` of this installation, asked as Twilio asks it: over HTTP, signed, with a way out."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urljoin

from aidline.kernel.clock import now
from aidline.simulator import hooks
from aidline.simulator.lookalikes.twiml import BadTwiml, Verb, read
from aidline.simulator.models import PracticeCall
from aidline.simulator.states import Doing
from aidline.simulator.telephone import naming
from aidline.simulator.telephone.rows import Then
from aidline.simulator.wire import twilio_voice

PATIENCE = 15.0  # seconds; Twilio's
SORRY = (Verb("Say", {"language": "en"}, "We are sorry, an application error has occurred. Goodbye."),)
NO_ANSWER, BAD_STATUS = "11205", "11200"

Answered = Callable[[str, Sequence[Verb]], object]


def ask(
    call: PracticeCall,
    url: str,
    got: Callable[[PracticeCall, str], Answered],
    fields: Mapping[str, str],
) -> list[Then]:
    """Only the answer to the newest question counts: `got` is given its word to compare."""
    word = secrets.token_hex(6)
    target = urljoin(str(naming.program(call).get("url", "")) or naming.answer_url(call.channel), url)
    call.doing, call.due_at = Doing.ASKING, now() + timedelta(seconds=4 * PATIENCE)
    call.program = {**(call.program or {}), "asked": word, "rest": [], "doing": None}
    answered = got(call, word)
    return [lambda: _exchange(call, target, fields, answered)]


def tell(call: PracticeCall, url: str, fields: Mapping[str, str]) -> list[Then]:
    """Asked for a call that is over; what is answered is not read."""
    target = urljoin(str(naming.program(call).get("url", "")), url)
    return [lambda: _fetch(call, target, fields)]


def _exchange(call: PracticeCall, url: str, fields: Mapping[str, str], answered: Answered) -> None:
    problem, verbs = _fetch(call, url, fields)
    if problem:
        url = naming.fallback_url(call.channel)
        problem, verbs = _fetch(call, url, {"ErrorCode": problem, "ErrorUrl": url})
    answered(url, SORRY if problem else verbs)


def _fetch(call: PracticeCall, url: str, fields: Mapping[str, str]) -> tuple[str, Sequence[Verb]]:
    """Twilio's code of what is wrong with the answer, or the answer."""
    asked = twilio_voice.asked(naming.leg(call), fields)
    found = hooks.ask(url, naming.signed(call.channel, url, asked))
    if found is None:
        return NO_ANSWER, ()
    status, content_type, body = found
    if not 200 <= status < 300:
        return BAD_STATUS, ()
    try:
        return "", read(body, content_type)
    except BadTwiml as bad:
        return str(bad.code), ()
