"""Where the vendors were told to call us, as long as this process lives: what their registration pages show."""

_urls: dict[str, str] = {}


def register(account: str, url: str) -> None:
    """An empty address takes the registration back."""
    _urls[account] = url


def registered(account: str) -> str:
    return _urls.get(account, "")


"""Where an account's webhooks go, as its vendor knows it.

Practice channels are wired to their own address from the beginning; another one that is registered is told back
until the process ends, and never called.
"""

from aidline.simulator.lookalikes.shapes import Account, Exchange

_addresses: dict[str, str] = {}


def register(account: Account, url: str) -> None:
    _addresses[account.ref] = url


def address(account: Account, exchange: Exchange, provider: str) -> str:
    return _addresses.get(account.ref, f"{exchange.base_url}/hooks/{provider}/{account.ref}")
