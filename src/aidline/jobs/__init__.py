"""Background and scheduled work: rows in our own small tables.

A job is enqueued in the transaction of its cause, claimed by one conditional UPDATE, held by a lease, retried
with growing pauses and kept as `dead` when nothing helps. After kill -9 it runs again when its lease ends;
handlers are therefore idempotent. Which kind is done by which function is told by config, at start.
"""
