#!/bin/sh
# PostgreSQL's programs, for tests: found if they are there, installed if not. Starts nothing.
set -eu

ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
command -v initdb >/dev/null 2>&1 && exit 0

if [ "$(id -u)" != 0 ]; then
  echo "Please install PostgreSQL (the server) with your package manager." >&2
  exit 1
fi
apt-get update -qq
# Debian's package would start a cluster of its own; ours is a throw-away one.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] \
  || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
