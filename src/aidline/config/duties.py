"""All that the worker does besides messages, gathered from the packages."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from aidline.centres.sessions import SessionStore
from aidline.gateway import duties as gateway
from aidline.jobs import services as jobs
from aidline.jobs.work import Periodic, bury_fatal

JOBS = {**gateway.JOBS}
AFTER_DEATH = {**gateway.AFTER_DEATH}

# The spool is a folder of one machine: each worker looks at its own, and takes no turns for it.
LOCAL = ("spool",)

PERIODIC: Sequence[Periodic] = (
    *(
        Periodic(name, timedelta(seconds=seconds), do)
        for name, (seconds, do) in gateway.SCHEDULE.items()
        if name not in LOCAL
    ),
    Periodic("fatal-jobs", timedelta(seconds=60), partial(bury_fatal, AFTER_DEATH)),
    Periodic("old-jobs", timedelta(hours=1), jobs.prune),
    Periodic("old-sessions", timedelta(hours=1), SessionStore.clear_expired),
)
