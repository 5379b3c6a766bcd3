"""Which addresses are the vendor's own, so that our credentials may go there."""

from urllib.parse import urlsplit


def is_own(url: str, api: str, family: str) -> bool:
    """The API's own origin; or, where the API is one of the `family` (".example.com"), its sisters over TLS."""
    try:
        target, own = urlsplit(url), urlsplit(api)
        hosts = (target.hostname or "", own.hostname or "")
    except ValueError:
        return False
    if (target.scheme, target.netloc) == (own.scheme, own.netloc):
        return True
    return target.scheme == "https" and all(host.endswith(family) for host in hosts)
