"""Templates in the pages of the desk."""

from django import template
from django.utils.translation import gettext as _

from aidline.channels.models import Template
from aidline.desk.bubble import Bubble, bubble_of, language_of
from aidline.desk.setup.template_words import CATEGORIES

register = template.Library()


@register.filter
def with_examples(row: Template) -> Bubble:
    return bubble_of(row)


@register.filter
def own_language(row: Template) -> str:
    return language_of(row)


@register.filter
def category_words(row: Template) -> str:
    return str(CATEGORIES.get(row.category, row.category or "–"))


@register.filter
def field_label(row: Template, parameter: str) -> str:
    known = row.fields.get(parameter, {})
    return known.get("label") or _("Field %(name)s") % {"name": parameter.rpartition(".")[2]}
