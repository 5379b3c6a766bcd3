#!/bin/sh
# All tests on PostgreSQL and on SQLite, in three lanes: one for each, and one for the journeys, which mostly wait.
# What each run says is shown whole, one after the other; all must pass.
set -u

said=$(mktemp -d)
lanes=""
trap 'kill -TERM $lanes 2>/dev/null; rm -rf "$said"; exit 1' INT TERM

run() { # name, command…
  name=$1
  shift
  "$@" >"$said/$name" 2>&1 || echo "$name" >>"$said/failed"
}

{
  run "journeys on PostgreSQL" tools/with_postgres.sh "$@" tests/journeys
  run "journeys on SQLite" "$@" tests/journeys
} &
lanes="$lanes $!"
run "PostgreSQL" tools/with_postgres.sh "$@" tests --ignore=tests/journeys &
lanes="$lanes $!"
run "SQLite" "$@" tests --ignore=tests/journeys &
lanes="$lanes $!"
wait

for name in "journeys on PostgreSQL" "journeys on SQLite" "PostgreSQL" "SQLite"; do
  echo "$name:"
  cat "$said/$name"
done
failed=0
[ ! -e "$said/failed" ] || failed=1
rm -rf "$said"
exit "$failed"
