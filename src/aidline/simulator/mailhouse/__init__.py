"""A small mail provider for practice and tests: SMTP to hand mail in, IMAP to look into mailboxes.

Loopback only. It speaks what our own side speaks and no more; who may sign in, what becomes of a mail and where
mailboxes lie is for its keepers to say.
"""
