"""Webhook calls as the providers make them: bodies in their words, signed as they sign.

Pure and cheap, so that the phones, the tests and the load runs all speak through the same mouth.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Post:
    """One webhook call, ready to be sent."""

    body: bytes
    headers: Mapping[str, str]
