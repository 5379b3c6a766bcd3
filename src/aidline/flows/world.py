"""What the engine asks of the world around it; `flows.surroundings` answers from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from aidline.flows.language import Flow, Line, Medium


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class ArticleTitle:
    id: UUID
    title: str


class World(Protocol):
    def flow(self, slug: str) -> Flow | None:
        """Another published flow of the centre."""
        ...

    def is_open(self) -> bool:
        """The centre, on the channel of this run."""
        ...

    def categories(self, language: str) -> Sequence[Category]:
        """Those that have an article in this language."""
        ...

    def articles(self, category: str, language: str) -> Sequence[ArticleTitle]: ...

    def vouchers(self, language: str) -> Sequence[str]:
        """What the holder of this address may know: state, and what is left. Empty for anybody else."""
        ...

    def registration(self, receipt: str, language: str) -> str | None:
        """The state behind a receipt code; None for one that is not known, or after too many of these."""
        ...

    def article(self, article: UUID, language: str, medium: Medium) -> Sequence[Line]:
        """What is sent or read, in pieces that fit the medium; empty where it is gone."""
        ...
