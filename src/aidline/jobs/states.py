from django.db import models


class State(models.TextChoices):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


OPEN = (State.READY, State.RUNNING)
