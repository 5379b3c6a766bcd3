"""Fetches the browser half of Twilio's voice, which a softphone on a Twilio line needs and the demo does not.

python tools/fetch_voice_sdk.py                      from the registry that npm is set to on this machine
python tools/fetch_voice_sdk.py --registry <url>     from another one, such as a mirror of one's own
python tools/fetch_voice_sdk.py --tarball <file>     from a file that was carried here
python tools/fetch_voice_sdk.py --if-reachable       for `make setup`: says so and goes on where there is no network

One file and its licence come out of the package; they are served by us and are not kept in the repository.
"""

import argparse
import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path

NAME, VERSION = "@twilio/voice-sdk", "2.18.5"
SHA512 = "2/tw1IDAIn7j6yFDOln8p93v3aHIxNIN93JwL98cHIlbkSNeU/Jt9zGM/0TvDpNjo+k88lvAew4jgOjKlc9/KA=="
WANTED = {"package/dist/twilio.min.js": "twilio.min.js", "package/LICENSE.md": "LICENSE.md"}
TARGET = Path(__file__).resolve().parent.parent / "src/aidline/desk/static/desk/phone/sdk"
LONGEST = 30  # seconds
LARGEST = 40 * 1024 * 1024


class CannotFetch(Exception):
    """In words for the person at the terminal."""


def registry_of_npm() -> str:
    """As npm itself reads it: the environment, then its settings. Nothing of ours knows where that is."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name):
            return os.environ[name]
    npm = shutil.which("npm")
    if npm is None:
        raise CannotFetch("npm is not here to say which registry to use. Give one with --registry.")
    asked = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True, check=False)
    if asked.returncode or not asked.stdout.strip().startswith("http"):
        raise CannotFetch("npm has no registry set. Give one with --registry.")
    return asked.stdout.strip()


def download(registry: str) -> bytes:
    address = f"{registry.rstrip('/')}/{NAME}/-/{NAME.rpartition('/')[2]}-{VERSION}.tgz"
    try:
        with urllib.request.urlopen(address, timeout=LONGEST) as answer:
            return bytes(answer.read(LARGEST))
    except OSError as error:
        raise CannotFetch(f"The registry did not give {NAME} {VERSION}: {error}") from None


def unpack(package: bytes, target: Path) -> None:
    """Only what is the very package that was looked at when this tool was written."""
    found = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if found != SHA512:
        raise CannotFetch(f"This is not {NAME} {VERSION}: its checksum is another one. Nothing was kept.")
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(package)) as files:
        for name, kept in WANTED.items():
            content = files.extractfile(name)
            if content is None:
                raise CannotFetch(f"{name} is not in the package.")
            (target / kept).write_bytes(content.read())


def main(arguments: list[str]) -> int:
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    reading.add_argument("--registry", default="")
    reading.add_argument("--tarball", type=Path)
    reading.add_argument("--if-reachable", action="store_true")
    chosen = reading.parse_args(arguments)
    try:
        package = (
            chosen.tarball.read_bytes() if chosen.tarball else download(chosen.registry or registry_of_npm())
        )
        unpack(package, TARGET)
    except (CannotFetch, OSError) as problem:
        print(f"The softphone for Twilio lines is not installed. {problem}", file=sys.stderr)
        return 0 if chosen.if_reachable else 1
    print(f"{NAME} {VERSION} is in {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
