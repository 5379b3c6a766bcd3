#!/bin/sh
# Runs a command beside a throw-away PostgreSQL on a port of its own; AIDLINE_DATABASE_URL leads there.
# An TEST_POSTGRES_URL that is set already is used instead, and nothing is started.
set -eu

if [ -n "${TEST_POSTGRES_URL:-}" ]; then
  AIDLINE_DATABASE_URL="$TEST_POSTGRES_URL"
  unset TEST_POSTGRES_URL
  export AIDLINE_DATABASE_URL
  exec "$@"
fi

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")
folder=$(mktemp -d "${TMPDIR:-/tmp}/aidline-postgres.XXXXXX")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# PostgreSQL refuses to run as root.
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as_owner() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
fi

finish() {
  code=$?
  trap - EXIT INT TERM
  if [ -s "$folder/data/postmaster.pid" ]; then
    kill -INT "$(head -n 1 "$folder/data/postmaster.pid")" 2>/dev/null || true
    wait
  fi
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT INT TERM

cd "$folder"
as_owner "$bin/initdb" -D "$folder/data" -U aidline -A trust -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 \
  || { cat "$folder/initdb.log" >&2; exit 1; }
as_owner "$bin/postgres" -D "$folder/data" -k "$folder" -h 127.0.0.1 -p "$port" \
  -c shared_buffers=256MB -c max_connections=200 -c log_min_messages=error >"$folder/server.log" 2>&1 &
cd - >/dev/null

tries=0
until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U aidline; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { cat "$folder/server.log" >&2; exit 1; }
  sleep 0.1
done
"$bin/createdb" -h 127.0.0.1 -p "$port" -U aidline aidline

AIDLINE_DATABASE_URL="postgres://aidline@127.0.0.1:$port/aidline" \
  TEST_POSTGRES_FOLDER="$folder" "$@"
