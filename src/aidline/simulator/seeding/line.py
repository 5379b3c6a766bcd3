"""What a centre with a telephone line has besides: articles, a flow that all its channels begin with, its line."""

from aidline.calls.models import PhoneLine
from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.flows.files import bring_in
from aidline.flows.services import publish, set_entrance
from aidline.knowledge.articles import ArticleWords, save_article, save_category
from aidline.simulator import phones
from aidline.simulator.content import shapes
from aidline.simulator.seeding.network import World


def open_lines(world: World, network: shapes.Network) -> None:
    """After the day has been lived: what was written before was answered by people."""
    for shape in network.centres:
        centre = world.centres[shape.slug]
        for place, category in enumerate(shape.categories):
            _publish(centre, category, place)
        if shape.flow:
            _begin(centre, shape, [world.channels[channel.key] for channel in shape.channels])


def _publish(centre: Centre, shape: shapes.Category, place: int) -> None:
    category = save_category(by=None, centre=centre, code=shape.code, titles=shape.titles, place=place)
    for number, article in enumerate(shape.articles):
        save_article(
            by=None,
            centre=centre,
            category=category,
            slug=article.slug,
            texts={language: ArticleWords(**words) for language, words in article.texts.items()},
            is_published=True,
            place=number,
        )


def _begin(centre: Centre, shape: shapes.Centre, channels: list[Channel]) -> None:
    (flow,) = bring_in(by=None, centre=centre, source=shape.flow).flows
    publish(by=None, flow=flow)
    for channel in channels:
        called = phones.is_practice(channel) and phones.takes_calls(channel)
        set_entrance(by=None, channel=channel, messages=flow, calls=flow if called else None)
        if called:
            PhoneLine.objects.create(channel=channel, **shape.line)
