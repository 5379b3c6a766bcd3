"""A centre made of plain data, for flows to run in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from aidline.flows.language import Flow, Line, Medium
from aidline.flows.world import ArticleTitle, Category

_SPACE = UUID(int=7)


def article_id(slug: str) -> UUID:
    return uuid5(_SPACE, slug)


@dataclass
class SmallWorld:
    """`shelf`: titles of articles by category; each is there in every language."""

    flows: dict[str, Flow] = field(default_factory=dict)
    opened: bool = True
    shelf: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    purse: Sequence[str] = ()  # what the holder of this address is told
    receipts: Mapping[str, str] = field(default_factory=dict)

    def flow(self, slug: str) -> Flow | None:
        return self.flows.get(slug)

    def is_open(self) -> bool:
        return self.opened

    def categories(self, language: str) -> Sequence[Category]:
        return [Category(code, f"{code} {language}") for code, titles in self.shelf.items() if titles]

    def articles(self, category: str, language: str) -> Sequence[ArticleTitle]:
        return [ArticleTitle(article_id(title), title) for title in self.shelf.get(category, ())]

    def vouchers(self, language: str) -> Sequence[str]:
        return [f"{text} {language}" for text in self.purse]

    def registration(self, receipt: str, language: str) -> str | None:
        found = self.receipts.get(receipt)
        return f"{found} {language}" if found else None

    def article(self, article: UUID, language: str, medium: Medium) -> Sequence[Line]:
        for titles in self.shelf.values():
            for title in titles:
                if article_id(title) == article and title not in self.gone:
                    return [Line(f"All about {title}, {medium}", language)]
        return []
