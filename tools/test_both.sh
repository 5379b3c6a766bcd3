#!/bin/sh
# The tests on PostgreSQL and, beside them, on SQLite: two cores, half the wait.
# What SQLite's run says is shown whole after PostgreSQL's; both must pass.
set -u

said=$(mktemp)
"$@" >"$said" 2>&1 &
sqlite=$!
trap 'kill -TERM "$sqlite" 2>/dev/null; rm -f "$said"; exit 1' INT TERM

echo "On PostgreSQL:"
tools/with_postgres.sh "$@"
on_postgres=$?

wait "$sqlite"
on_sqlite=$?
echo "On SQLite:"
cat "$said"
rm -f "$said"
[ "$on_postgres" -eq 0 ] && [ "$on_sqlite" -eq 0 ]
