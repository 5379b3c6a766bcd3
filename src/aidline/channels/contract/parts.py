"""What messages are made of, in both directions."""

from dataclasses import dataclass

from aidline.channels.contract.words import Scheme


@dataclass(frozen=True, slots=True)
class Sender:
    """One address of the sender, normalised: E.164 with plus for phones, the bare id otherwise."""

    scheme: Scheme
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
