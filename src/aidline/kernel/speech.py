"""Speech for the telephone, made here: what nobody has recorded is still heard, in every language.

Calls are safe from several threads, and read one after another. espeak-ng runs in its own process (`espeak`).
"""

import atexit
import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from threading import Lock
from typing import IO

from aidline.kernel import melody
from aidline.kernel.spoken import spoken
from aidline.kernel.voices import Quality, quality, reader

__all__ = ["VERSION", "NoSpeech", "Quality", "is_there", "quality", "read", "speech", "spoken"]

VERSION = 1  # of the voices: a new one makes new addresses
MODULE = "aidline.kernel.espeak"
PATIENCE = 20.0  # seconds for one text; the longest takes a quarter of one


class NoSpeech(Exception):
    """The library is missing or failed, or there was nothing to say."""


def is_there() -> bool:
    return find_spec("espeakng_loader") is not None


def speech(text: str, language: str) -> bytes:
    """WAV, 8 kHz, mono, 16 bit. A tone, if it cannot be spoken: never silence."""
    try:
        return read(text, language)
    except NoSpeech:
        return melody.tone()


def read(text: str, language: str) -> bytes:
    voice, words = reader(language, spoken(text))
    if not words.strip():
        raise NoSpeech("nothing to say")
    return _reader.read(words, voice)


class _Reader:
    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, text: str, voice: str) -> bytes:
        """A process that has gone, for want of work or by a fault, is replaced once."""
        line = json.dumps({"voice": voice, "text": text}).encode() + b"\n"
        with self._lock:
            for _attempt in range(2):
                try:
                    return self._ask(line)
                except OSError:
                    self._end()
        raise NoSpeech("no speech")

    def _ask(self, line: bytes) -> bytes:
        process = self._running()
        assert process.stdin
        assert process.stdout
        until = time.monotonic() + PATIENCE
        process.stdin.write(line)
        process.stdin.flush()
        length = int.from_bytes(_exactly(process.stdout.fileno(), 4, until), "big")
        if not length:
            raise NoSpeech("nothing to hear")
        return _exactly(process.stdout.fileno(), length, until)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = _start()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                _close(pipe)

    def end(self) -> None:
        with self._lock:
            self._end()


def _start() -> "subprocess.Popen[bytes]":
    """With nothing of our surroundings: those hold where the keys are."""
    known = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")
    surroundings = {name: os.environ[name] for name in known if name in os.environ}
    return subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings
        | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )


def _exactly(source: int, length: int, until: float) -> bytes:
    """Raises `OSError` when the other side is gone or too slow."""
    read = bytearray()
    while len(read) < length:
        left = until - time.monotonic()
        if left <= 0 or not select.select([source], [], [], left)[0]:
            raise TimeoutError
        more = os.read(source, min(length - len(read), 1 << 20))
        if not more:
            raise BrokenPipeError
        read += more
    return bytes(read)


def _close(pipe: IO[bytes]) -> None:
    with suppress(OSError):
        pipe.close()


_reader = _Reader()
atexit.register(_reader.end)
