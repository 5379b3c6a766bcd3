#!/bin/sh
# All tests on PostgreSQL and on SQLite; on each the journeys beside the others: mostly they wait, so two cores carry
# all four. What each run says is shown whole, one after the other; all must pass.
set -u

said=$(mktemp -d)
runs=""
trap 'kill -TERM $runs 2>/dev/null; rm -rf "$said"; exit 1' INT TERM

begin() { # name, command…
  name=$1
  shift
  "$@" >"$said/$name" 2>&1 &
  runs="$runs $!"
}

begin "journeys on PostgreSQL" tools/with_postgres.sh "$@" tests/journeys
begin "journeys on SQLite" "$@" tests/journeys
begin "PostgreSQL" tools/with_postgres.sh "$@" tests --ignore=tests/journeys
begin "SQLite" "$@" tests --ignore=tests/journeys

failed=0
for run in $runs; do
  wait "$run" || failed=1
done
for name in "journeys on PostgreSQL" "journeys on SQLite" "PostgreSQL" "SQLite"; do
  echo "$name:"
  cat "$said/$name"
done
rm -rf "$said"
exit "$failed"
