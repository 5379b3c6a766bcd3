"""Packs the translations into the built package; all else is in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithWords(build_py):
    def run(self) -> None:
        super().run()
        for source in Path(self.build_lib).rglob("*.po"):
            with source.open("rb") as words, source.with_suffix(".mo").open("wb") as packed:
                write_mo(packed, read_po(words))


setup(cmdclass={"build_py": BuildWithWords})
