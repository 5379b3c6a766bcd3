"""The words of an HTML mail, and nothing else of it: no markup, script, style, form or picture survives.

Quotes get the mark that plain mails have, so that both are folded alike. Addresses of links are kept, because a
person may have sent nothing else; where a link pretends to lead elsewhere, both are seen.
"""

import re
from html.parser import HTMLParser

_UNSEEN = frozenset(
    {"script", "style", "head", "title", "template", "object", "noscript", "svg", "math", "select"}
)
_APART = frozenset({"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_BLOCKS = _APART | {
    "address", "article", "aside", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "header", "hr", "li", "main", "nav", "section", "td", "th", "tr",
}  # fmt: skip
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_DEEPEST = 40  # quotes in quotes


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.unseen: list[str] = []
        self.quotes = 0
        self.link = ""
        self.linked = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.unseen or tag in _UNSEEN:
            if tag not in _VOID:
                self.unseen.append(tag)
            return
        given = {name: value or "" for name, value in attrs}
        if tag == "br":
            self.end_line()
        elif tag == "img":
            self.line += given.get("alt", "").strip()
        elif tag == "a":
            self.link, self.linked = given.get("href", "").strip(), ""
        elif tag == "blockquote":
            self.quote(1)
        elif tag in _BLOCKS:
            self.begin_block(tag)
            self.line += "- " if tag == "li" else ""

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            self.leave(tag)
        elif tag == "a":
            self.end_link()
        elif tag == "blockquote":
            self.quote(-1)
        elif tag in _BLOCKS:
            self.begin_block(tag)

    def leave(self, tag: str) -> None:
        if tag in self.unseen:
            while self.unseen.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        text = _SPACE.sub(" ", data)
        self.line += text.lstrip() if not self.line or self.line.endswith(" ") else text
        self.linked += text

    def quote(self, more: int) -> None:
        self.end_line(only_full=True)
        self.quotes = min(max(self.quotes + more, 0), _DEEPEST)

    def begin_block(self, tag: str) -> None:
        self.end_line(only_full=True)
        if tag in _APART and self.lines and self.lines[-1].strip("> "):
            self.end_line()

    def end_line(self, *, only_full: bool = False) -> None:
        line = self.line.strip()
        if line or not only_full:
            self.lines.append((">" * self.quotes + " " if self.quotes else "") + line)
        self.line = ""

    def end_link(self) -> None:
        link, shown = self.link, self.linked.strip()
        self.link = ""
        bare = link.removeprefix("mailto:").removeprefix("tel:")
        worth = link.startswith(("http://", "https://", "mailto:", "tel:"))
        if worth and bare.rstrip("/") not in (
            shown,
            shown.rstrip("/"),
            f"https://{shown}",
            f"http://{shown}",
        ):
            self.line += f" <{bare}>"


def words_of(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    reader.end_line(only_full=True)
    text = "\n".join(line.rstrip() for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
