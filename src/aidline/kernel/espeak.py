"""espeak-ng in a process of its own: `python -m aidline.kernel.espeak`, spoken to by `speech`.

The library is C code that is fed with people's words: if it ever falls over, it must not take the telephone with it.
It is not re-entrant either, so one text is read after another. The process keeps nothing, is given no settings and
no keys, and goes away after a time without work.

In: one line of JSON, `{"voice": …, "text": …}`. Out: four bytes of length, then a WAV; a length of 0: no speech.
"""

import ctypes
import json
import os
import select
import sys
from functools import cache
from typing import Any, BinaryIO

IDLE = 300.0  # seconds
PACE = 140  # words a minute; for people on a bad line, listening to a foreign machine

_SYNCHRONOUS, _DONT_EXIT, _UTF8 = 2, 0x8000, 1
_RATE, _GAP = 1, 7  # parameters
_HEARS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Espeak:
    """Raises `OSError` or `ImportError` where the library is not there."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT))
        if self.rate <= 0:
            raise OSError("espeak-ng does not start")
        self._heard = bytearray()
        self._hear = _HEARS(self._keep)  # kept alive with the library
        self._library.espeak_SetSynthCallback(self._hear)

    def _keep(self, samples: Any, count: int, _events: object) -> int:
        if samples and count > 0:
            self._heard += ctypes.string_at(samples, count * 2)
        return 0

    def read(self, text: str, voice: str) -> bytes:
        """16 bit samples at `rate`; none if the voice is not there."""
        self._heard.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()):
            return b""
        self._library.espeak_SetParameter(_RATE, PACE, 0)
        self._library.espeak_SetParameter(_GAP, 1, 0)
        words = text.replace("\0", " ").encode() + b"\0"
        failed = self._library.espeak_Synth(words, ctypes.c_size_t(len(words)), 0, 0, 0, _UTF8, None, None)
        return b"" if failed else bytes(self._heard)


@cache
def _espeak() -> Espeak:
    return Espeak()


def answer(line: bytes) -> bytes:
    """The WAV for one request, empty if there is nothing to hear."""
    from aidline.kernel import sound  # with numpy: 30 MB that only this process needs

    asked = json.loads(line)
    samples = _espeak().read(asked["text"], asked["voice"])
    return sound.telephone(sound.Sound.of_16_bit(samples, _espeak().rate)) if samples else b""


def serve(asked: int, told: BinaryIO) -> None:
    waiting = b""
    while select.select([asked], [], [], IDLE)[0]:
        more = os.read(asked, 65_536)
        if not more:
            return
        *lines, waiting = (waiting + more).split(b"\n")
        for line in lines:
            wav = answer(line)
            told.write(len(wav).to_bytes(4, "big") + wav)
            told.flush()


def main() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold what was said
    serve(sys.stdin.fileno(), sys.stdout.buffer)


if __name__ == "__main__":
    main()
