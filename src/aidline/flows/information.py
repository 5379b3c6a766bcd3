"""Reading: a category, an article of it, and what next. The lists come from the centre while the run goes."""

from uuid import UUID

from aidline.flows.language import Information, Line, Option, Read, Said
from aidline.flows.leaving import to_person
from aidline.flows.run import MORE, Missed, Next, Run
from aidline.flows.state import Step

ANOTHER, TOPICS, ON, PERSON = "-another", "-topics", "-on", "-human"
TRIES = 3


def enter(run: Run, node: Information) -> Next:
    run.category, run.article = node.category, ""
    return _articles(run, node) if node.category else _categories(run, node)


def ask(run: Run, node: Information) -> Next:
    """Again, as it stands: an article is read again."""
    if not run.step:  # a newer version of a sub-flow
        return enter(run, node)
    if run.step is Step.CATEGORIES:
        return _categories(run, node)
    return _after(run, node, counts=False) if run.step is Step.AFTER else _articles(run, node)


def heard(run: Run, node: Information, said: Said) -> Next:
    if not run.step:
        return enter(run, node)
    picked = run.picked(said, options(run, node))
    if picked is None:
        return Missed(TRIES, node.to if run.step is Step.AFTER else "")
    if picked == MORE:
        run.page += 1
        return ask(run, node)
    run.page = run.tries = 0
    return _HEARD[run.step](run, node, picked)


def options(run: Run, node: Information) -> list[Option]:
    """What may be chosen now, on whatever page."""
    return _OPTIONS[run.step](run, node) if run.step else []


# --- lists -----------------------------------------------------------------------------------------------


def _categories(run: Run, node: Information) -> Next:
    found = _category_options(run, node)
    if len(found) == 1:
        run.category = found[0].id
        return _articles(run, node)
    return _offer(run, node, Step.CATEGORIES, found)


def _articles(run: Run, node: Information) -> Next:
    found = _article_options(run, node)
    if len(found) == 1:
        run.article = found[0].id
        return _after(run, node)
    return _offer(run, node, Step.ARTICLES, found)


def _offer(run: Run, node: Information, step: Step, options: list[Option]) -> Next:
    if not options:
        return node.none
    run.step = step
    run.offer(run.words(node.text), options)
    return None


def _category_options(run: Run, _node: Information) -> list[Option]:
    found = run.world.categories(run.language)
    return [Option(one.code, Line(one.title, run.language)) for one in found]


def _article_options(run: Run, _node: Information) -> list[Option]:
    found = run.world.articles(run.category, run.language)
    return [Option(str(one.id), Line(one.title, run.language)) for one in found]


# --- an article ------------------------------------------------------------------------------------------


def _after(run: Run, node: Information, *, counts: bool = True) -> Next:
    run.step = Step.AFTER
    lines = run.world.article(UUID(run.article), run.language, run.medium)
    for said in lines or [run.phrase("gone")]:
        run.tell(said)
    if lines and counts:
        run.acts.append(Read(UUID(run.article)))
    run.offer(run.phrase("what_next"), _after_options(run, node))
    return None


def _after_options(run: Run, node: Information) -> list[Option]:
    ways = {
        ANOTHER: len(_article_options(run, node)) > 1,
        TOPICS: not node.category and len(_category_options(run, node)) > 1,
        ON: True,
        PERSON: True,
    }
    return [Option(id, run.phrase(id.removeprefix("-"))) for id, there in ways.items() if there]


_OPTIONS = {
    Step.CATEGORIES: _category_options,
    Step.ARTICLES: _article_options,
    Step.AFTER: _after_options,
}

# --- answers ---------------------------------------------------------------------------------------------


def _heard_category(run: Run, node: Information, picked: str) -> Next:
    run.category = picked
    return _articles(run, node)


def _heard_article(run: Run, node: Information, picked: str) -> Next:
    run.article = picked
    return _after(run, node)


def _heard_after(run: Run, node: Information, picked: str) -> Next:
    if picked == ON:
        return node.to
    if picked == PERSON:
        to_person(run)
        return None
    return _articles(run, node) if picked == ANOTHER else _categories(run, node)


_HEARD = {
    Step.CATEGORIES: _heard_category,
    Step.ARTICLES: _heard_article,
    Step.AFTER: _heard_after,
}
