"""Telephone companies at random against the gateway, each in processes of its own: see `tests.voice`."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from .installation import ROOT
from .run import Report

PROVIDERS = ("twilio", "vonage", "africastalking")
PLANTED: Mapping[str, str] = {"relative": "relative", "no-way-on": "rules", "steps": "step", "lost": "lost"}


def one_walk(provider: str, walks: int, *, seed: int = 1, plant: str = "") -> Report:
    asked = ["--provider", provider, "--walks", str(walks), "--seed", str(seed)]
    asked += ["--plant", plant] if plant else ["--processes", str(os.cpu_count() or 1)]
    command = [sys.executable, "-m", "tests.voice.walk", *asked]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    told = json.loads(done.stdout.splitlines()[-1])
    faults = [_kind_first(fault) for fault in told.pop("faults")]
    return Report(faults, told)


def _kind_first(fault: str) -> str:
    """A fault is told with the number of its walk before it."""
    number, _, words = fault.partition(" ")
    return f"{words} (walk {number})"
