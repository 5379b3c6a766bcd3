"""Covering numbers and addresses in a text that is shown to somebody who need not see them.

Rather too much than too little. Covered as well, though nobody is found by them: dates, sums such as 1.50 or 12.500,
years and spans (2026, 10-12), and seven digits or more with only signs between them (24.11.2026, 10:30).
Not covered: numbers of up to three digits, times (10:30), sums with a comma (12,50), and whatever is spelled out in
words.
"""

import re

# Signs that are not seen: soft hyphen, marks of direction and joining, zero-width spaces, variation selectors.
_UNSEEN = (
    "\\u00ad\\u034f\\u061c\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff"
)
_DASHES = "\\-\\u00ad\\u058a\\u2010-\\u2015\\u2043\\u2212\\ufe58\\ufe63\\uff0d"
_DIGIT = "[\\d\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u24ea\u2776-\u277e]"
_BETWEEN = rf"\s().·‧∙•_*/{_DASHES}{_UNSEEN}"
_GAP = rf"[\s{_UNSEEN}]{{0,3}}"
_TAIL = r"[^\s<>\[\]()]*[^\s<>\[\]().,;:!?؟،]"

PRIVATE = re.compile(
    rf"(?:[a-z][a-z\d+.\-]{{0,20}}://|www\.|\b(?:tg|sips?|xmpp|skype|mailto|facetime):(?=\S)){_TAIL}"  # web
    rf"|\b(?:t|wa){_GAP}\.{_GAP}me{_GAP}/{_GAP}{_TAIL}"
    rf"|\b[\w\-]{{1,63}}(?:\.[\w\-]{{1,63}}){{0,4}}\.[^\W\d_]{{2,24}}/{_TAIL}"  # without www, but with a path
    r"|\b[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,4}\.(?:com|org|net|info)\b(?!@)"
    r"|[^\s@＠<>,;]{1,200}[@＠][^\s@＠<>,;]+\.[^\s@＠<>,;.!?]+"  # mail
    rf"|[\w.+%\-]{{1,64}}{_GAP}(?:[@＠]|[(\[{{]\s?at\s?[)\]}}]){_GAP}[\w\-]{{1,63}}"
    rf"(?:{_GAP}\.{_GAP}[\w\-]{{1,63}}){{0,4}}{_GAP}\.{_GAP}[^\W\d_]{{2,24}}\b"
    rf"|(?<!\w)[@＠][{_UNSEEN}]*(?=[\w.]*[^\W\d])\w[\w.\-{_UNSEEN}]*\w(?::[\w.\-]+\w)?"  # handles
    rf"|[+＋(（]{{0,3}}{_DIGIT}(?:(?:[^\w]|_){{0,4}}{_DIGIT}){{6,}}"  # numbers: seven digits …
    rf"|[+＋(（]{{0,3}}{_DIGIT}(?:{_DIGIT}|[{_BETWEEN}]){{2,}}{_DIGIT}",  # … or less, with fewer signs
    re.IGNORECASE,
)
_COVER = re.compile(r"•\s*(\d{1,3})\s*•")


def cover(text: str) -> tuple[str, list[str]]:
    """The text with "•1•" for the first covered value, and the values."""
    values: list[str] = []

    def covered(found: re.Match[str]) -> str:
        values.append(found[0])
        return f"•{len(values)}•"

    return PRIVATE.sub(covered, text), values


def uncover(text: str, values: list[str]) -> str:
    """A translation with the values back in their places; a cover nobody knows stays as it is."""

    def value(found: re.Match[str]) -> str:
        number = int(found[1])
        return values[number - 1] if 1 <= number <= len(values) else found[0]

    return _COVER.sub(value, text)
