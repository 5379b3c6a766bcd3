"""The web process: one uvicorn server that ends its streams before it waits for its connections."""

import sys
from pathlib import Path
from types import FrameType

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.utils.module_loading import import_string

from aidline.config.asgi import Application, application
from aidline.config.environment import Environment

# Webhooks are answered between two pages: with Python's five milliseconds between switches they waited twice
# as long under page load (docs/decisions/0007-serving.md).
SWITCH_SECONDS = 0.001
GRACE_SECONDS = 10


class Server(uvicorn.Server):
    """With streams open and no such step, uvicorn does not end at all."""

    def __init__(self, config: uvicorn.Config, served: Application) -> None:
        super().__init__(config)
        self._served = served

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self.config.loaded and self.started:
            self._served.end_streams_soon()


def serve(environment: Environment) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    collect_static()
    if environment.practice:
        open_practice_mail()
    Server(_config(environment), application).run()


def open_practice_mail() -> None:
    """By name: outside of practice the simulator is no part of the program."""
    import_string("aidline.simulator.mailroom.open_doors")()


def collect_static() -> None:
    """Hashed, compressed copies of scripts and styles: half a second at start, and no step to forget."""
    Path(settings.STATIC_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)


def _config(environment: Environment) -> uvicorn.Config:
    host, port = environment.bind
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        loop="auto",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=environment.proxies,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
