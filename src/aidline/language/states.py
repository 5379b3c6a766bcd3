"""Ways to a translation and how far it is."""

from django.db.models import TextChoices


class Way(TextChoices):
    ENGINE = "e"
    PERSON = "p"  # a translator


class State(TextChoices):
    WAITING = "w"
    DONE = "d"
    FAILED = "f"
    SAME = "s"  # it was in that language already; of a recording: nobody speaks in it
    WITHDRAWN = "x"  # the agent took the question back
