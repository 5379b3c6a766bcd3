"""The words of an HTML mail, and nothing else of it: no markup, script, style, form or picture survives.

Quotes get the mark that plain mails have, so that both are folded alike. Addresses of links are kept, because a
person may have sent nothing else; where a link pretends to lead elsewhere, both are seen.

Python's own parser takes hours for some 400 kB made to hurt it (CVE-2025-6069 and its like), so this reads by
itself, each sign a bounded number of times.
"""

import re
from html import unescape

_RAW = frozenset({"script", "style", "title", "textarea", "xmp"})  # what is inside is no markup
_UNSEEN = frozenset({"head", "template", "object", "noscript", "svg", "math", "select"})
_APART = frozenset({"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_BLOCKS = _APART | {
    "address", "article", "aside", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "header", "hr", "li", "main", "nav", "section", "td", "th", "tr",
}  # fmt: skip
# A quoted value may hold ">"; a longer one than this is cut at the first.
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,30})((?:[^<>\"']|\"[^\"]{0,1000}\"|'[^']{0,1000}')*)>")
_PLAIN_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,30})([^<>]*)>")
_OTHER = re.compile(r"<[!?][^<>]*>")
_VALUE = re.compile(r"\b(href|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_DEEPEST = 40  # quotes in quotes


class _Words:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.unseen, self.depth = (
            "",
            0,
        )  # inside which element nothing is seen, and how often it stands in itself
        self.quotes = 0
        self.link, self.linked = "", ""

    # --- reading -----------------------------------------------------------------------------------------

    def read(self, html: str) -> None:
        at, unclosed = 0, set[str]()
        while (mark := html.find("<", at)) >= 0:
            self.words(html[at:mark])
            at = self.markup(html, mark, unclosed)
        self.words(html[at:])

    def markup(self, html: str, at: int, unclosed: set[str]) -> int:
        """Where reading goes on. `unclosed` remembers what has no end in all that is left."""
        if html.startswith("<!--", at):
            return _after(html, "-->", at + 4, unclosed)
        other = _OTHER.match(html, at)
        if other:
            return other.end()
        tag = _TAG.match(html, at) or _PLAIN_TAG.match(html, at)
        if tag is None:
            self.words("<")
            return at + 1
        name = tag[2].lower()
        if name in _RAW and not tag[1]:
            return _after(html, f"</{name}", tag.end(), unclosed)
        self.tag(name, tag[3], closing=bool(tag[1]))
        return tag.end()

    # --- what a tag means --------------------------------------------------------------------------------

    def tag(self, name: str, rest: str, *, closing: bool) -> None:
        if self.unseen or name in _UNSEEN:
            self.hide(name, closing=closing, empty=rest.endswith("/"))
        elif name == "blockquote":
            self.quote(-1 if closing else 1)
        elif name == "a":
            self.end_link()
            self.link = "" if closing else _values(rest).get("href", "").strip()
        elif name in _BLOCKS:
            self.begin_block(name)
            self.line += ["- "] if name == "li" and not closing else []
        elif name == "br":
            self.end_line()
        elif name == "img":
            self.line.append(_values(rest).get("alt", "").strip())

    def hide(self, name: str, *, closing: bool, empty: bool) -> None:
        if not self.unseen and not closing:
            self.unseen, self.depth = ("", 0) if empty else (name, 1)
        elif name == self.unseen and not empty:
            self.depth += -1 if closing else 1
            self.unseen = self.unseen if self.depth else ""

    def words(self, raw: str) -> None:
        if self.unseen or not raw:
            return
        text = _SPACE.sub(" ", unescape(raw))
        self.line.append(text)
        self.linked += text if self.link else ""

    def quote(self, more: int) -> None:
        self.end_line(only_full=True)
        self.quotes = min(max(self.quotes + more, 0), _DEEPEST)

    def begin_block(self, name: str) -> None:
        self.end_line(only_full=True)
        if name in _APART and self.lines and self.lines[-1].strip("> "):
            self.end_line()

    def end_line(self, *, only_full: bool = False) -> None:
        line = _SPACE.sub(" ", "".join(self.line)).strip()
        if line or not only_full:
            self.lines.append((">" * self.quotes + " " if self.quotes else "") + line)
        self.line = []

    def end_link(self) -> None:
        link, shown = self.link, self.linked.strip()
        self.link = self.linked = ""
        bare = link.removeprefix("mailto:").removeprefix("tel:")
        worth = link.startswith(("http://", "https://", "mailto:", "tel:"))
        if worth and bare.rstrip("/") not in (
            shown,
            shown.rstrip("/"),
            f"https://{shown}",
            f"http://{shown}",
        ):
            self.line.append(f" <{bare}>")


def _after(html: str, end: str, at: int, unclosed: set[str]) -> int:
    """Behind the next `end`. A comment or script without one reaches to the end of all, as in browsers."""
    found = -1 if end in unclosed else _find(html, end, at)
    if found < 0:
        unclosed.add(end)
        return len(html)
    closed = html.find(">", found)
    return closed + 1 if closed >= 0 else len(html)


def _find(html: str, end: str, at: int) -> int:
    found = re.compile(re.escape(end), re.IGNORECASE).search(html, at)
    return found.start() if found else -1


def _values(rest: str) -> dict[str, str]:
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _VALUE.findall(rest)}


def words_of(html: str) -> str:
    reader = _Words()
    reader.read(html)
    reader.end_link()
    reader.end_line(only_full=True)
    text = "\n".join(line.rstrip() for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
