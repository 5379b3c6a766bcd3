"""Recordings of a centre for the telephone: which ones its flows and articles name, which are there."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.http import Http404

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.flows.language import Flow as Definition
from aidline.flows.language import Menu, Node, Text
from aidline.flows.models import Flow, Prompt
from aidline.flows.problems import FlowError
from aidline.flows.text import read
from aidline.kernel import speech
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.knowledge.models import ArticleText

LONGEST = 5 * 60  # seconds

# --- what there is, and what is wanted -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """Words that name a recording, and where: the title of a flow or an article."""

    name: str
    language: str
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Take:
    """One recording in one language, there or not. `words` are those of the flow, where one names it."""

    name: str
    language: str
    words: str
    prompt: Prompt | None

    @property
    def quality(self) -> speech.Quality:
        return speech.quality(self.language)

    @property
    def is_outdated(self) -> bool:
        """The flow says something else by now."""
        return bool(self.prompt and self.words and self.prompt.words.split() != self.words.split())


@dataclass(slots=True)
class Named:
    name: str
    places: list[str] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)


def wishes(flow: Definition) -> Iterator[Wish]:
    for node in flow.nodes.values():
        for text in _texts(node):
            for language, words in text.items():
                if words.recording:
                    yield Wish(words.recording, language, words.text, flow.title)


def _texts(node: Node) -> Iterator[Text]:
    text: Text | None = getattr(node, "text", None)
    if text:
        yield text
    if isinstance(node, Menu):
        yield from (choice.text for choice in node.choices)


def recordings_of(centre: Centre) -> list[Named]:
    """By name; every language of the centre, and those in which there is one all the same."""
    prompts = {(one.name, one.language): one for one in Prompt.objects.filter(centre=centre)}
    wanted = list(_wanted(centre))
    words = {(one.name, one.language): one.words for one in wanted}
    places: dict[str, dict[str, None]] = defaultdict(dict)
    for one in wanted:
        places[one.name][one.place] = None
    names = sorted({*places, *(name for name, _ in prompts)})
    return [Named(name, list(places[name]), _takes(centre, name, words, prompts)) for name in names]


def _takes(
    centre: Centre,
    name: str,
    words: dict[tuple[str, str], str],
    prompts: dict[tuple[str, str], Prompt],
) -> list[Take]:
    named = (language for found, language in [*words, *prompts] if found == name)
    codes = dict.fromkeys([*centre.languages, *named])
    return [Take(name, code, words.get((name, code), ""), prompts.get((name, code))) for code in codes]


def _wanted(centre: Centre) -> Iterator[Wish]:
    """Where a draft and what runs say different things, the draft comes last and counts: it is what will be said."""
    yield from _of_articles(centre)
    flows = Flow.objects.filter(centre=centre).select_related("published").order_by("title", "slug")
    for flow in flows:
        for source in (flow.published.source if flow.published else "", flow.draft):
            yield from _of_source(source)


def _of_source(source: str) -> Iterator[Wish]:
    """A draft may be in the middle of being written."""
    try:
        yield from wishes(read(source)) if source else ()
    except FlowError:
        return


def _of_articles(centre: Centre) -> Iterator[Wish]:
    """An article is named by its title in the centre's first language, or in any other."""
    rows = ArticleText.objects.filter(article__centre=centre).exclude(recording="")
    texts = sorted(rows.order_by("language"), key=lambda row: row.language != centre.default_language)
    titles: dict[UUID, str] = {}
    for row in texts:
        title = titles.setdefault(row.article_id, row.title)
        yield Wish(row.recording, row.language, row.body, title)


def take_of(centre: Centre, name: str, language: str) -> tuple[Named, Take]:
    """404 for a language that is none of the centre's and has no recording."""
    found = (one for one in recordings_of(centre) if one.name == name)
    named = next(found, None) or Named(name, [], _takes(centre, name, {}, {}))
    take = next((one for one in named.takes if one.language == language), None)
    if take is None:
        raise Http404
    return named, take


def access_prompt(seat: Seat, prompt_id: UUID) -> Prompt:
    found = Prompt.objects.filter(centre=seat.centre, pk=prompt_id).first()
    if found is None or not seat.can(Can.SET_UP):
        raise Http404
    return found


# --- keeping them ----------------------------------------------------------------------------------------


class CannotUse(Exception):
    """`code`: form (no WAV that can be read), silent or long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def made_fit(content: bytes) -> bytes:
    """For the telephone, without the quiet at both ends. Raises `CannotUse`."""
    from aidline.kernel import sound  # with numpy: only where a recording is at hand

    try:
        heard = sound.read(content)
    except sound.NotSound:
        raise CannotUse("form") from None
    if heard.seconds > LONGEST:
        raise CannotUse("long")
    if not sound.is_heard(heard):
        raise CannotUse("silent")
    return sound.telephone(sound.trimmed(heard))


def save_recording(
    *, by: Staff | None, centre: Centre, name: str, language: str, words: str, wav: bytes
) -> Prompt:
    """`wav` comes from `made_fit`. The file is there before the row that names it; the one before it goes."""
    media = new_id()
    vault.media.put(wav, key=centre.pk, scope=centre.pk, media=media)
    with transaction.atomic():
        before = Prompt.objects.filter(centre=centre, name=name, language=language).first()
        prompt, _ = Prompt.objects.update_or_create(
            centre=centre,
            name=name,
            language=language,
            defaults={
                "words": words.strip(),
                "media_id": media,
                "seconds": max(1, round(len(wav) / 16_000)),
                "made_by": by,
                "made_at": now(),
            },
        )
        _record(by, prompt, "prompt.save")
        if before:
            _forget(before)
    return prompt


@transaction.atomic
def remove_recording(*, by: Staff, prompt: Prompt) -> None:
    _record(by, prompt, "prompt.remove")
    _forget(prompt)
    prompt.delete()


def _forget(prompt: Prompt) -> None:
    media = prompt.media_id
    transaction.on_commit(lambda: vault.media.delete(media), robust=True)


def _record(by: Staff | None, prompt: Prompt, action: str) -> None:
    fields = f"{prompt.name}/{prompt.language}"
    record(
        by=by,
        action=action,
        object_type="prompt",
        object_id=prompt.pk,
        centre=prompt.centre_id,
        fields=fields,
    )
