"""What a centre with a telephone line has besides: articles, a flow that all its channels begin with, its line."""

from aidline.calls.models import PhoneLine
from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.flows.services import import_file, publish, set_entrance
from aidline.knowledge.models import Article, ArticleText, Category
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
    category = Category.objects.create(centre=centre, code=shape.code, titles=dict(shape.titles), place=place)
    for number, one in enumerate(shape.articles):
        article = Article.objects.create(
            centre=centre, category=category, slug=one.slug, is_published=True, place=number
        )
        ArticleText.objects.bulk_create(
            ArticleText(article=article, language=language, **words) for language, words in one.texts.items()
        )


def _begin(centre: Centre, shape: shapes.Centre, channels: list[Channel]) -> None:
    flow = import_file(by=None, centre=centre, source=shape.flow)
    publish(by=None, flow=flow)
    for channel in channels:
        called = phones.is_practice(channel) and phones.takes_calls(channel)
        set_entrance(by=None, channel=channel, messages=flow, calls=flow if called else None)
        if called:
            PhoneLine.objects.create(channel=channel, **shape.line)
