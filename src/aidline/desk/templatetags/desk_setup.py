from django import template

from aidline.desk.health.wording import in_our_words

register = template.Library()


@register.filter
def vendor_code(code: str, provider: str = "") -> str:
    return in_our_words(code, provider)


@register.filter
def without_last(url: str) -> str:
    """An address whose last part is a password, without it."""
    return url.rpartition("/")[0] + "/••••••••"
