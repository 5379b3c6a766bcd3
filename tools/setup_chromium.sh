#!/bin/sh
# A browser and letters for every language of the screens, from the system's packages, if they are missing.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 \
  || command -v google-chrome >/dev/null 2>&1 || missing="chromium"
fc-list 2>/dev/null | grep -qi "noto.*arabic" || missing="$missing fonts-noto-core"
fc-list 2>/dev/null | grep -qi "emoji" || missing="$missing fonts-noto-color-emoji"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "Please install with your package manager:$missing" >&2
  exit 1
fi
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
