"""Where an account's webhooks go, as its vendor knows it, for as long as this process lives.

Practice channels are wired to their own address from the beginning; another one that is registered
is told back, and never called.
"""

from aidline.simulator.lookalikes.shapes import Account, Exchange

_addresses: dict[str, str] = {}
_of_calls: dict[tuple[str, str], str] = {}


def register(account: Account, url: str) -> None:
    """An empty address takes the registration back."""
    _addresses[account.ref] = url


def address(account: Account, exchange: Exchange, provider: str) -> str:
    return _addresses.get(account.ref, f"{exchange.base_url}/hooks/{provider}/{account.ref}")


def register_calls(account: Account, field: str, url: str) -> None:
    """`field` as the vendor calls it: VoiceUrl."""
    _of_calls[(account.ref, field)] = url


def spoken_to(ref: str, field: str) -> str:
    """Empty where nothing was registered."""
    return _of_calls.get((ref, field), "")
