"""Where the vendors were told to call us, as long as this process lives: what their registration pages show."""

_urls: dict[str, str] = {}


def register(account: str, url: str) -> None:
    """An empty address takes the registration back."""
    _urls[account] = url


def registered(account: str) -> str:
    return _urls.get(account, "")
