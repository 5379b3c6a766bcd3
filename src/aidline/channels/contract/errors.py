"""What can go wrong, each saying what to do next."""

from datetime import timedelta

from aidline.channels.contract.words import Verdict


class SendError(Exception):
    """Base of the answers to a failed call. `code` is the provider's own.

    `words` are the provider's too, for the health page of an account; they may name a person, so they are in no
    text of the error and never logged.
    """

    verdict: Verdict = Verdict.GIVE_UP

    def __init__(self, code: str, *, retry_after: timedelta | None = None, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.words = words


class RetryLater(SendError):
    """Nothing was sent; trying again later may succeed."""

    verdict = Verdict.RETRY


class GiveUp(SendError):
    """Nothing was sent and trying again will not help."""

    verdict = Verdict.GIVE_UP


class StopContacting(SendError):
    """The person or their provider asks us not to write any more."""

    verdict = Verdict.STOP_CONTACTING


class ChannelDown(SendError):
    """The account itself is refused (token dead, suspended): nothing will go out until someone acts."""

    verdict = Verdict.CHANNEL_DOWN


class TemplateRefused(GiveUp):
    """The provider did not take a template. `words` are its own: they speak of our text, of nobody else."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.words = words


class Uncertain(SendError):
    """The call left us and no answer came: it may or may not have been sent. Never repeated blindly."""

    verdict = Verdict.GIVE_UP


class BadSignature(Exception):
    """The call does not prove that it comes from the provider."""


class Malformed(Exception):
    """The body of a webhook cannot be read at all: it is set aside for a person to look at.

    What can be read but is not known is never an error: it becomes `Unknown` or `Kind.UNSUPPORTED`.
    """
