"""Template tags of the common look: icons from our sprite, geometric pictures of people, times."""

from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi

from aidline.kernel import languages, money

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", size: str = "", flip: bool = False) -> SafeString:
    """An icon beside a word (hidden from screen readers), or alone with a label."""
    return _svg(name, str(label), size, flip)


@lru_cache(maxsize=1000)  # a queue of sixty lines has three hundred icons
def _svg(name: str, label: str, size: str, flip: bool) -> SafeString:
    classes = "i" + (f" i-{size}" if size else "") + (" flip" if flip else "")
    aria = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"/></svg>', classes, aria, static("aidline/sprite.svg"), name
    )


@register.simple_tag
def avatar(person: Any, glyph: str = "", label: str = "", size: str = "") -> SafeString:
    """The geometric picture of a person, with the glyph of the channel. Never a face, never a photo."""
    return _picture(person.tint, person.picture, glyph, str(label), size)


@lru_cache(maxsize=1000)
def _picture(tint: int, picture: int, glyph: str, label: str, size: str) -> SafeString:
    corner = format_html('<span class="ch">{}</span>', icon(glyph, label)) if glyph else ""
    return format_html(
        '<span class="av av-{}{}"><svg viewBox="0 0 24 24" aria-hidden="true"><use href="{}#g{}"/></svg>{}</span>',
        tint,
        f" {size}" if size else "",
        static("aidline/sprite.svg"),
        picture,
        corner,
    )


@register.filter
def alias(person: Any) -> str:
    return str(person.alias(get_language() or "en"))


@register.filter
def direction(code: str) -> str:
    return languages.direction(code)


@register.filter
def own_name(code: str) -> str:
    """A language as its speakers call it. The i18n library's `language_name` knows too few, and breaks."""
    return languages.name(code)


@register.filter
def money_in(cents: int, currency: str) -> str:
    """`{{ voucher.balance_cents|money_in:"EUR" }}`, as the language of the screen writes it."""
    return money.written(cents, currency, get_language() or "en")


@register.simple_tag
def page_direction() -> str:
    return "rtl" if get_language_bidi() else "ltr"
